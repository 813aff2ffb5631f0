using System.Management.Automation;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Commands;

/// <summary>Shows a director at a glance: kernel, IPVS, counts, and what to do when something is missing.</summary>
[Cmdlet(VerbsCommon.Get, "LvsDirector")]
[OutputType(typeof(LvsDirector))]
public sealed class GetLvsDirectorCommand : LvsHostCommand
{
    /// <inheritdoc/>
    protected override async Task ProcessHostAsync() => await AttemptAsync(null, async () =>
    {
        ILvsHost host = TargetHost;
        // Asked together: over SSH these are one round trip or two.
        Task<string?> release = KernelModules.ReleaseAsync(host, StopToken).AsTask();
        Task<bool> isLoaded = KernelModules.IsIpvsLoadedAsync(host, StopToken).AsTask();
        Task<IReadOnlySet<string>> schedulers = KernelModules.SchedulersAsync(host, StopToken).AsTask();
        await Task.WhenAll(release, isLoaded, schedulers);
        LvsDirector director = new()
        {
            HostName = host.Name,
            NetworkNamespace = host.NetworkNamespace,
            KernelRelease = await release,
            IpvsLoaded = await isLoaded,
            Schedulers = [.. (await schedulers).Order(StringComparer.Ordinal)],
        };
        // Asking over netlink would load the module, and looking shall change nothing.
        await OutputAsync(director.IpvsLoaded ? await AskAsync(director) : director with
        {
            Remedy = director.Schedulers.Count > 0
                ? "The module ip_vs is not loaded: the first cmdlet that uses IPVS loads it, or modprobe ip_vs; for every boot, name it in /etc/modules-load.d."
                : "The module ip_vs is not loaded, and no file of it is in /lib/modules: install a kernel with IPVS; in a container, load it on the machine.",
        });
    });

    private async ValueTask<LvsDirector> AskAsync(LvsDirector director)
    {
        try
        {
            IpvsClient client = await ConnectAsync();
            IpvsInfo info = await client.GetInfoAsync(StopToken);
            IReadOnlyList<(LvsVirtualService Service, IReadOnlyList<LvsRealServer> Servers)> table = await IpvsTable.ReadAsync(client, null, StopToken);
            LvsRealServer[] servers = [.. table.SelectMany(each => each.Servers)];
            return director with
            {
                IpvsVersion = info.Version,
                ConnectionTableSize = info.ConnectionTableSize,
                VirtualServices = table.Count,
                RealServers = servers.Length,
                ActiveConnections = servers.Sum(server => server.ActiveConnections),
                InactiveConnections = servers.Sum(server => server.InactiveConnections),
                SyncDaemons = [.. (await client.GetSyncDaemonsAsync(StopToken)).Select(daemon => $"{daemon.Role} on {daemon.Interface}, sync id {daemon.SyncId}")],
            };
        }
        catch (IpvsException exception) when (exception.Error == IpvsError.PermissionDenied)
        {
            return director with { Remedy = exception.Message };
        }
    }
}
