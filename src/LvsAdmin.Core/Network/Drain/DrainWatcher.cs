using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>
/// Decides whether real servers of one director are drained, by looking again and again. A TCP or SCTP connection counts as long as it is established.
/// Inactive ones are mostly those that were closed, which the kernel remembers for two minutes (TIME_WAIT); the few that are only being opened get a grace
/// period, for which the watcher remembers since when a server is quiet: without an established connection, a new one, or another weight. For UDP all count. With persistence, a template goes on sending its client's new
/// connections there, unless expire_quiescent_template is set: then it counts too. One look at a time.
/// </summary>
/// <param name="host">The director.</param>
/// <param name="client">Its IPVS.</param>
/// <param name="time">The clock.</param>
public sealed class DrainWatcher(ILvsHost host, IpvsClient client, TimeProvider time)
{
    // A client that has not got its SYN-ACK asks again after one second, and after two more (RFC 6298).
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<(LvsServiceId Service, LvsServerId Server), Quiet> _quiet = [];
    private TimeSpan _pause = ShortPause;

    /// <summary>Looks at servers of a service once.</summary>
    /// <param name="service">The service, as it was read.</param>
    /// <param name="servers">The servers.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <returns>What remains on each, in their order; of one that the service does not have any more nothing does.</returns>
    /// <exception cref="IpvsException">The kernel refused.</exception>
    /// <exception cref="LvsHostException">The kernel parameter cannot be read, or the director cannot be reached.</exception>
    public async ValueTask<IReadOnlyList<LvsDrainStatus>> LookAsync(LvsVirtualService service, IReadOnlyCollection<LvsServerId> servers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(servers);
        // Read each time: to set it is what is advised to those who wait for templates.
        bool templatesCount = service.PersistenceTimeout is not null
            && !await KernelParameters.IsSetAsync(host, "expire_quiescent_template", cancellationToken).ConfigureAwait(false);
        Dictionary<LvsServerId, LvsRealServer> present = (await client.GetRealServersAsync(service.VirtualService, cancellationToken).ConfigureAwait(false))
            .ToDictionary(server => server.RealServer);
        return [.. servers.Select(id => Judge(service, id, present.GetValueOrDefault(id), templatesCount))];
    }

    /// <summary>Waits until the next look: a tenth of a second at first, then longer, up to a second.</summary>
    /// <param name="remaining">The time that there is at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask PauseAsync(TimeSpan remaining, CancellationToken cancellationToken)
    {
        TimeSpan pause = _pause < remaining ? _pause : remaining;
        await Task.Delay(pause > TimeSpan.Zero ? pause : TimeSpan.Zero, time, cancellationToken).ConfigureAwait(false);
        _pause = _pause + _pause < LongPause ? _pause + _pause : LongPause;
    }

    /// <summary>Begins with short waits again.</summary>
    public void Hurry() => _pause = ShortPause;

    private LvsDrainStatus Judge(LvsVirtualService service, LvsServerId id, LvsRealServer? server, bool templatesCount) => new()
    {
        VirtualService = service.VirtualService,
        RealServer = id,
        Weight = server?.Weight,
        ActiveConnections = server?.ActiveConnections ?? 0,
        InactiveConnections = server?.InactiveConnections ?? 0,
        PersistentConnections = server?.PersistentConnections ?? 0,
        TemplatesCount = templatesCount,
        IsIdle = server is null || IsIdle(service.VirtualService, server, templatesCount),
        HostName = host.Name,
        NetworkNamespace = host.NetworkNamespace,
    };

    private bool IsIdle(LvsServiceId service, LvsRealServer server, bool templatesCount)
    {
        bool hasTemplates = templatesCount && server.PersistentConnections > 0;
        bool hasConnections = server.ActiveConnections > 0 || server.InactiveConnections > 0;
        if (!hasConnections || server.ActiveConnections > 0 || hasTemplates || service.Protocol == LvsProtocol.Udp)
        {
            _quiet.Remove((service, server.RealServer));
            return !hasConnections && !hasTemplates;
        }

        // One more, or one that came until the weight went, may have only begun.
        bool isQuiet = _quiet.TryGetValue((service, server.RealServer), out Quiet earlier)
            && server.InactiveConnections <= earlier.Connections && (server.Weight > 0 || !earlier.HadWeight);
        long since = isQuiet ? earlier.Since : time.GetTimestamp();
        _quiet[(service, server.RealServer)] = new Quiet(since, server.InactiveConnections, server.Weight > 0);
        return time.GetElapsedTime(since) >= Grace;
    }

    // Since when, and what was there at the last look.
    private readonly record struct Quiet(long Since, long Connections, bool HadWeight);
}
