using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Commands;

/// <summary>A cmdlet about the virtual IPs that a real server holds: which, on the command line and by the pipeline.</summary>
public abstract class RealServerVipCommand : HostChangeCommand
{
    private bool _addressOnCommandLine;

    /// <summary>The virtual IPs, IPv4 or IPv6.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Vip")]
    public LvsAddress[]? Address { get; set; }

    /// <summary>A virtual IP, a virtual service, a real server of one, or what Get-LvsRealServerVip wrote, from the pipeline.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <inheritdoc/>
    protected override Task BeginAsync()
    {
        _addressOnCommandLine = MyInvocation.BoundParameters.ContainsKey(nameof(Address));
        return Task.CompletedTask;
    }

    /// <summary>The chosen virtual IPs, or null when the user chose none in particular.</summary>
    protected IReadOnlyList<LvsAddress>? ChosenAddresses()
    {
        if (_addressOnCommandLine || InputObject is null)
        {
            return Address;
        }

        return InputObject.BaseObject switch
        {
            // The address of a real server is its own; the one that it shall hold is its service's.
            LvsRealServer server => OfService(server.VirtualService),
            LvsVirtualService service => OfService(service.VirtualService),
            LvsServiceId service => OfService(service),
            LvsRealServerVip vip => [vip.Address],
            LvsAddress address => [address],
            string text => [Parse(text)],
            _ => Address,
        };
    }

    /// <summary>The chosen virtual IPs; choosing none ends the command.</summary>
    protected IReadOnlyList<LvsAddress> RequireAddresses()
    {
        IReadOnlyList<LvsAddress>? chosen = ChosenAddresses();
        if (chosen is null or { Count: 0 })
        {
            ThrowTerminatingError(new ErrorRecord(
                new PSArgumentException("Name the virtual IPs: as the first argument (192.0.2.10), or a service from the pipeline. A service of a firewall mark has none of its own."),
                "AddressMissing", ErrorCategory.InvalidArgument, InputObject));
        }

        return chosen!;
    }

    private static IReadOnlyList<LvsAddress>? OfService(LvsServiceId service) => service.Address is { } address ? [address] : null;

    private LvsAddress Parse(string text)
    {
        if (!LvsAddress.TryParse(text, out LvsAddress address, out string? reason))
        {
            ThrowTerminatingError(new ErrorRecord(new PSArgumentException(reason), "InvalidAddress", ErrorCategory.InvalidArgument, text));
        }

        return address;
    }
}
