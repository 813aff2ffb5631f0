using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Commands;

/// <summary>A cmdlet about the virtual IPs that a real server serves: which, on the command line and by the pipeline.</summary>
public abstract class RealServerVipCommand : VipCommand
{
    private readonly Dictionary<string, (bool Any, SortedSet<string> Strangers)> _servers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlySet<LvsAddress>> _ownAddresses = new(StringComparer.Ordinal);

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
