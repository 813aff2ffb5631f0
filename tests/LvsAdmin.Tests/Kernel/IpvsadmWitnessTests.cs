using System.Runtime.Versioning;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Kernel;

/// <summary>What we set is what ipvsadm reads, and what ipvsadm sets is what we read, of every option that it has.</summary>
[Trait("Level", "Kernel")]
[SupportedOSPlatform("linux")]
public sealed class IpvsadmWitnessTests
{
    // As ipvsadm -Sn writes it, which is what ipvsadm -R reads. It writes greater marks than this one as negative numbers.
    private const string Table = """
        -A -t 192.0.2.10:80 -s wlc
        -a -t 192.0.2.10:80 -r 192.0.2.21:80 -g -w 100
        -a -t 192.0.2.10:80 -r 192.0.2.22:8080 -m -w 0
        -a -t 192.0.2.10:80 -r 192.0.2.23:80 -i -w 1 --tun-type ipip
        -a -t 192.0.2.10:80 -r 192.0.2.24:80 -i -w 2 --tun-type gue --tun-port 6080 --tun-nocsum
        -a -t 192.0.2.10:80 -r 192.0.2.25:80 -i -w 3 --tun-type gue --tun-port 6081 --tun-csum
        -a -t 192.0.2.10:80 -r 192.0.2.26:80 -i -w 4 --tun-type gue --tun-port 6082 --tun-remcsum
        -a -t 192.0.2.10:80 -r 192.0.2.27:80 -i -w 5 --tun-type gre --tun-nocsum
        -a -t 192.0.2.10:80 -r 192.0.2.28:80 -i -w 6 --tun-type gre --tun-csum
        -A -t 192.0.2.11:443 -s wrr -p 600 -M 255.255.255.0
        -A -t 192.0.2.12:0 -s lc -p 360
        -A -t 192.0.2.13:80 -s mh -b mh-fallback,mh-port
        -A -t 192.0.2.14:80 -s sh -b sh-fallback
        -A -t 192.0.2.15:80 -s sh -b sh-port
        -A -t 192.0.2.16:80 -s rr -b flag-1,flag-2,flag-3
        -A -u 192.0.2.10:53 -s rr -o
        -A -u 192.0.2.15:5060 -s rr -p 60 --pe sip
        -A --sctp-service 192.0.2.10:3868 -s sed
        -A -t [2001:db8::10]:443 -s nq
        -a -t [2001:db8::10]:443 -r 192.0.2.26:443 -i -w 1 --tun-type ipip
        -a -t [2001:db8::10]:443 -r [2001:db8::21]:443 -g -w 1
        -A -t [2001:db8::11]:443 -s wlc -p 600 -M 64
        -A -u [2001:db8::10]:53 -s fo -o
        -A --sctp-service [2001:db8::10]:3868 -s ovf
        -A -f 7 -s dh
        -a -f 7 -r 192.0.2.21:0 -g -w 2
        -A -f 7 -6 -s lblc
        -A -f 2147483647 -s lblcr -p 30

        """;

