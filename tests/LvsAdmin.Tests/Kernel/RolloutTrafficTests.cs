using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using LvsAdmin.Core.Fleet;
using LvsAdmin.Hosting;
using LvsAdmin.Tests.Cmdlets;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Kernel;

/// <summary>A roll-out over eight real servers under load: each is started anew, and nobody notices. One does not become healthy: it stops there, and goes on later.</summary>
[Trait("Level", "Kernel")]
[Collection(SharedTopology.Name)]
[SupportedOSPlatform("linux")]
public sealed class RolloutTrafficTests(CmdletFixture cmdlets) : IClassFixture<CmdletFixture>, IDisposable
{
    private const string Vip = "198.51.100.10";
    private const int Port = 8084;
    private const byte Pieces = 20;

    // Few, so that they come again while the director still remembers their last connections.
    private const string ClientPorts = "40000 40399";
    private const string UsualPorts = "32768 60999";

    // Addresses of their own: one that another test gave to another host is asked for there, as long as the director's neighbour table has it so, and nobody answers.
    private static readonly string[] Servers = [.. Enumerable.Range(81, 8).Select(number => string.Create(CultureInfo.InvariantCulture, $"192.0.2.{number}"))];

    private readonly ConcurrentQueue<string> _restarted = [];
    private readonly CancellationTokenSource _end = new();

    public void Dispose()
    {
        if (NamespaceThread.HasIpvs)
        {
            cmdlets.ClearDirector();
            Topology.RunIn("director", "sysctl", "-qw", "net.ipv4.ip_forward=0");
            Topology.RunIn("client", "sysctl", "-qw", $"net.ipv4.ip_local_port_range={UsualPorts}");
            Topology.RunIn("director", "ip", "address", "flush", "dev", "eth1", "to", Vip);
            Topology.Batch("rs1", [.. Servers[..4].Select(address => $"address delete {address}/32 dev eth0")]);
            Topology.Batch("rs2", [.. Servers[4..].Select(address => $"address delete {address}/32 dev eth0")]);
        }

        _end.Dispose();
    }

