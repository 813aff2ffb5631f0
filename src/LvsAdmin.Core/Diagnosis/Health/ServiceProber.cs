using System.Diagnostics;
using System.Globalization;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis.Health;

/// <summary>Asks a virtual service many times from a host, and finds out by the director's connection table which real server answered.</summary>
/// <param name="director">The director.</param>
/// <param name="client">Its IPVS.</param>
/// <param name="from">The host from which to ask.</param>
/// <param name="probe">How to ask.</param>
public sealed class ServiceProber(ILvsHost director, IpvsClient client, ILvsHost from, HealthProbe probe)
{
    // The director forgets a connection that was reset after ten seconds.
    private static readonly TimeSpan BetweenReads = TimeSpan.FromSeconds(4);

    private readonly Dictionary<int, LvsServerId> _answeredBy = [];
    private readonly HashSet<int> _ports = [];
    private readonly List<TimeSpan> _times = [];
    private readonly Dictionary<string, int> _failures = [];

    /// <summary>Asks.</summary>
    /// <param name="service">The service.</param>
    /// <param name="address">The virtual IP.</param>
    /// <param name="port">The port.</param>
    /// <param name="count">How often.</param>
    /// <param name="report">Is told after each probe how many there were, and how many of them failed.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    /// <exception cref="LvsHostException">The host, or the director, cannot be reached.</exception>
    /// <exception cref="IpvsException">The director's kernel refused.</exception>
    public async ValueTask<LvsServiceTest> RunAsync(
        LvsVirtualService service, LvsAddress address, int port, int count, Func<int, int, ValueTask> report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(report);
        IReadOnlyList<LvsRealServer> servers = await client.GetRealServersAsync(service.VirtualService, cancellationToken).ConfigureAwait(false);
        long lastRead = Stopwatch.GetTimestamp();
        DirectPath path = new(from, address, port);
        for (int number = 1; number <= count; number++)
        {
            Count(await probe.ProbeAsync(path, cancellationToken).ConfigureAwait(false), path.LocalPort);
            if (number == count || Stopwatch.GetElapsedTime(lastRead) > BetweenReads)
            {
                await TraceAsync(address, port, cancellationToken).ConfigureAwait(false);
                lastRead = Stopwatch.GetTimestamp();
            }

            await report(number, _failures.Values.Sum()).ConfigureAwait(false);
        }

        return Conclude(service, servers, path.From, count);
    }

    private void Count(IReadOnlyList<HealthFinding> findings, int port)
    {
        if (findings.FirstOrDefault(finding => finding.Outcome == LvsCheckOutcome.Failed) is { } failed)
        {
            string why = $"{failed.Check}: {failed.Found}";
            _failures[why] = _failures.GetValueOrDefault(why) + 1;
            return;
        }

        _times.Add(findings.Aggregate(TimeSpan.Zero, (sum, finding) => sum + finding.Duration));
        _ports.Add(port);
    }

    private async ValueTask TraceAsync(LvsAddress address, int port, CancellationToken cancellationToken)
    {
        await foreach (LvsConnection connection in ConnectionTable.ReadAsync(director, null, cancellationToken).ConfigureAwait(false))
        {
            // By the port alone: between host and director the address may have been translated.
            if (!connection.IsTemplate && connection.VirtualAddress == address && connection.VirtualPort == port && _ports.Contains(connection.ClientPort))
            {
                _answeredBy[connection.ClientPort] = connection.RealServer;
            }
        }
    }

    private LvsServiceTest Conclude(LvsVirtualService service, IReadOnlyList<LvsRealServer> servers, string name, int count)
    {
        Dictionary<LvsServerId, int> answers = servers.ToDictionary(server => server.RealServer, server => _answeredBy.Values.Count(id => id == server.RealServer));
        foreach (IGrouping<LvsServerId, LvsServerId> gone in _answeredBy.Values.Where(id => !answers.ContainsKey(id)).GroupBy(id => id).ToList())
        {
            answers[gone.Key] = gone.Count();
        }

        SchedulerPromise promise = SchedulerPromise.Of(service, servers);
        int traced = answers.Values.Sum();
        TimeSpan[] times = [.. _times.Order()];
        return new LvsServiceTest
        {
            VirtualService = service.VirtualService,
            From = name,
            Count = count,
            Answered = times.Length,
            Failures = [.. _failures.Select(each => string.Create(CultureInfo.InvariantCulture, $"{each.Value} x {each.Key}"))],
            Minimum = At(0),
            Median = At(0.5),
            Percentile95 = At(0.95),
            Maximum = At(1),
            Servers =
            [
                .. answers.OrderBy(each => each.Key).Select(each => new LvsServiceTestServer(
                    each.Key, servers.FirstOrDefault(server => server.RealServer == each.Key)?.Weight ?? 0, each.Value, promise.Shares?.GetValueOrDefault(each.Key) * traced)),
            ],
            Untraced = times.Length - traced,
            Scheduler = service.Scheduler,
            Promise = promise.Text,
            Deviation = promise.Deviation(answers),
            IsAsPromised = promise.Holds(answers),
            HostName = director.Name,
            NetworkNamespace = director.NetworkNamespace,
        };

        // The nearest rank: the least time within which so many answers came.
        TimeSpan At(double part) => times.Length == 0 ? TimeSpan.Zero : times[Math.Max(0, (int)Math.Ceiling(part * times.Length) - 1)];
    }
}
