using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Network;

[Trait("Level", "Bytes")]
public sealed class ConnectionTableTests : IAsyncDisposable
{
    // As the format strings of ip_vs_conn_seq_show (net/netfilter/ipvs/ip_vs_conn.c) print them.
    private const string Table =
        """
        Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData
        TCP C0000264 DDD6 C000020A 0050 C0000215 0050 ESTABLISHED     899
        TCP C0000264 DDD8 C000020A 0050 C0000216 1F90 FIN_WAIT        117
        UDP C0000265 8035 C000020A 0035 C0000215 0035 UDP             299
        TCP C0000264 0000 C000020A 0050 C0000215 0050 ASSURED         119
        IP  C0000264 0000 00000007 0000 C0000215 0000 NONE            119
        UDP C0000264 0000 C000020A 13C4 C0000215 13C4 NONE            119 sip SJ-call 42@host
        TCP 2001:0db8:0000:0000:0000:0000:0000:0064 9C40 2001:0db8:0000:0000:0000:0000:0000:0010 0050 2001:0db8:0000:0000:0000:0000:0000:0021 0050 ESTABLISHED     900
        TCP C0000264 9C41 C000020A 0050 2001:0db8:0000:0000:0000:0000:0000:0021 0050 SYN_RECV         60
        SCTP C0000264 9C42 C000020A 0E10 C0000215 0E10 S-ACK-SENT       61
        TCP C0000264 9C43 C000020A 0050 C0000215 0050 NOVELTY           1

        """;

    private readonly FakeHost _host = new();

