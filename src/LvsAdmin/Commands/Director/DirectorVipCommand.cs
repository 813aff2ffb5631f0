using System.Management.Automation;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>A cmdlet about the virtual IPs that a director holds: which, on the command line and by the pipeline.</summary>
public abstract class DirectorVipCommand : HostChangeCommand
{
    private bool _addressOnCommandLine;

    /// <summary>The virtual IPs, IPv4 or IPv6.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Vip")]
    public LvsAddress[]? Address { get; set; }

    /// <summary>A virtual IP, a virtual service or its name, a real server of one, or what Enable-LvsDirectorVip wrote, from the pipeline.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <inheritdoc/>
    protected override Task BeginAsync()
    {
        _addressOnCommandLine = MyInvocation.BoundParameters.ContainsKey(nameof(Address));
        return Task.CompletedTask;
    }

    /// <summary>What the present input object chooses; choosing nothing ends the command.</summary>
    private protected VipSelection Require()
    {
        VipSelection chosen;
        try
        {
            PSObject? input = _addressOnCommandLine ? null : InputObject;
            // A service as it is typed, such as tcp/192.0.2.10:80, is no address but names one.
            chosen = input?.BaseObject is string text && LvsServiceId.TryParse(text, out LvsServiceId? service, out _)
                ? VipSelection.Of(PSObject.AsPSObject(service), Address)
                : VipSelection.Of(input, Address);
        }
        catch (PSArgumentException exception)
        {
            ThrowTerminatingError(new ErrorRecord(exception, "InvalidAddress", ErrorCategory.InvalidArgument, InputObject));
            throw;
        }

        if (chosen.Vips.Count == 0)
        {
            ThrowTerminatingError(new ErrorRecord(
                new PSArgumentException("Name the virtual IPs: as the first argument (192.0.2.10), or a service from the pipeline. A service of a firewall mark has none of its own."),
                "AddressMissing", ErrorCategory.InvalidArgument, InputObject));
        }

        return chosen;
    }
}
