using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>
/// Waits until real servers are drained. Those of several directors, and those that come one by one through the pipeline, are waited for at once, for a time
/// that is one for all.
/// </summary>
[Cmdlet(VerbsLifecycle.Wait, "LvsRealServer", DefaultParameterSetName = ServiceSet)]
[OutputType(typeof(LvsRealServer))]
public sealed class WaitLvsRealServerCommand : RealServerCommand
{
    private const int NamedClients = 5;

    private readonly ConcurrentQueue<(HostReference Host, LvsVirtualService Service, LvsServerId Server)> _chosen = [];
    private readonly ConcurrentDictionary<(HostReference Host, LvsServiceId Service, LvsServerId Server), LvsDrainStatus> _left = [];
    private long _began;
    private long _most;

    /// <summary>Wait until they are drained: weight 0, no established connection, no persistence template that brings new ones. It is what this cmdlet waits for also without the switch.</summary>
    [Parameter]
    public SwitchParameter Drained { get; set; }

    /// <summary>How long to wait at most: seconds, 5m, or a TimeSpan, up to a day; without it, for as long as it takes.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Timeout { get; set; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>Write the servers, as the kernel reports them when they are drained.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private TimeSpan Remaining => Timeout == System.Threading.Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : Timeout - Stopwatch.GetElapsedTime(_began);

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync()
    {
        HostReference host = CurrentHost;
        await ForEachServerAsync(required: true, (_, service, servers) =>
        {
            foreach (LvsRealServer server in servers)
            {
                _chosen.Enqueue((host, service, server.RealServer));
            }

            return ValueTask.CompletedTask;
        });

        // With all hosts named there is nothing to collect, and a connection that is open stays so.
        if (!MyInvocation.ExpectingInput)
        {
            Interlocked.CompareExchange(ref _began, Stopwatch.GetTimestamp(), 0);
            await WaitHereAsync(_chosen.Where(each => each.Host == host));
        }
    }

    /// <inheritdoc/>
    protected override async Task FinishAsync()
    {
        if (MyInvocation.ExpectingInput && !_chosen.IsEmpty)
        {
            _began = Stopwatch.GetTimestamp();
            ILookup<HostReference, (HostReference Host, LvsVirtualService Service, LvsServerId Server)> hosts = _chosen.ToLookup(each => each.Host);
            await OnHostsAsync([.. hosts.Select(each => each.Key)], () => WaitHereAsync(hosts[CurrentHost]));
        }

        if (_began != 0)
        {
            await ProgressAsync(new ProgressRecord(ProgressId, ProgressActivity, "done") { RecordType = ProgressRecordType.Completed });
        }
    }

    private string ProgressActivity => $"{MyInvocation.MyCommand.Name} -{nameof(Drained)}";

    private int ProgressId => GetHashCode() & int.MaxValue;

    private async Task WaitHereAsync(IEnumerable<(HostReference Host, LvsVirtualService Service, LvsServerId Server)> chosen)
    {
        HostReference host = CurrentHost;
        Dictionary<LvsServiceId, (LvsVirtualService Service, HashSet<LvsServerId> Servers)> waiting = chosen
            .GroupBy(each => each.Service.VirtualService)
            .ToDictionary(group => group.Key, group => (group.First().Service, group.Select(each => each.Server).ToHashSet()));
        await AttemptAsync(null, async () =>
        {
            IpvsClient client = await ConnectAsync();
            DrainWatcher watcher = new(TargetHost, client, TimeProvider.System);
            bool isFirst = true;
            while (true)
            {
                foreach ((LvsVirtualService service, HashSet<LvsServerId> servers) in waiting.Values.ToList())
                {
                    IReadOnlyList<LvsDrainStatus> statuses = await watcher.LookAsync(service, servers, StopToken);
                    await TakeAsync(client, host, service, servers, statuses);
                    if (isFirst && servers.Count > 0)
                    {
                        await WarnAsync(client, service, servers);
                    }

                    if (servers.Count == 0)
                    {
                        waiting.Remove(service.VirtualService);
                    }
                }

                isFirst = false;
                await ShowAsync();
                if (waiting.Count == 0 || Remaining <= TimeSpan.Zero)
                {
                    break;
                }

                await watcher.PauseAsync(Remaining, StopToken);
            }

            foreach ((LvsVirtualService service, HashSet<LvsServerId> servers) in waiting.Values)
            {
                foreach (LvsServerId server in servers)
                {
                    await FailAsync(client, service, _left[(host, service.VirtualService, server)]);
                }
            }
        });
    }