    public ConnectionTableTests()
    {
        _host.Files["/proc/sys/net/ipv4/vs/conntrack"] = "0\n";
        _host.Files["/proc/net/ip_vs_conn"] = Table;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_kind_of_line_is_read()
    {
        List<LvsConnection> all = await ConnectionTable.ReadAsync(_host, null, Stop).ToListAsync(Stop);
        Assert.Equal(10, all.Count);
        Assert.Equal(
            new LvsConnection
            {
                Protocol = LvsProtocol.Tcp,
                ClientAddress = LvsAddress.Parse("192.0.2.100"),
                ClientPort = 56790,
                VirtualAddress = LvsAddress.Parse("192.0.2.10"),
                VirtualPort = 80,
                RealServerAddress = LvsAddress.Parse("192.0.2.21"),
                RealServerPort = 80,
                State = LvsConnectionState.Established,
                StateText = "ESTABLISHED",
                ExpiresInSeconds = 899,
                VirtualService = LvsServiceId.Parse("tcp/192.0.2.10:80"),
                RealServer = LvsServerId.Parse("192.0.2.21:80"),
                HostName = "fake",
                NetworkNamespace = "blue",
            },
            all[0]);
        Assert.Equal((LvsConnectionState.FinWait, 8080, 117L), (all[1].State, all[1].RealServerPort, all[1].ExpiresInSeconds));
        Assert.Equal((LvsConnectionState.Udp, LvsServiceId.Parse("udp/192.0.2.10:53"), false), (all[2].State, all[2].VirtualService, all[2].IsTemplate));
        Assert.Equal((LvsConnectionState.Assured, true), (all[3].State, all[3].IsTemplate));
        Assert.Equal((null, LvsServiceId.Parse("fwmark/7"), true), (all[4].Protocol, all[4].VirtualService, all[4].IsTemplate));
        Assert.Equal(("sip", "SJ-call 42@host", true), (all[5].PersistenceEngine, all[5].PersistenceEngineData, all[5].IsTemplate));
        Assert.Equal(("tcp/[2001:db8::10]:80", "[2001:db8::21]:80"), (all[6].VirtualService!.ToString(), all[6].RealServer.ToString()));
        Assert.Equal((LvsConnectionState.SynReceived, "[2001:db8::21]:80"), (all[7].State, all[7].RealServer.ToString()));
        Assert.Equal((LvsProtocol.Sctp, LvsConnectionState.SctpShutdownAckSent), (all[8].Protocol, all[8].State));
        Assert.Equal((LvsConnectionState.Unknown, "NOVELTY"), (all[9].State, all[9].StateText));
    }

    [Fact]
    public async Task A_mark_in_an_IPv6_template_stands_in_its_first_group()
    {
        _host.Files["/proc/net/ip_vs_conn"] =
            "IP  2001:0db8:0000:0000:0000:0000:0000:0064 0000 0000:0007:0000:0000:0000:0000:0000:0000 0000 2001:0db8:0000:0000:0000:0000:0000:0021 0000 NONE            300\n";
        LvsConnection template = await ConnectionTable.ReadAsync(_host, null, Stop).SingleAsync(Stop);
        Assert.Equal(LvsServiceId.Parse("fwmark6/7"), template.VirtualService);
    }

    [Theory]
    [InlineData("00000000", "0.0.0.0")]
    [InlineData("E0000001", "224.0.0.1")]
    [InlineData("FFFFFFFF", "255.255.255.255")]
    public async Task A_destination_that_can_be_no_real_server_is_shown_as_it_is(string hex, string expected)
    {
        _host.Files["/proc/net/ip_vs_conn"] = Table.Replace("C0000216", hex, StringComparison.Ordinal);
        List<LvsConnection> all = await ConnectionTable.ReadAsync(_host, null, Stop).ToListAsync(Stop);
        Assert.Equal((10, expected), (all.Count, all[1].RealServer.Address.ToString()));
    }

    [Fact]
    public async Task Filters_hold_together()
    {
        Assert.Equal(1, await CountAsync(new ConnectionFilter { ClientAddress = LvsAddress.Parse("192.0.2.101") }));
        Assert.Equal(2, await CountAsync(new ConnectionFilter { States = [LvsConnectionState.Established] }));
        Assert.Equal(10, await CountAsync(new ConnectionFilter { States = [] }));
        Assert.Equal(1, await CountAsync(new ConnectionFilter { VirtualService = service => service.FirewallMark == 7 }));
        Assert.Equal(
            1,
            await CountAsync(new ConnectionFilter
            {
                RealServer = server => server.Address == LvsAddress.Parse("192.0.2.21"),
                VirtualService = service => service.Protocol == LvsProtocol.Tcp,
                States = [LvsConnectionState.Established, LvsConnectionState.FinWait],
            }));
    }

    [Theory]
    [InlineData("TCP C0000264")]
    [InlineData("TCP C000026G DDD6 C000020A 0050 C0000215 0050 ESTABLISHED     899")]
    [InlineData("TCP C0000264 DDD C000020A 0050 C0000215 0050 ESTABLISHED     899")]
    [InlineData("TCP C0000264 DDD6 C000020A 0050 C0000215 0050 ESTABLISHED     -1")]
    [InlineData("TCP C0000264 DDD6 C000020A 0050 C0000215 0050 ESTABLISHED")]
    [InlineData("TCP 2001:0db8:0000:0000:0000:0000:0000.0064 9C40 C000020A 0050 C0000215 0050 ESTABLISHED     899")]
    [InlineData("")]
    public async Task A_line_that_is_none_is_named(string line)
    {
        _host.Files["/proc/net/ip_vs_conn"] = Table.Split('\n')[0] + "\n" + line + "\n";
        LvsHostException failed = await Assert.ThrowsAsync<LvsHostException>(
            async () => await ConnectionTable.ReadAsync(_host, null, Stop).ToListAsync(Stop));
        Assert.Equal(LvsHostError.BadReply, failed.Error);
        Assert.Contains("Line 2", failed.Message, StringComparison.Ordinal);
        Assert.Contains($"'{line}'", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_text_gives_connections_or_one_typed_error()
    {
        Random random = new(2026);
        string[] words = ["TCP", "IP", "C0000264", "0050", "00000000", "ESTABLISHED", "899", "", " ", "2001:0db8:0000:0000:0000:0000:0000:0064", "é", "\t", "sip"];
        for (int i = 0; i < 20_000; i++)
        {
            string line = string.Join(' ', Enumerable.Range(0, random.Next(12)).Select(_ => words[random.Next(words.Length)]));
            _host.Files["/proc/net/ip_vs_conn"] = line;
            try
            {
                await ConnectionTable.ReadAsync(_host, null, Stop).ToListAsync(Stop);
            }
            catch (LvsHostException exception) when (exception.Error == LvsHostError.BadReply)
            {
                // What it shall be.
            }
        }
    }

    [Fact]
    public async Task Without_ip_vs_the_error_says_what_to_load()
    {
        _host.Files.Remove("/proc/sys/net/ipv4/vs/conntrack");
        LvsHostException failed = await Assert.ThrowsAsync<LvsHostException>(
            async () => await ConnectionTable.ReadAsync(_host, null, Stop).ToListAsync(Stop));
        Assert.Equal(LvsHostError.ModuleNotLoaded, failed.Error);
        Assert.Contains("modprobe ip_vs", failed.Message, StringComparison.Ordinal);
        Assert.Equal(
            LvsHostError.ModuleNotLoaded,
            (await Assert.ThrowsAsync<LvsHostException>(async () => await DirectorStatistics.ReadAsync(_host, Stop))).Error);
    }

    [Fact]
    public async Task Totals_and_rates_are_hexadecimal()
    {
        // The layout as linux.uml 6.1 printed it, with numbers filled in.
        _host.Files["/proc/net/ip_vs_stats"] =
            "   Total Incoming Outgoing         Incoming         Outgoing\n   Conns  Packets  Packets            Bytes            Bytes\n"
            + "      1A      FF        0  123456789ABCDEF0                0\n\n"
            + " Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s\n       1       10        0              ABC                0\n\n";
        Assert.Equal(
            new LvsStatistics
            {
                Connections = 26,
                IncomingPackets = 255,
                IncomingBytes = 0x123456789ABCDEF0,
                ConnectionsPerSecond = 1,
                IncomingPacketsPerSecond = 16,
                IncomingBytesPerSecond = 0xABC,
            },
            await DirectorStatistics.ReadAsync(_host, Stop));
        _host.Files["/proc/net/ip_vs_stats"] = "Total\n 1 2 3\n";
        Assert.Equal(
            LvsHostError.BadReply,
            (await Assert.ThrowsAsync<LvsHostException>(async () => await DirectorStatistics.ReadAsync(_host, Stop))).Error);
    }

    private async Task<int> CountAsync(ConnectionFilter filter) => await ConnectionTable.ReadAsync(_host, filter, Stop).CountAsync(Stop);
}