    [Fact]
    public async Task No_request_fails_and_no_download_breaks_and_one_that_is_not_healthy_stops_it_until_it_is()
    {
        NamespaceThread.RequireIpvs();
        using Farm farm = new();
        Make(farm);
        farm.Explain = Connections;
        farm.Request("client", Vip, Port, TimeSpan.FromMilliseconds(20));
        List<Task<bool>> downloads = [];
        Task loading = Task.Run(async () =>
        {
            while (!_end.IsCancellationRequested)
            {
                downloads.Add(Farm.Download("client", Vip, Port, Pieces));
                await Task.Delay(800, TestContext.Current.CancellationToken);
            }
        }, TestContext.Current.CancellationToken);
        Stopwatch watch = Stopwatch.StartNew();
        bool isMended = false;
        Action<string> restart = address =>
        {
            farm.Restart(NamespaceOf(address), Port, address, TimeSpan.FromMilliseconds(300));
            _restarted.Enqueue(address);
        };
        Func<string, bool> isHealthy = address => address != Servers[2] || isMended;

        EngineResult first = Rollout("-RealServer * -BatchSize 1, 25%, 100% -HealthTimeout 5s", restart, isHealthy);
        LvsRolloutResult[] results = [.. first.Output.Select(value => (LvsRolloutResult)value.BaseObject)];
        TimeSpan stoppedAfter = watch.Elapsed;
        int answered = farm.Answered[Port];
        Assert.Equal(
            [LvsRolloutState.Succeeded, LvsRolloutState.Succeeded, LvsRolloutState.Failed, .. Enumerable.Repeat(LvsRolloutState.NotAttempted, 5)],
            Servers.Select(server => results.Single(result => result.HostName == server).State));
        Assert.Equal(["RolloutHostFailed", "RolloutStopped"], first.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal(Servers[2], Assert.Single(Weights(), each => each.Value == 0).Key);
        Assert.StartsWith("Invoke-LvsRollout: version 2: HealthCheck failed: ", $"{Assert.Single(cmdlets.Succeed("director", "(Get-LvsRealServer -Held).Hold.Reason"))}", StringComparison.Ordinal);

        isMended = true;
        EngineResult second = Rollout("-ResumeFrom $results -BatchSize 100%", restart, isHealthy, results);
        Assert.Empty(second.Errors);
        TimeSpan taken = watch.Elapsed;
        await _end.CancelAsync();
        await loading;
        bool[] whole = await Task.WhenAll(downloads);
        string told = string.Create(
            CultureInfo.InvariantCulture,
            $"8 real servers in {taken.TotalSeconds:0.0} s, stopped after {stoppedAfter.TotalSeconds:0.0} s; {farm.Answered[Port]} requests, {farm.Failed.Count} failed; {whole.Length} downloads, {whole.Count(each => !each)} broken");
        TestContext.Current.TestOutputHelper?.WriteLine($"Roll-out: {told}");
        Assert.True(farm.Failed.IsEmpty, $"{told}: {string.Join(", ", farm.Failed.Distinct())}");
        Assert.All(whole, each => Assert.True(each, told));
        Assert.True(answered > 20 && farm.Answered[Port] > answered + 20, told);
        Assert.Equal(["Skipped", "Skipped", .. Enumerable.Repeat("Succeeded", 6)], second.Output.Select(value => $"{((LvsRolloutResult)value.BaseObject).State}"));
        Assert.Equal(Servers.Append(Servers[2]).Order(), _restarted.Order());
        Assert.All(Weights(), each => Assert.Equal(10, each.Value));

        // The same without the wait: what it is for. Downloads that last longer than the roll-out; requests are one at a time, so that the servers with most connections have downloads.
        Task<bool>[] broken = [.. Servers.Select(_ => Farm.Download("client", Vip, Port, byte.MaxValue))];
        string busiest = string.Join(", ", cmdlets.Succeed("director", $"Get-LvsRealServer {Vip}:{Port}")
            .OrderByDescending(server => (uint)server.Properties["ActiveConnections"].Value).Take(2).Select(server => $"{server.Properties["Address"].Value}"));
        Rollout($"-RealServer {busiest} -BatchSize 2 -DrainTimeout 0 -Force -WarningAction Ignore", restart, isHealthy);
        Assert.False(await await Task.WhenAny(broken).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
    }

    private static string NamespaceOf(string address) => Array.IndexOf(Servers, address) < 4 ? "rs1" : "rs2";

    private void Make(Farm farm)
    {
        Topology.RunIn("director", "ip", "address", "add", $"{Vip}/32", "dev", "eth1");
        Topology.RunIn("director", "sysctl", "-qw", "net.ipv4.ip_forward=1");
        Topology.RunIn("client", "sysctl", "-qw", $"net.ipv4.ip_local_port_range={ClientPorts}");
        Topology.Batch("rs1", [.. Servers[..4].Select(address => $"address add {address}/32 dev eth0")]);
        Topology.Batch("rs2", [.. Servers[4..].Select(address => $"address add {address}/32 dev eth0")]);
        foreach (string server in Servers)
        {
            farm.Serve(NamespaceOf(server), Port, server);
        }

        cmdlets.Succeed("director", $"New-LvsVirtualService {Vip}:{Port} -Scheduler wrr; Add-LvsRealServer {Vip}:{Port} {string.Join(", ", Servers)} -Forwarding Nat -Weight 10");
    }

    private EngineResult Rollout(string parameters, Action<string> restart, Func<string, bool> isHealthy, LvsRolloutResult[]? results = null) => cmdlets.Engine.Run(
        $$"""
        $restart, $isHealthy, $results = @($input)
        Invoke-LvsRollout -NetworkNamespace director {{parameters}} -Reason 'version 2' -MinimumAvailable 2 -RampUp 500ms -RampUpSteps 5 -HealthCheck {
            ($using:isHealthy).Invoke("$_")
        } -ScriptBlock { ($using:restart).Invoke("$_") }
        """,
        new object?[] { restart, isHealthy, results });

    // What the director and the real servers know of connections from a port of the client.
    private static string Connections(int port)
    {
        string hexadecimal = port.ToString("X4", CultureInfo.InvariantCulture);
        return string.Join("; ", new[] { ("director", "ip_vs_conn", 2), ("rs1", "tcp", 2), ("rs2", "tcp", 2), ("client", "tcp", 1) }.SelectMany(place => Topology.InNamespace(place.Item1, () =>
            File.ReadAllLines($"/proc/thread-self/net/{place.Item2}").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(words => words[place.Item3].EndsWith(hexadecimal, StringComparison.Ordinal)).Select(words => $"{place.Item1}: {string.Join(' ', words.Take(9))}").ToArray())));
    }

    private Dictionary<string, int> Weights() => cmdlets.Succeed("director", $"Get-LvsRealServer {Vip}:{Port}")
        .ToDictionary(server => $"{server.Properties["Address"].Value}", server => (int)server.Properties["Weight"].Value);
}
