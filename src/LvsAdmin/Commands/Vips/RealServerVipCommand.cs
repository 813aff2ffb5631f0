using System.Collections.Concurrent;
using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Commands;

/// <summary>A cmdlet about the virtual IPs that a real server serves: which, on the command line and by the pipeline, and on which real server.</summary>
public abstract class RealServerVipCommand : VipCommand
{
    private readonly ConcurrentDictionary<HostReference, (bool Any, SortedSet<string> Strangers)> _servers = [];
    private readonly ConcurrentDictionary<HostReference, IReadOnlySet<LvsAddress>> _ownAddresses = [];
    private readonly RealServerQueue _onRealServers = new();

    /// <summary>
    /// Work on the real servers that come through the pipeline, each reached over SSH by its own address, all of them at once. UserName, HostPort, KeyFilePath,
    /// Options and Sudo say how.
    /// </summary>
    [Parameter]
    public SwitchParameter OnRealServer { get; set; }

    /// <inheritdoc/>
    protected override async Task BeginAsync()
    {
        await base.BeginAsync();
        RefuseHostsBeside(OnRealServer, nameof(OnRealServer));
    }

    /// <inheritdoc/>
    protected sealed override Task ProcessHostAsync() => ProcessVipsAsync(Choose());

    /// <summary>The work for what one input object chooses, on the present host.</summary>
    private protected abstract Task ProcessVipsAsync(VipSelection chosen);

    private protected override IReadOnlyCollection<HostReference> ChooseHosts()
    {
        if (!OnRealServer)
        {
            return base.ChooseHosts();
        }

        VipSelection chosen = Choose();
        if (chosen.Server is not { } server)
        {
            ThrowTerminatingError(Errors.ServerMissing(InputObject));
            return [];
        }

        if (AsJob)
        {
            return [ByAddress(server.Address)];
        }

        _onRealServers.Add(ByAddress(server.Address), chosen);
        return [];
    }

    /// <inheritdoc/>
    protected override async Task FinishAsync()
    {
        await OnHostsAsync(_onRealServers.Hosts, async () =>
        {
            foreach (VipSelection chosen in _onRealServers[CurrentHost])
            {
                await ProcessVipsAsync(chosen);
            }
        });
    }

    /// <summary>Reports the hosts for which nothing of what the pipeline brought was meant.</summary>
    private protected async Task ReportStrangersAsync()
    {
        foreach ((HostReference host, (bool any, SortedSet<string> strangers)) in _servers)
        {
            if (!any)
            {
                string names = string.Join(", ", strangers);
                await ErrorAsync(new ErrorRecord(
                    new ItemNotFoundException($"None of the real servers from the pipeline ({names}) is an address of {host}: nothing was done there. Run this on the real server (-OnRealServer, -HostName), or name the virtual IP itself as the first argument."),
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
        if (chosen.Server is not { } server || OnRealServer)
        {
            return true;
        }

        bool isOwn = (await OwnAddressesAsync()).Contains(server.Address);
        (bool any, SortedSet<string> strangers) = _servers.GetOrAdd(CurrentHost, static _ => (false, new SortedSet<string>(StringComparer.Ordinal)));
        if (!isOwn)
        {
            strangers.Add($"{server.Address}");
            await VerboseAsync($"{server.Address} is no address of {HostText}: the real server {server} of {server.VirtualService} is another host.");
        }

        _servers[CurrentHost] = (any || isOwn, strangers);
        return isOwn;
    }

    /// <summary>The present host's own addresses.</summary>
    private protected async ValueTask<IReadOnlySet<LvsAddress>> OwnAddressesAsync()
    {
        if (!_ownAddresses.TryGetValue(CurrentHost, out IReadOnlySet<LvsAddress>? addresses))
        {
            addresses = await RealServerVips.GetOwnAddressesAsync(TargetHost, StopToken);
            _ownAddresses[CurrentHost] = addresses;
        }

        return addresses;
    }
}
