using System.Diagnostics;
using System.Runtime.Versioning;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Tests.Cmdlets;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Kernel;

/// <summary>
/// A change under load: every real server of one service is replaced and its scheduler changed, and another service goes over from NAT to direct routing.
/// </summary>
[Trait("Level", "Kernel")]
[Collection(SharedTopology.Name)]
[SupportedOSPlatform("linux")]
public sealed class SyncTrafficTests(CmdletFixture cmdlets) : IClassFixture<CmdletFixture>, IDisposable
{
    private const string Replaced = "192.0.2.10";
    private const int ReplacedPort = 8080;
    private const string Moved = "192.0.2.11";
    private const int MovedPort = 8081;
    private static readonly string[] RealServers = ["rs1", "rs2"];

    private readonly string _folder = Directory.CreateTempSubdirectory("lvs-sync-").FullName;

    public void Dispose()
    {
        if (NamespaceThread.HasIpvs)
        {
            cmdlets.ClearDirector();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task No_request_fails_and_no_download_breaks_by_Sync_and_both_do_by_ipvsadm()
    {
        NamespaceThread.RequireIpvs();
        CancellationToken stop = TestContext.Current.CancellationToken;
        using Site site = new(cmdlets);
        using Farm farm = new();
        foreach (string server in RealServers)
        {
            farm.Serve(server, ReplacedPort);
            farm.Serve(server, MovedPort);
        }

        string before = Write("before.json", Table("rr", 21, LvsForwardingMethod.Nat));
        string after = Write("after.json", Table("wlc", 31, LvsForwardingMethod.DirectRouting));
        cmdlets.Succeed("director", $"Sync-LvsConfiguration '{before}'");

        farm.Request("client", Replaced, ReplacedPort);
        farm.Request("client", Moved, MovedPort);
        Task<bool>[] downloads = [.. Downloads(), .. Downloads()];
        Stopwatch watch = Stopwatch.StartNew();
        await Task.Delay(TimeSpan.FromSeconds(2), stop);
        cmdlets.Succeed("director", $"Sync-LvsConfiguration '{after}' -DrainTimeout 60");
        TimeSpan taken = watch.Elapsed;
        await Task.Delay(TimeSpan.FromSeconds(2), stop);
        bool[] whole = await Task.WhenAll(downloads);
        double rate = farm.Answered.Values.Sum() / watch.Elapsed.TotalSeconds;
        string told = $"{rate:0} requests a second ({farm.Answered.Values.Sum()} in all), {downloads.Length} downloads; Sync took {taken.TotalSeconds - 2:0.0} s";
        TestContext.Current.TestOutputHelper?.WriteLine($"Sync: {told}");
        Assert.True(farm.Failed.IsEmpty, $"{told}; {farm.Failed.Count} failed: {string.Join(", ", farm.Failed.Distinct())}");
        Assert.All(whole, Assert.True);
        Assert.All([ReplacedPort, MovedPort], port => Assert.True(farm.Answered[port] > 20, told));
        Assert.Equal(
            "-A -t 192.0.2.10:8080 -s wlc -a -t 192.0.2.10:8080 -r 192.0.2.31:8080 -g -w 1 -a -t 192.0.2.10:8080 -r 192.0.2.32:8080 -g -w 1 "
            + "-A -t 192.0.2.11:8081 -s rr -a -t 192.0.2.11:8081 -r 192.0.2.21:8081 -g -w 1 -a -t 192.0.2.11:8081 -r 192.0.2.22:8081 -g -w 1",
            string.Join(' ', Topology.RunIn("director", "ipvsadm", "-Sn").Replace(" --tun-type ipip", string.Empty, StringComparison.Ordinal).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));

        // The way back as one does it without: the same load, the same difference.
        await File.WriteAllTextAsync(Path.Combine(_folder, "rules"), string.Join('\n', Rules("rr", 21, "-m")) + "\n", stop);
        Task<bool>[] broken = [.. Downloads(), .. Downloads()];
        await Task.Delay(TimeSpan.FromSeconds(1), stop);
        int count = farm.Answered.Values.Sum();
        // A request has to come just then: as a rule the first time, for the two processes take their time.
        for (int attempt = 0; attempt < 10 && farm.Failed.IsEmpty; attempt++)
        {
            Topology.RunIn("director", "sh", "-c", $"ipvsadm -C; ipvsadm -R <{_folder}/rules");
            await Task.Delay(TimeSpan.FromSeconds(2), stop);
        }

        bool[] survived = await Task.WhenAll(broken);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"ipvsadm -C, -R: {farm.Failed.Count} of {farm.Answered.Values.Sum() - count + farm.Failed.Count} requests failed ({string.Join(", ", farm.Failed.Distinct())}), {survived.Count(each => !each)} of {survived.Length} downloads broke");
        Assert.NotEmpty(farm.Failed);
        Assert.Contains(false, survived);
    }

    private static Task<bool>[] Downloads() => [Farm.Download("client", Replaced, ReplacedPort), Farm.Download("client", Moved, MovedPort)];

    private static LvsConfiguration Table(string scheduler, int firstServer, LvsForwardingMethod moved) => new()
    {
        VirtualServices =
        [
            Service($"tcp/{Replaced}:{ReplacedPort}", scheduler, firstServer, ReplacedPort, LvsForwardingMethod.DirectRouting),
            Service($"tcp/{Moved}:{MovedPort}", "rr", 21, MovedPort, moved),
        ],
    };

    private static ServiceConfiguration Service(string id, string scheduler, int firstServer, int port, LvsForwardingMethod forwarding) => new()
    {
        Settings = new VirtualServiceSettings { VirtualService = LvsServiceId.Parse(id), Scheduler = scheduler },
        RealServers =
        [
            .. Enumerable.Range(firstServer, 2).Select(number => new ServerConfiguration
            {
                Settings = new RealServerSettings { RealServer = LvsServerId.Parse($"192.0.2.{number}:{port}"), Forwarding = forwarding },
            }),
        ],
    };

    private static IEnumerable<string> Rules(string scheduler, int firstServer, string moved) =>
    [
        $"-A -t {Replaced}:{ReplacedPort} -s {scheduler}",
        $"-a -t {Replaced}:{ReplacedPort} -r 192.0.2.{firstServer}:{ReplacedPort} -g -w 1",
        $"-a -t {Replaced}:{ReplacedPort} -r 192.0.2.{firstServer + 1}:{ReplacedPort} -g -w 1",
        $"-A -t {Moved}:{MovedPort} -s rr",
        $"-a -t {Moved}:{MovedPort} -r 192.0.2.21:{MovedPort} {moved} -w 1",
        $"-a -t {Moved}:{MovedPort} -r 192.0.2.22:{MovedPort} {moved} -w 1",
    ];

    private string Write(string name, LvsConfiguration table)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, JsonText.Write(table).Text);
        return path;
    }

    /// <summary>
    /// What such a change needs of the hosts: two addresses more for the real servers, so that there are others to replace them by; the VIPs everywhere; and,
    /// as long as one service is NAT's, a client whose answers pass through the director, and later do not: they are sent by what they come from.
    /// </summary>
    private sealed class Site : IDisposable
    {
        private readonly CmdletFixture _cmdlets;

        internal Site(CmdletFixture cmdlets)
        {
            _cmdlets = cmdlets;
            Topology.Batch("director", $"address add {Replaced}/32 dev eth0", $"address add {Moved}/32 dev eth0");
            Topology.RunIn("director", "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv4.conf.all.send_redirects=0", "net.ipv4.conf.eth0.send_redirects=0");
            // A port that a client uses again within two minutes may lead to a connection whose server is gone: its packets are dropped, and with this only the first.
            cmdlets.Succeed("director", "Set-LvsKernelParameter expire_nodest_conn 1");
            // The client of the moved service is 198.51.100.100, beyond the director.
            Topology.Batch("client", $"route add {Moved}/32 via 198.51.100.1 src 198.51.100.100");
            foreach ((string server, int number) in RealServers.Select((server, index) => (server, index + 1)))
            {
                cmdlets.Succeed(server, $"Set-LvsArpPolicy -Ignore TargetOnInterface -Announce BestLocal");
                Topology.Batch(
                    server, $"address add 192.0.2.{30 + number}/32 dev eth0", $"address add {Replaced}/32 dev lo", $"address add {Moved}/32 dev lo",
                    $"route add default via 192.0.2.100 table 100", $"rule add from {Moved} lookup 100 priority 100");
            }
        }

        public void Dispose()
        {
            foreach ((string server, int number) in RealServers.Select((server, index) => (server, index + 1)))
            {
                Topology.Batch(
                    server, $"rule delete priority 100", $"route flush table 100", $"address delete {Moved}/32 dev lo", $"address delete {Replaced}/32 dev lo",
                    $"address delete 192.0.2.{30 + number}/32 dev eth0");
                _cmdlets.Succeed(server, "Reset-LvsArpPolicy");
            }

            Topology.Batch("client", $"route delete {Moved}/32");
            _cmdlets.Succeed("director", "Set-LvsKernelParameter expire_nodest_conn 0");
            Topology.RunIn("director", "sysctl", "-qw", "net.ipv4.ip_forward=0", "net.ipv4.conf.all.send_redirects=1", "net.ipv4.conf.eth0.send_redirects=1");
            Topology.Batch("director", $"address delete {Moved}/32 dev eth0", $"address delete {Replaced}/32 dev eth0");
        }
    }
}
