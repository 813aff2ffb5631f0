using System.Globalization;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Fleet;

/// <summary>Drains the hosts of a batch at one director.</summary>
/// <param name="director">The director.</param>
/// <param name="options">How the roll-out goes on.</param>
internal sealed class RolloutDrain(RolloutDirector director, RolloutOptions options)
{
    private const int NamedClients = 3;

    private DrainWatcher? _watcher;
    private IpvsClient? _watched;

    /// <summary>Takes the hosts out and waits for each until it is drained; what becomes of each, its place tells.</summary>
    internal async Task RunAsync(IReadOnlyList<RolloutHost> hosts, CancellationToken cancellationToken)
    {
        List<(RolloutHost Host, RolloutPlace Place)> waiting = [];
        foreach (RolloutHost host in hosts)
        {
            waiting.Add((host, host.Places.Single(place => place.Director == director)));
        }

        (RolloutHost Host, RolloutPlace Place)[] all = [.. waiting];
        try
        {
            foreach ((RolloutHost host, RolloutPlace place) in all)
            {
                try
                {
                    await RolloutHolds.SuspendAsync(place, options, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception failure) when (failure is IpvsException or LvsRolloutException || (failure is LvsHostException and not LvsConnectionException))
                {
                    host.IsGivenUp = true;
                    place.EndDrain(failure);
                    waiting.Remove((host, place));
                }
            }

            await WaitAsync(waiting, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // All that wait are told, whatever it is: they cannot be drained.
            foreach ((RolloutHost host, RolloutPlace place) in all)
            {
                host.IsGivenUp |= !place.Drained.IsCompleted;
                place.EndDrain(failure);
            }
        }
    }

    private async Task WaitAsync(List<(RolloutHost Host, RolloutPlace Place)> waiting, CancellationToken cancellationToken)
    {
        long began = options.Time.GetTimestamp();
        while (true)
        {
            Dictionary<RolloutPlace, LvsDrainStatus[]> left = await LookAsync([.. waiting.Select(each => each.Place)], cancellationToken).ConfigureAwait(false);
            foreach ((RolloutHost host, RolloutPlace place) in waiting.ToList())
            {
                host.Detail = left[place].Length == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{left[place].Sum(status => status.Count)} connections");
                if (left[place].Length == 0 || host.IsGivenUp)
                {
                    place.EndDrain(null);
                    waiting.Remove((host, place));
                }
            }

            TimeSpan remaining = options.DrainTimeout - options.Time.GetElapsedTime(began);
            if (waiting.Count == 0)
            {
                return;
            }

            if (remaining <= TimeSpan.Zero)
            {
                foreach ((RolloutHost _, RolloutPlace place) in waiting)
                {
                    place.EndDrain(await TimedOutAsync(left[place], cancellationToken).ConfigureAwait(false));
                }

                return;
            }

            await _watcher!.PauseAsync(remaining, cancellationToken).ConfigureAwait(false);
        }
    }

    // What is not drained of each place.
    private ValueTask<Dictionary<RolloutPlace, LvsDrainStatus[]>> LookAsync(IReadOnlyList<RolloutPlace> places, CancellationToken cancellationToken) => director.UseAsync(
        async (host, client, stop) =>
        {
            if (_watched != client)
            {
                (_watcher, _watched) = (new DrainWatcher(host, client, options.Time), client);
            }

            List<LvsDrainStatus> busy = [];
            foreach (IGrouping<LvsServiceId, RolloutEntry> service in places.SelectMany(place => place.Entries).GroupBy(entry => entry.Service.VirtualService))
            {
                IReadOnlyList<LvsDrainStatus> statuses = await _watcher!.LookAsync(
                    service.First().Service, [.. service.Select(entry => entry.Server.RealServer)], stop).ConfigureAwait(false);
                busy.AddRange(statuses.Where(status => !status.IsDrained));
            }

            return places.ToDictionary(
                place => place,
                place => busy.Where(status => place.Entries.Any(entry => entry.Server.VirtualService == status.VirtualService && entry.Server.RealServer == status.RealServer)).ToArray());
        },
        options, cancellationToken);

    private ValueTask<LvsDrainException> TimedOutAsync(LvsDrainStatus[] left, CancellationToken cancellationToken) => director.UseAsync(
        async (host, client, stop) =>
        {
            List<string> servers = [];
            foreach (LvsDrainStatus status in left)
            {
                string clients = await DrainClients.DescribeAsync(host, status, NamedClients, stop).ConfigureAwait(false) is { } named ? $" of {named}" : string.Empty;
                LvsVirtualService? service = await client.FindServiceAsync(status.VirtualService, stop).ConfigureAwait(false);
                LvsRealServer? server = (await client.GetRealServersAsync(status.VirtualService, stop).ConfigureAwait(false)).FirstOrDefault(each => each.RealServer == status.RealServer);
                IReadOnlyList<LvsDrainObstacle> obstacles = service is null || server is null
                    ? []
                    : await DrainObstacles.FindAsync(host, client, service, server, stop).ConfigureAwait(false);
                servers.Add($"{status.RealServer} of {status.VirtualService} ({status.CountText}{clients}){string.Concat(obstacles.Select(obstacle => $" {obstacle}"))}");
            }

            return new LvsDrainException(
                string.Create(CultureInfo.InvariantCulture, $"not drained at {director.Name} after {options.DrainTimeout.TotalSeconds:0.#} s: {string.Join("; ", servers)}"), left[0]);
        },
        options, cancellationToken);
}
