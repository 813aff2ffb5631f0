using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Netlink;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Ipvs;

/// <summary>What a real kernel answered to ipvsadm, read by us.</summary>
[Trait("Level", "Bytes")]
public sealed class RecordedReplyTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_services_of_a_kernel_are_read_in_the_order_of_their_identity()
    {
        await using IpvsClient client = await ConnectAsync("list");
        IReadOnlyList<LvsVirtualService> services = await client.GetServicesAsync(Stop);
        VirtualServiceSettings[] expected =
        [
            Service("tcp/192.0.2.10:80", "wlc"),
            Service("udp/192.0.2.10:53", "rr") with { OnePacket = true },
            Service("sctp/192.0.2.10:3868", "lc"),
            Service("tcp/192.0.2.11:443", "wlc") with { PersistenceTimeout = 600, PersistencePrefixLength = 24 },
            Service("tcp/192.0.2.12:0", "wlc") with { PersistenceTimeout = 360 },
            Service("tcp/192.0.2.13:80", "mh") with { SchedulerFlags = LvsSchedulerFlags.Parse("mh-fallback,mh-port") },
            // It was changed from sh with flags to wrr: ipvsadm clears them.
            Service("tcp/192.0.2.14:80", "wrr") with { PersistenceTimeout = 120 },
            Service("udp/192.0.2.15:5060", "rr") with { PersistenceTimeout = 60, PersistenceEngine = "sip" },
            Service("fwmark/7", "sed"),
            Service("tcp/[2001:db8::10]:443", "rr"),
            Service("udp/[2001:db8::10]:53", "wrr"),
            Service("tcp/[2001:db8::11]:443", "wlc") with { PersistenceTimeout = 600, PersistencePrefixLength = 64 },
            Service("fwmark6/7", "nq"),
        ];
        Assert.Equal(expected.Select(settings => settings.VirtualService).Order(), services.Select(service => service.VirtualService));
        Assert.Equal(expected.OrderBy(settings => settings.VirtualService), services.Select(service => service.Settings));
        Assert.Equal(["mh-fallback,mh-port"], services.Select(service => service.SchedulerFlags.ToString()).Where(flags => flags.Length > 0));
        Assert.All(services, service => Assert.Equal(0, service.UnknownAttributes.Length));
        Assert.All(services, service => Assert.Equal(("director", "blue"), (service.HostName, service.NetworkNamespace)));
        Assert.All(services, service => Assert.Equal(new LvsStatistics(), service.Statistics));
    }

    [Fact]
    public async Task The_real_servers_of_a_service_are_read()
    {
        await using IpvsClient client = await ConnectAsync("list");
        LvsServiceId service = LvsServiceId.Parse("tcp/192.0.2.10:80");
        IReadOnlyList<LvsRealServer> servers = await client.GetRealServersAsync(service, Stop);
        RealServerSettings[] expected =
        [
            Server("192.0.2.21:80") with { Weight = 100 },
            Server("192.0.2.22:8080") with { Forwarding = LvsForwardingMethod.Nat, Weight = 3, UpperThreshold = 1000, LowerThreshold = 500 },
            Server("192.0.2.23:80") with { Forwarding = LvsForwardingMethod.Tunnel },
            Server("192.0.2.24:80") with
            {
                Forwarding = LvsForwardingMethod.Tunnel, Weight = 7,
                TunnelType = LvsTunnelType.Gue, TunnelPort = 6081, TunnelChecksum = LvsTunnelChecksum.Checksum,
            },
            Server("192.0.2.25:80") with
            {
                Forwarding = LvsForwardingMethod.Tunnel, TunnelType = LvsTunnelType.Gre, TunnelChecksum = LvsTunnelChecksum.Checksum,
            },
        ];
        Assert.Equal(expected, servers.Select(server => server.Settings));
        Assert.All(servers, server => Assert.Equal((service, "director", "blue"), (server.VirtualService, server.HostName, server.NetworkNamespace)));
        Assert.All(servers, server => Assert.Equal((0u, 0u, 0u), (server.ActiveConnections, server.InactiveConnections, server.PersistentConnections)));
        Assert.All(servers, server => Assert.Equal(0, server.UnknownAttributes.Length));
    }

    [Fact]
    public async Task Servers_of_both_families_in_one_service_and_of_a_mark_are_read()
    {
        await using IpvsClient client = await ConnectAsync("list");
        Assert.Equal(
            [Server("192.0.2.26:443") with { Forwarding = LvsForwardingMethod.Tunnel }, Server("[2001:db8::21]:443")],
            (await client.GetRealServersAsync(LvsServiceId.Parse("tcp/[2001:db8::10]:443"), Stop)).Select(server => server.Settings));
        Assert.Equal(
            [Server("192.0.2.21:0") with { Weight = 2 }],
            (await client.GetRealServersAsync(LvsServiceId.Parse("fwmark/7"), Stop)).Select(server => server.Settings));
        Assert.Empty(await client.GetRealServersAsync(LvsServiceId.Parse("fwmark6/7"), Stop));
    }

    [Fact]
    public async Task One_service_is_read()
    {
        await using IpvsClient client = await ConnectAsync("list-service");
        LvsVirtualService? service = await client.FindServiceAsync(LvsServiceId.Parse("tcp/192.0.2.10:80"), Stop);
        Assert.Equal(Service("tcp/192.0.2.10:80", "wlc"), service?.Settings);
    }

    [Fact]
    public async Task The_version_and_the_size_of_the_connection_table_are_read()
    {
        await using IpvsClient client = await ConnectAsync("clear");
        Assert.Equal(new IpvsInfo(new Version(1, 2, 1), 4096), await client.GetInfoAsync(Stop));
    }

    [Fact]
    public async Task The_timeouts_are_read()
    {
        await using IpvsClient client = await ConnectAsync("list-timeouts");
        LvsTimeout expected = new() { Tcp = 1000, TcpFin = 120, Udp = 250, HostName = "director", NetworkNamespace = "blue" };
        Assert.Equal(expected, await client.GetTimeoutAsync(Stop));
    }

    [Fact]
    public async Task The_sync_daemons_are_read()
    {
        await using IpvsClient client = await ConnectAsync("list-daemons");
        LvsSyncDaemon master = new()
        {
            Role = LvsSyncRole.Master,
            Interface = "dummy0",
            SyncId = 5,
            MaximumLength = 1400,
            MulticastGroup = LvsAddress.Parse("224.0.1.9"),
            MulticastPort = 9000,
            MulticastTtl = 3,
            HostName = "director",
            NetworkNamespace = "blue",
        };
        LvsSyncDaemon backup = new()
        {
            Role = LvsSyncRole.Backup,
            Interface = "dummy0",
            SyncId = 0,
            MaximumLength = 1472,
            MulticastGroup = LvsAddress.Parse("224.0.0.81"),
            MulticastPort = 8848,
            MulticastTtl = 1,
            HostName = "director",
            NetworkNamespace = "blue",
        };
        Assert.Equal([master, backup], await client.GetSyncDaemonsAsync(Stop));
    }

    [Theory]
    [InlineData("refused-service-exists", LinuxErrno.Exists)]
    [InlineData("refused-service-missing", LinuxErrno.NoSuchProcess)]
    [InlineData("refused-server-missing", LinuxErrno.NoEntry)]
    [InlineData("refused-scheduler", LinuxErrno.NoEntry)]
    [InlineData("add-service-tcp", 0)]
    public async Task A_refusal_is_read_with_its_number(string name, int errno)
    {
        Recording recording = Recording.Read(name);
        await using NetlinkConnection connection = new(recording.ToKernel());
        NetlinkRequests requests = new();
        requests.Begin<Anything>(NetlinkMessage.IpvsFamilyId, recording.LastRequest.Command, 1).WriteRaw(recording.LastRequest.Attributes);
        Assert.Equal(errno, (await connection.ExecuteAsync(requests, null, Stop))[0]?.Errno ?? 0);
    }

    [Fact]
    public void What_is_written_of_a_service_and_a_server_is_read_from_ipvsadms_request_too()
    {
        Assert.Equal(
            Service("udp/192.0.2.15:5060", "rr") with { PersistenceTimeout = 60, PersistenceEngine = "sip" },
            IpvsDecoder.ReadService(Recording.Read("add-service-sip").LastRequest.Payload, "", null).Settings);
        Assert.Equal(
            Server("192.0.2.24:80") with
            {
                Forwarding = LvsForwardingMethod.Tunnel,
                TunnelType = LvsTunnelType.Gue,
                TunnelPort = 6080,
                TunnelChecksum = LvsTunnelChecksum.Remote,
            },
            IpvsDecoder.ReadServer(Recording.Read("add-server-gue").LastRequest.Payload, LvsServiceId.Parse("tcp/192.0.2.10:80"), "", null).Settings);
    }

    [Fact]
    public void Statistics_are_taken_from_the_64_bit_nest_and_from_the_32_bit_one_without_it()
    {
        byte[] narrow = Statistics(10, 32);
        byte[] wide = Statistics(0x1_0000_0000, 64);
        Assert.Equal(Counters(10), Read([.. NetlinkMessage.Attribute(10, narrow)]));
        Assert.Equal(Counters(0x1_0000_0000), Read([.. NetlinkMessage.Attribute(10, narrow), .. NetlinkMessage.Attribute(12, wide)]));
        Assert.Equal(Counters(0x1_0000_0000), Read([.. NetlinkMessage.Attribute(12, wide), .. NetlinkMessage.Attribute(10, narrow)]));

        static LvsStatistics Read(byte[] statistics)
        {
            byte[] payload = Recording.Read("add-server-route").LastRequest.Payload;
            NetlinkMessage request = Recording.Read("add-server-route").LastRequest;
            byte[] destination = NetlinkMessage.ReadAttributes(request.Attributes)[1].Value;
            byte[] answer = [.. payload[..4], .. NetlinkMessage.Attribute(2, [.. destination, .. statistics])];
            return IpvsDecoder.ReadServer(answer, LvsServiceId.Parse("tcp/192.0.2.10:80"), "", null).Statistics;
        }

        // The bytes are 64 bits wide in both.
        static byte[] Statistics(ulong from, int width) => [.. Enumerable.Range(1, 10).SelectMany(index => NetlinkMessage.Attribute(
            (ushort)index,
            width == 64 || index is 4 or 5 ? BitConverter.GetBytes(from + (ulong)index) : BitConverter.GetBytes((uint)from + (uint)index)))];

        static LvsStatistics Counters(ulong from) => new()
        {
            Connections = from + 1,
            IncomingPackets = from + 2,
            OutgoingPackets = from + 3,
            IncomingBytes = from + 4,
            OutgoingBytes = from + 5,
            ConnectionsPerSecond = from + 6,
            IncomingPacketsPerSecond = from + 7,
            OutgoingPacketsPerSecond = from + 8,
            IncomingBytesPerSecond = from + 9,
            OutgoingBytesPerSecond = from + 10,
        };
    }

    [Fact]
    public void A_kernel_before_3_18_tells_no_family_of_a_server_which_then_is_its_services()
    {
        NetlinkMessage request = Recording.Read("add-server-route6").LastRequest;
        byte[] destination = NetlinkMessage.ReadAttributes(request.Attributes)[1].Value;
        byte[] answer = [.. request.Payload[..4], .. NetlinkMessage.Attribute(2, destination[8..])];
        LvsRealServer server = IpvsDecoder.ReadServer(answer, LvsServiceId.Parse("tcp/[2001:db8::10]:443"), "", null);
        Assert.Equal("[2001:db8::21]:443", server.RealServer.ToString());
    }

    private static ValueTask<IpvsClient> ConnectAsync(string recording) =>
        IpvsClient.ConnectAsync(Recording.Read(recording).ToKernel(), "director", "blue", Stop);

    private static VirtualServiceSettings Service(string id, string scheduler) => new() { VirtualService = LvsServiceId.Parse(id), Scheduler = scheduler };

    private static RealServerSettings Server(string id) => new() { RealServer = LvsServerId.Parse(id) };

    private enum Anything : ushort
    {
        None,
    }
}
