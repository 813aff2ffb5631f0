using System.Globalization;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Configuration;

/// <summary>Waits for the connections of real servers that take no new ones any more, for each drain of a plan until its time is over.</summary>
internal sealed class DrainWatch(ILvsHost host, IpvsClient client, SyncOptions options)
{
    private readonly Dictionary<PlanStep.Drain, Waiting> _waiting = [];
    private readonly DrainWatcher _watcher = new(host, client, options.Time);

    /// <summary>How many servers still have connections.</summary>
    internal int ServerCount => _waiting.Values.Sum(waiting => waiting.Servers.Count);

    /// <summary>How many connections they have, persistence templates included.</summary>
    internal long ConnectionCount => _waiting.Values.SelectMany(waiting => waiting.Servers.Values).OfType<LvsDrainStatus>().Sum(server => server.Count);

    /// <summary>How long the one that is waited for longest is waited for yet.</summary>
    internal TimeSpan Remaining => _waiting.Count == 0 ? TimeSpan.Zero : _waiting.Values.Max(RemainingOf);

    /// <summary>Whether a step's wait has begun.</summary>
    internal bool HasBegun(PlanStep.Drain drain) => _waiting.ContainsKey(drain);

    /// <summary>Begins to wait for the servers of a step.</summary>
    internal void Begin(PlanStep.Drain drain)
    {
        _watcher.Hurry();
        _waiting[drain] = new Waiting(drain.Servers.ToDictionary(server => server, _ => (LvsDrainStatus?)null), options.Time.GetTimestamp());
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
            $"after {options.DrainTimeout.TotalSeconds:0.#} s still connected: {string.Join(", ", waiting.Servers.Values.OfType<LvsDrainStatus>())}");
    }

    /// <summary>Looks at the connections once.</summary>
    internal async ValueTask LookAsync(CancellationToken cancellationToken)
    {
        foreach ((PlanStep.Drain drain, (Dictionary<LvsServerId, LvsDrainStatus?> servers, _)) in _waiting)
        {
            foreach (LvsDrainStatus status in await _watcher.LookAsync(drain.Service, [.. servers.Keys], cancellationToken).ConfigureAwait(false))
            {
                if (status.IsIdle)
                {
                    servers.Remove(status.RealServer);
                }
                else
                {
                    servers[status.RealServer] = status;
                }
            }
        }
    }

    /// <summary>Waits until the next look, not longer than there is time.</summary>
    internal ValueTask PauseAsync(CancellationToken cancellationToken) => _watcher.PauseAsync(Remaining, cancellationToken);

    private TimeSpan RemainingOf(Waiting waiting) => options.DrainTimeout - options.Time.GetElapsedTime(waiting.Begun);

    private sealed record Waiting(Dictionary<LvsServerId, LvsDrainStatus?> Servers, long Begun);
}
