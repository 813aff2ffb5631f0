using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Commands;

/// <summary>A cmdlet about the virtual IPs that a real server serves: which, on the command line and by the pipeline.</summary>
public abstract class RealServerVipCommand : HostChangeCommand
{
    private readonly Dictionary<string, (bool Any, SortedSet<string> Strangers)> _servers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlySet<LvsAddress>> _ownAddresses = new(StringComparer.Ordinal);
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

    /// <inheritdoc/>
    protected override async Task EndAsync()
    {
        foreach ((bool any, SortedSet<string> strangers) in _servers.Values)
        {
            if (!any)
            {
                string names = string.Join(", ", strangers);
                await ErrorAsync(new ErrorRecord(
                    new ItemNotFoundException($"None of the real servers from the pipeline ({names}) is an address of {HostText}: nothing was done there. Run this on the real server, or name the virtual IP itself as the first argument."),
                    "NotThisRealServer", ErrorCategory.ObjectNotFound, names));
            }
        }
    }

    /// <summary>What the present input object chooses; it may be nothing.</summary>
    private protected VipSelection Choose()
    {
        try
        {
            return VipSelection.Of(_addressOnCommandLine ? null : InputObject, Address);
        }
        catch (PSArgumentException exception)
        {
            ThrowTerminatingError(new ErrorRecord(exception, "InvalidAddress", ErrorCategory.InvalidArgument, InputObject));
            throw;
        }
    }

    /// <summary>What the present input object chooses; choosing nothing ends the command.</summary>
    private protected VipSelection Require()
    {
        VipSelection chosen = Choose();
        if (chosen.Vips.Count == 0)
        {
            ThrowTerminatingError(new ErrorRecord(
                new PSArgumentException("Name the virtual IPs: as the first argument (192.0.2.10), or a service from the pipeline. A service of a firewall mark has none of its own."),
                "AddressMissing", ErrorCategory.InvalidArgument, InputObject));
        }

        return chosen;
    }

    /// <summary>
    /// Whether an object is for the present host. A director's table names all real servers of a service, and only one of them is this host: the others are
    /// passed over, and if all are, that is an error in the end.
    /// </summary>
    private protected async ValueTask<bool> IsForHostAsync(VipSelection chosen)
    {
        if (chosen.Server is not { } server)
        {
            return true;
        }

        bool isOwn = (await OwnAddressesAsync()).Contains(server.Address);
        (bool any, SortedSet<string> strangers) = _servers.GetValueOrDefault(HostText, (false, new SortedSet<string>(StringComparer.Ordinal)));
        if (!isOwn)
        {
            strangers.Add($"{server.Address}");
            await VerboseAsync($"{server.Address} is no address of {HostText}: the real server {server} of {server.VirtualService} is another host.");
        }

        _servers[HostText] = (any || isOwn, strangers);
        return isOwn;
    }

    /// <summary>The present host's own addresses.</summary>
    private protected async ValueTask<IReadOnlySet<LvsAddress>> OwnAddressesAsync()
    {
        if (!_ownAddresses.TryGetValue(HostText, out IReadOnlySet<LvsAddress>? addresses))
        {
            addresses = await RealServerVips.GetOwnAddressesAsync(TargetHost, StopToken);
            _ownAddresses.Add(HostText, addresses);
        }

        return addresses;
    }
}