    private static readonly (VirtualServiceSettings Service, RealServerSettings[] Servers)[] Ours =
    [
        (Service("tcp/192.0.2.10:80", "wlc"),
        [
            Server("192.0.2.21:80") with { Weight = 100 },
            Server("192.0.2.22:8080", LvsForwardingMethod.Nat) with { Weight = 0 },
            Tunnel("192.0.2.23:80", 1, LvsTunnelType.Ipip, 0, LvsTunnelChecksum.None),
            Tunnel("192.0.2.24:80", 2, LvsTunnelType.Gue, 6080, LvsTunnelChecksum.None),
            Tunnel("192.0.2.25:80", 3, LvsTunnelType.Gue, 6081, LvsTunnelChecksum.Checksum),
            Tunnel("192.0.2.26:80", 4, LvsTunnelType.Gue, 6082, LvsTunnelChecksum.Remote),
            Tunnel("192.0.2.27:80", 5, LvsTunnelType.Gre, 0, LvsTunnelChecksum.None),
            Tunnel("192.0.2.28:80", 6, LvsTunnelType.Gre, 0, LvsTunnelChecksum.Checksum),
        ]),
        (Service("udp/192.0.2.10:53", "rr") with { OnePacket = true }, []),
        (Service("sctp/192.0.2.10:3868", "sed"), []),
        (Service("tcp/192.0.2.11:443", "wrr") with { PersistenceTimeout = 600, PersistencePrefixLength = 24 }, []),
        (Service("tcp/192.0.2.12:0", "lc") with { PersistenceTimeout = 360 }, []),
        (Service("tcp/192.0.2.13:80", "mh") with { SchedulerFlags = LvsSchedulerFlags.Parse("mh-fallback,mh-port") }, []),
        (Service("tcp/192.0.2.14:80", "sh") with { SchedulerFlags = LvsSchedulerFlags.Parse("sh-fallback") }, []),
        (Service("tcp/192.0.2.15:80", "sh") with { SchedulerFlags = LvsSchedulerFlags.Parse("sh-port") }, []),
        (Service("udp/192.0.2.15:5060", "rr") with { PersistenceTimeout = 60, PersistenceEngine = "sip" }, []),
        (Service("tcp/192.0.2.16:80", "rr") with { SchedulerFlags = LvsSchedulerFlags.Parse("flag-1,flag-2,flag-3") }, []),
        (Service("fwmark/7", "dh"), [Server("192.0.2.21:0") with { Weight = 2 }]),
        (Service("fwmark/2147483647", "lblcr") with { PersistenceTimeout = 30 }, []),
        (Service("udp/[2001:db8::10]:53", "fo") with { OnePacket = true }, []),
        (Service("tcp/[2001:db8::10]:443", "nq"),
            [Tunnel("192.0.2.26:443", 1, LvsTunnelType.Ipip, 0, LvsTunnelChecksum.None), Server("[2001:db8::21]:443")]),
        (Service("sctp/[2001:db8::10]:3868", "ovf"), []),
        (Service("tcp/[2001:db8::11]:443", "wlc") with { PersistenceTimeout = 600, PersistencePrefixLength = 64 }, []),
        (Service("fwmark6/7", "lblc"), []),
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_we_set_ipvsadm_reads()
    {
        await using KernelNamespace space = await KernelNamespace.CreateAsync();
        IReadOnlyList<IpvsException?> refusals = await space.Client.ApplyAsync(
            [.. Ours.SelectMany(entry => (IEnumerable<IpvsChange>)
            [
                new IpvsChange.AddService(entry.Service),
                .. entry.Servers.Select(server => new IpvsChange.AddRealServer(entry.Service.VirtualService, server)),
            ])],
            Stop);
        Assert.All(refusals, Assert.Null);
        Assert.Equal(Lines(Table), Lines(await space.ShellAsync("ipvsadm -Sn")));
    }

    [Fact]
    public async Task What_ipvsadm_sets_we_read()
    {
        await using KernelNamespace space = await KernelNamespace.CreateAsync();
        await space.ShellAsync("ipvsadm -R", Table);
        IReadOnlyList<LvsVirtualService> services = await space.Client.GetServicesAsync(Stop);
        Assert.Equal(Ours.Select(entry => entry.Service).OrderBy(service => service.VirtualService), services.Select(service => service.Settings));
        foreach ((VirtualServiceSettings service, RealServerSettings[] servers) in Ours)
        {
            IReadOnlyList<LvsRealServer> read = await space.Client.GetRealServersAsync(service.VirtualService, Stop);
            Assert.Equal(servers, read.Select(server => server.Settings));
            Assert.Equal(service, (await space.Client.FindServiceAsync(service.VirtualService, Stop))?.Settings);
        }
    }

    [Fact]
    public async Task Thresholds_timeouts_and_daemons_are_what_ipvsadm_says_both_ways()
    {
        await using KernelNamespace space = await KernelNamespace.CreateAsync();
        IpvsClient client = space.Client;
        VirtualServiceSettings service = Ours[0].Service;
        RealServerSettings bounded = Server("192.0.2.21:80") with { UpperThreshold = 1000, LowerThreshold = 500 };
        LvsSyncDaemon master = new()
        {
            Role = LvsSyncRole.Master,
            Interface = "dummy0",
            SyncId = 5,
            MulticastGroup = LvsAddress.Parse("224.0.1.9"),
            MulticastPort = 9000,
            MulticastTtl = 3,
            MaximumLength = 1400,
        };
        await client.AddServiceAsync(service, Stop);
        Assert.Equal([null], await client.AddRealServersAsync(service.VirtualService, [bounded], Stop));
        await client.SetTimeoutAsync(new LvsTimeout { Tcp = 1000, Udp = 250 }, Stop);
        await space.ShellAsync("ip link add dummy0 type dummy; ip address add 192.0.2.1/24 dev dummy0; ip link set dummy0 up");
        await client.StartSyncDaemonAsync(master, Stop);

        string seen = await space.ShellAsync(
            """
            ipvsadm -Ln --thresholds; ipvsadm -Ln --timeout; ipvsadm -Ln --daemon
            ipvsadm -a -t 192.0.2.10:80 -r 192.0.2.22 -g -w 9 -x 2000 -y 100; ipvsadm --set 0 30 0
            ipvsadm --start-daemon backup --mcast-interface dummy0 --syncid 6 --mcast-group 224.0.1.10 --mcast-port 9001 --mcast-ttl 4 --sync-maxlen 1300
            """);
        Assert.Matches(@"192\.0\.2\.21:80\s+1000\s+500\s", seen);
        Assert.Contains("Timeout (tcp tcpfin udp): 1000 120 250", seen, StringComparison.Ordinal);
        Assert.Contains("master sync daemon (mcast=dummy0, syncid=5, maxlen=1400, group=224.0.1.9, port=9000, ttl=3)", seen, StringComparison.Ordinal);

        Assert.Equal(
            [bounded, Server("192.0.2.22:80") with { Weight = 9, UpperThreshold = 2000, LowerThreshold = 100 }],
            (await client.GetRealServersAsync(service.VirtualService, Stop)).Select(server => server.Settings));
        Assert.Equal(new LvsTimeout { Tcp = 1000, TcpFin = 30, Udp = 250, HostName = "director" }, await client.GetTimeoutAsync(Stop));
        LvsSyncDaemon backup = new()
        {
            Role = LvsSyncRole.Backup,
            Interface = "dummy0",
            SyncId = 6,
            MulticastGroup = LvsAddress.Parse("224.0.1.10"),
            MulticastPort = 9001,
            MulticastTtl = 4,
            MaximumLength = 1300,
            HostName = "director",
        };
        Assert.Equal([master with { HostName = "director" }, backup], (await client.GetSyncDaemonsAsync(Stop)).OrderBy(daemon => daemon.Role));
        await space.Client.StopSyncDaemonAsync(LvsSyncRole.Backup, Stop);
        Assert.Equal([LvsSyncRole.Master], (await client.GetSyncDaemonsAsync(Stop)).Select(daemon => daemon.Role));
        await space.Client.StopSyncDaemonAsync(LvsSyncRole.Master, Stop);
    }

    [Fact]
    public async Task A_set_keeps_what_is_not_named()
    {
        await using KernelNamespace space = await KernelNamespace.CreateAsync();
        IpvsClient client = space.Client;
        await space.ShellAsync("ipvsadm -R", Table);

        foreach ((VirtualServiceSettings settings, RealServerSettings[] _) in Ours)
        {
            foreach (LvsRealServer server in await client.GetRealServersAsync(settings.VirtualService, Stop))
            {
                await client.SetRealServerAsync(server, server.Settings with { Weight = 77 }, Stop);
            }

            LvsVirtualService service = (await client.FindServiceAsync(settings.VirtualService, Stop))!;
            await client.SetServiceAsync(service, service.Settings with { Scheduler = service.Scheduler is "sh" or "mh" ? service.Scheduler : "wlc" }, Stop);
        }

        string[] expected = [.. Lines(Table).Select(line => line.StartsWith("-a", StringComparison.Ordinal)
            ? System.Text.RegularExpressions.Regex.Replace(line, "-w [0-9]+", "-w 77")
            : System.Text.RegularExpressions.Regex.Replace(line, "-s (?!sh|mh)[a-z]+", "-s wlc")).Order(StringComparer.Ordinal)];
        Assert.Equal(expected, Lines(await space.ShellAsync("ipvsadm -Sn")));
    }

    [Fact]
    public async Task A_set_clears_what_is_named()
    {
        await using KernelNamespace space = await KernelNamespace.CreateAsync();
        IpvsClient client = space.Client;
        VirtualServiceSettings full = Service("udp/192.0.2.15:5060", "sh") with
        {
            PersistenceTimeout = 60,
            PersistencePrefixLength = 24,
            PersistenceEngine = "sip",
            OnePacket = true,
            SchedulerFlags = LvsSchedulerFlags.Parse("sh-port"),
        };
        await client.AddServiceAsync(full, Stop);
        LvsVirtualService current = (await client.FindServiceAsync(full.VirtualService, Stop))!;
        Assert.Equal(full, current.Settings);
        await client.SetServiceAsync(current, Service("udp/192.0.2.15:5060", "rr"), Stop);
        Assert.Equal(Service("udp/192.0.2.15:5060", "rr"), (await client.FindServiceAsync(full.VirtualService, Stop))!.Settings);
        Assert.Equal(["-A -u 192.0.2.15:5060 -s rr"], Lines(await space.ShellAsync("ipvsadm -Sn")));
    }

    [Fact]
    public async Task A_netmask_that_is_no_prefix_is_kept()
    {
        await using KernelNamespace space = await KernelNamespace.CreateAsync();
        await space.ShellAsync("ipvsadm -A -t 192.0.2.10:80 -s rr -p 60 -M 255.0.255.0");
        LvsVirtualService service = Assert.Single(await space.Client.GetServicesAsync(Stop));
        await space.Client.SetServiceAsync(service, service.Settings with { PersistenceTimeout = 90 }, Stop);
        Assert.Equal(["-A -t 192.0.2.10:80 -s rr -p 90 -M 255.0.255.0"], Lines(await space.ShellAsync("ipvsadm -Sn")));
    }

    [Fact]
    public async Task A_batch_of_hundreds_is_carried_out_and_the_refused_are_named()
    {
        await using KernelNamespace space = await KernelNamespace.CreateAsync();
        IpvsClient client = space.Client;
        IpvsChange[] changes = [.. Enumerable.Range(0, 500).Select(index => new IpvsChange.AddService(
            Service($"tcp/192.0.2.10:{(index % 100 == 99 ? index : index + 1)}", "rr")))];
        IReadOnlyList<IpvsException?> refusals = await client.ApplyAsync(changes, Stop);
        Assert.Equal([99, 199, 299, 399, 499], Enumerable.Range(0, 500).Where(index => refusals[index]?.Error == IpvsError.ServiceExists));
        Assert.Equal(5, refusals.Count(refusal => refusal is not null));
        IReadOnlyList<LvsVirtualService> services = await client.GetServicesAsync(Stop);
        Assert.Equal(495, services.Count);
        Assert.Equal(services.Select(service => service.VirtualService).Order(), services.Select(service => service.VirtualService));

        await client.ZeroAsync(null, Stop);
        await client.ZeroAsync(services[0].VirtualService, Stop);
        await client.FlushAsync(Stop);
        Assert.Empty(await client.GetServicesAsync(Stop));
        Assert.Equal(new Version(1, 2, 1), (await client.GetInfoAsync(Stop)).Version);
    }

    private static string[] Lines(string table) =>
        [.. table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd()).Order(StringComparer.Ordinal)];

    private static VirtualServiceSettings Service(string id, string scheduler) => new() { VirtualService = LvsServiceId.Parse(id), Scheduler = scheduler };

    private static RealServerSettings Server(string id, LvsForwardingMethod forwarding = LvsForwardingMethod.DirectRouting) =>
        new() { RealServer = LvsServerId.Parse(id), Forwarding = forwarding };

    private static RealServerSettings Tunnel(string id, int weight, LvsTunnelType type, ushort port, LvsTunnelChecksum checksum) =>
        Server(id, LvsForwardingMethod.Tunnel) with { Weight = weight, TunnelType = type, TunnelPort = port, TunnelChecksum = checksum };
}