    // Notes what remains on each server, and lets go those that are drained.
    private async ValueTask TakeAsync(
        IpvsClient client, HostReference host, LvsVirtualService service, HashSet<LvsServerId> servers, IReadOnlyList<LvsDrainStatus> statuses)
    {
        HashSet<LvsServerId> drained = [];
        foreach (LvsDrainStatus status in statuses)
        {
            (HostReference, LvsServiceId, LvsServerId) key = (host, service.VirtualService, status.RealServer);
            if (status.IsDrained)
            {
                servers.Remove(status.RealServer);
                _left.TryRemove(key, out _);
                drained.Add(status.RealServer);
                await VerboseAsync($"Real server {status.RealServer} of {service.VirtualService} on {HostText} is drained.");
            }
            else
            {
                _left[key] = status;
            }
        }

        foreach (LvsRealServer server in PassThru && drained.Count > 0 ? await client.GetRealServersAsync(service.VirtualService, StopToken) : [])
        {
            if (drained.Contains(server.RealServer))
            {
                await OutputAsync(server);
            }
        }
    }

    private async ValueTask WarnAsync(IpvsClient client, LvsVirtualService service, HashSet<LvsServerId> servers)
    {
        foreach (LvsRealServer server in await client.GetRealServersAsync(service.VirtualService, StopToken))
        {
            if (servers.Contains(server.RealServer))
            {
                foreach (LvsDrainObstacle obstacle in await DrainObstacles.FindAsync(TargetHost, client, service, server, StopToken))
                {
                    await WarningAsync($"Real server {server.RealServer} of {service.VirtualService} on {HostText}: {obstacle}");
                }
            }
        }
    }

    private async ValueTask FailAsync(IpvsClient client, LvsVirtualService service, LvsDrainStatus status)
    {
        string clients = await DrainClients.DescribeAsync(TargetHost, status, NamedClients, StopToken) is { } named ? $" Clients: {named}." : string.Empty;
        LvsRealServer? server = (await client.GetRealServersAsync(service.VirtualService, StopToken)).FirstOrDefault(each => each.RealServer == status.RealServer);
        IReadOnlyList<LvsDrainObstacle> obstacles = server is null ? [] : await DrainObstacles.FindAsync(TargetHost, client, service, server, StopToken);
        string why = string.Concat(obstacles.Select(obstacle => $" {obstacle}"));
        await ErrorAsync(Errors.ToRecord(
            new LvsDrainException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Real server {status.RealServer} of {service.VirtualService} on {HostText} is not drained after {Timeout.TotalSeconds:0.#} s: {status.CountText} remain.{clients}{why}"),
                status),
            status));
    }

    // All that is waited for, on all directors.
    private ValueTask ShowAsync()
    {
        LvsDrainStatus[] left = [.. _left.Values];
        long active = left.Sum(status => status.ActiveConnections);
        long inactive = left.Sum(status => status.InactiveConnections);
        long templates = left.Sum(status => status.PersistentConnections);
        long total = active + inactive + templates;
        _most = Math.Max(_most, total);
        string status = string.Create(CultureInfo.InvariantCulture, $"{left.Length} real servers: {active} active, {inactive} inactive, {templates} persistence templates");
        ProgressRecord record = new(ProgressId, ProgressActivity, status)
        {
            PercentComplete = _most == 0 ? 100 : (int)((_most - total) * 100 / _most),
            SecondsRemaining = Remaining == TimeSpan.MaxValue ? -1 : (int)Math.Max(0, Remaining.TotalSeconds),
        };
        return ProgressAsync(record);
    }
}
