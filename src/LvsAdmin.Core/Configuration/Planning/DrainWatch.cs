using System.Globalization;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>
/// Waits for the connections of real servers that take no new ones any more. A TCP or SCTP connection counts as long as it is established. Inactive ones
/// are mostly those that were closed, which the kernel remembers for two minutes (TIME_WAIT); the few that are only being opened get a grace period. For UDP
/// all count. With persistence, a template goes on sending its client's new connections there, unless expire_quiescent_template is set: then it counts too.
/// </summary>
internal sealed class DrainWatch(ILvsHost host, IpvsClient client, SyncOptions options)
{
    private const string ExpireTemplates = "/proc/sys/net/ipv4/vs/expire_quiescent_template";

    // A client that has not got its SYN-ACK asks again after one second, and after two more (RFC 6298).
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<PlanStep.Drain, Waiting> _waiting = [];
    private readonly Dictionary<(LvsServiceId Service, LvsServerId Server), long> _quietSince = [];
    private bool? _templatesExpire;
    private TimeSpan _pause = ShortPause;

    /// <summary>How many servers still have connections.</summary>
    internal int ServerCount => _waiting.Values.Sum(waiting => waiting.Servers.Count);

    /// <summary>How many connections they have, persistence templates included.</summary>
    internal long ConnectionCount => _waiting.Values.SelectMany(waiting => waiting.Servers.Values).OfType<LvsRealServer>().Sum(server => (long)server.ActiveConnections + server.InactiveConnections + server.PersistentConnections);

    /// <summary>How long the one that is waited for longest is waited for yet.</summary>
    internal TimeSpan Remaining => _waiting.Count == 0 ? TimeSpan.Zero : _waiting.Values.Max(RemainingOf);

    /// <summary>Whether a step's wait has begun.</summary>
    internal bool HasBegun(PlanStep.Drain drain) => _waiting.ContainsKey(drain);

    /// <summary>Begins to wait for the servers of a step.</summary>
    internal void Begin(PlanStep.Drain drain)
    {
        _pause = ShortPause;
        _waiting[drain] = new Waiting(drain.Servers.ToDictionary(server => server, _ => (LvsRealServer?)null), options.Time.GetTimestamp());
    }

    /// <summary>Whether a step's wait is over: no connections are left, or no time.</summary>
    internal bool IsOver(PlanStep.Drain drain) => !_waiting.TryGetValue(drain, out Waiting? waiting) || waiting.Servers.Count == 0 || RemainingOf(waiting) <= TimeSpan.Zero;

    /// <summary>What was left when a step's wait ended; null for nothing. The step is not waited for any more.</summary>
    internal string? LeftOf(PlanStep.Drain drain)
    {
        if (!_waiting.Remove(drain, out Waiting? waiting) || waiting.Servers.Count == 0)
        {
            return null;
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"after {options.DrainTimeout.TotalSeconds:0.#} s still connected: {string.Join(", ", waiting.Servers.Values.OfType<LvsRealServer>().Select(Describe))}");
    }

    /// <summary>Looks at the connections once.</summary>
    internal async ValueTask LookAsync(CancellationToken cancellationToken)
    {
        foreach ((PlanStep.Drain drain, (Dictionary<LvsServerId, LvsRealServer?> servers, _)) in _waiting)
        {
            LvsServiceId service = drain.Service.VirtualService;
            bool templatesCount = drain.Service.PersistenceTimeout is not null && !await TemplatesExpireAsync(cancellationToken).ConfigureAwait(false);
            Dictionary<LvsServerId, LvsRealServer> present = (await client.GetRealServersAsync(service, cancellationToken).ConfigureAwait(false))
                .ToDictionary(server => server.RealServer);
            foreach (LvsServerId id in servers.Keys.ToList())
            {
                LvsRealServer? server = present.GetValueOrDefault(id);
                if (server is null || IsDrained(service, server, templatesCount))
                {
                    servers.Remove(id);
                }
                else
                {
                    servers[id] = server;
                }
            }
        }
    }

    /// <summary>Waits until the next look, not longer than there is time.</summary>
    internal async ValueTask PauseAsync(CancellationToken cancellationToken)
    {
        TimeSpan pause = _pause < Remaining ? _pause : Remaining;
        await Task.Delay(pause > TimeSpan.Zero ? pause : TimeSpan.Zero, options.Time, cancellationToken).ConfigureAwait(false);
        _pause = _pause + _pause < LongPause ? _pause + _pause : LongPause;
    }

    private TimeSpan RemainingOf(Waiting waiting) => options.DrainTimeout - options.Time.GetElapsedTime(waiting.Begun);

    private bool IsDrained(LvsServiceId service, LvsRealServer server, bool templatesCount)
    {
        bool hasTemplates = templatesCount && server.PersistentConnections > 0;
        if (server is { ActiveConnections: 0, InactiveConnections: 0 })
        {
            return !hasTemplates;
        }

        if (server.ActiveConnections > 0 || hasTemplates || service.Protocol == LvsProtocol.Udp)
        {
            _quietSince.Remove((service, server.RealServer));
            return false;
        }

        if (!_quietSince.TryGetValue((service, server.RealServer), out long since))
        {
            _quietSince[(service, server.RealServer)] = options.Time.GetTimestamp();
            return false;
        }

        return options.Time.GetElapsedTime(since) >= Grace;
    }

    private async ValueTask<bool> TemplatesExpireAsync(CancellationToken cancellationToken) =>
        _templatesExpire ??= (await host.ReadFileAsync(ExpireTemplates, cancellationToken).ConfigureAwait(false))?.Trim() is { } text && text != "0";

    private static string Describe(LvsRealServer server)
    {
        string templates = server.PersistentConnections == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $", {server.PersistentConnections} persistence templates");
        return string.Create(CultureInfo.InvariantCulture, $"{server.RealServer} ({server.ActiveConnections} active, {server.InactiveConnections} inactive{templates})");
    }

    private sealed record Waiting(Dictionary<LvsServerId, LvsRealServer?> Servers, long Begun);
}
