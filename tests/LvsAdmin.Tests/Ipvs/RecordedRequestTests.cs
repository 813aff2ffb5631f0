using LvsAdmin.Core.Ipvs;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Ipvs;

/// <summary>For every operation that ipvsadm was recorded at, we ask the kernel the same.</summary>
[Trait("Level", "Bytes")]
public sealed class RecordedRequestTests
{
    private const string Tcp = "tcp/192.0.2.10:80";
    private const string Tcp6 = "tcp/[2001:db8::10]:443";

    private static readonly Dictionary<string, Func<IpvsClient, ValueTask>> Operations = new()
    {
        ["add-service-tcp"] = client => Add(client, Service(Tcp)),
        ["add-service-tcp6"] = client => Add(client, Service(Tcp6, "rr")),
        ["add-service-udp-ops"] = client => Add(client, Service("udp/192.0.2.10:53", "rr") with { OnePacket = true }),
        ["add-service-udp6"] = client => Add(client, Service("udp/[2001:db8::10]:53", "wrr")),
        ["add-service-sctp"] = client => Add(client, Service("sctp/192.0.2.10:3868", "lc")),
        ["add-service-mark"] = client => Add(client, Service("fwmark/7", "sed")),
        ["add-service-mark6"] = client => Add(client, Service("fwmark6/7", "nq")),
        ["add-service-persistent-netmask"] = client => Add(
            client, Service("tcp/192.0.2.11:443") with { PersistenceTimeout = 600, PersistencePrefixLength = 24 }),
        ["add-service-persistent-prefix6"] = client => Add(
            client, Service("tcp/[2001:db8::11]:443") with { PersistenceTimeout = 600, PersistencePrefixLength = 64 }),
        ["add-service-port-zero"] = client => Add(client, Service("tcp/192.0.2.12:0") with { PersistenceTimeout = 360 }),
        ["add-service-mh-flags"] = client => Add(
            client, Service("tcp/192.0.2.13:80", "mh") with { SchedulerFlags = LvsSchedulerFlags.Parse("mh-fallback,mh-port") }),
        ["add-service-sh-flags"] = client => Add(
            client, Service("tcp/192.0.2.14:80", "sh") with { SchedulerFlags = LvsSchedulerFlags.Parse("sh-port,flag-3") }),
        ["add-service-sip"] = client => Add(
            client, Service("udp/192.0.2.15:5060", "rr") with { PersistenceTimeout = 60, PersistenceEngine = "sip" }),
        ["edit-service"] = client => client.SetServiceAsync(
            new LvsVirtualService(Service("tcp/192.0.2.14:80", "sh")), Service("tcp/192.0.2.14:80", "wrr") with { PersistenceTimeout = 120 }, Stop),
        ["add-server-route"] = client => Add(client, Tcp, Server("192.0.2.21:80") with { Weight = 100 }),
        ["add-server-nat-thresholds"] = client => Add(
            client, Tcp, Server("192.0.2.22:8080", LvsForwardingMethod.Nat) with { Weight = 3, UpperThreshold = 1000, LowerThreshold = 500 }),
        ["add-server-tunnel"] = client => Add(client, Tcp, Server("192.0.2.23:80", LvsForwardingMethod.Tunnel)),
        ["add-server-gue"] = client => Add(client, Tcp, Gue),
        ["add-server-gre"] = client => Add(
            client, Tcp, Server("192.0.2.25:80", LvsForwardingMethod.Tunnel) with { TunnelType = LvsTunnelType.Gre, TunnelChecksum = LvsTunnelChecksum.Checksum }),
        ["add-server-route6"] = client => Add(client, Tcp6, Server("[2001:db8::21]:443")),
        ["add-server-mixed"] = client => Add(client, Tcp6, Server("192.0.2.26:443", LvsForwardingMethod.Tunnel)),
        ["add-server-mark"] = client => Add(client, "fwmark/7", Server("192.0.2.21:0") with { Weight = 2 }),
        ["edit-server"] = client => client.SetRealServerAsync(
            new LvsRealServer(LvsServiceId.Parse(Tcp), Gue), Gue with { Weight = 7, TunnelPort = 6081, TunnelChecksum = LvsTunnelChecksum.Checksum }, Stop),
        ["list"] = Discard(client => client.GetRealServersAsync(LvsServiceId.Parse("fwmark6/7"), Stop)),
        ["list-service"] = Discard(client => client.GetRealServersAsync(LvsServiceId.Parse(Tcp), Stop)),
        ["save"] = Discard(client => client.GetRealServersAsync(LvsServiceId.Parse("fwmark6/7"), Stop)),
        ["zero"] = client => client.ZeroAsync(null, Stop),
        ["zero-service"] = client => client.ZeroAsync(LvsServiceId.Parse(Tcp), Stop),
        ["delete-server"] = client => Remove(client, Tcp, "192.0.2.23:80"),
        ["delete-server-mixed"] = client => Remove(client, Tcp6, "192.0.2.26:443"),
        ["delete-service"] = client => client.RemoveServiceAsync(LvsServiceId.Parse("tcp/192.0.2.14:80"), Stop),
        ["delete-service-mark6"] = client => client.RemoveServiceAsync(LvsServiceId.Parse("fwmark6/7"), Stop),
        ["set-timeouts"] = client => client.SetTimeoutAsync(new LvsTimeout { Tcp = 1000, Udp = 250 }, Stop),
        ["list-timeouts"] = Discard(client => client.GetTimeoutAsync(Stop)),
        ["start-master"] = client => client.StartSyncDaemonAsync(
            new LvsSyncDaemon
            {
                Role = LvsSyncRole.Master,
                Interface = "dummy0",
                SyncId = 5,
                MulticastGroup = LvsAddress.Parse("224.0.1.9"),
                MulticastPort = 9000,
                MulticastTtl = 3,
                MaximumLength = 1400,
            },
            Stop),
        ["start-backup"] = client => client.StartSyncDaemonAsync(new LvsSyncDaemon { Role = LvsSyncRole.Backup, Interface = "dummy0" }, Stop),
        ["list-daemons"] = Discard(client => client.GetSyncDaemonsAsync(Stop)),
        ["stop-master"] = client => client.StopSyncDaemonAsync(LvsSyncRole.Master, Stop),
        ["stop-backup"] = client => client.StopSyncDaemonAsync(LvsSyncRole.Backup, Stop),
        ["refused-service-exists"] = client => Add(client, Service(Tcp)),
        ["refused-service-missing"] = client => client.RemoveServiceAsync(LvsServiceId.Parse("tcp/192.0.2.99:80"), Stop),
        ["refused-server-missing"] = client => Remove(client, Tcp, "192.0.2.99:80"),
        ["refused-scheduler"] = client => Add(client, Service("tcp/192.0.2.16:80", "nosuch")),
        ["clear"] = client => client.FlushAsync(Stop),
    };

    // ipvsadm always sends the whole records; the kernel reads of them only what identifies, in these commands.
    private static readonly string[] WithoutMeaningInAnIdentity = ["1.6", "1.7", "1.8", "1.9"];
    private static readonly string[] WithoutMeaningInARemoval =
        [.. WithoutMeaningInAnIdentity, "2.3", "2.4", "2.5", "2.6", "2.13", "2.14", "2.15", "3.2", "3.3"];

    private static RealServerSettings Gue => Server("192.0.2.24:80", LvsForwardingMethod.Tunnel) with
    {
        TunnelType = LvsTunnelType.Gue,
        TunnelPort = 6080,
        TunnelChecksum = LvsTunnelChecksum.Remote,
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => [.. Recording.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Our_request_has_the_values_of_ipvsadms(string name)
    {
        NetlinkMessage theirs = Recording.Read(name).LastRequest;
        NetlinkMessage ours = await RequestOf(Operations[name]);
        Assert.Equal(theirs.Payload[..2], ours.Payload[..2]);
        Assert.Equal(theirs.IsDump, ours.IsDump);

        SortedDictionary<string, string> expected = Flatten(theirs);
        SortedDictionary<string, string> actual = Flatten(ours);
        string[] meaningless = ours.Command switch
        {
            1 or 2 => [],
            5 or 6 => WithoutMeaningInAnIdentity,
            _ => WithoutMeaningInARemoval,
        };
        foreach (string attribute in meaningless.Where(attribute => !actual.ContainsKey(attribute)))
        {
            expected.Remove(attribute);
        }

        Assert.Equal(expected, actual);
        if (theirs.Payload.Length == ours.Payload.Length && ours.Command is not (1 or 2 or 5 or 6 or 9))
        {
            Assert.Equal(theirs.Payload, ours.Payload);
        }
    }

    [Fact]
    public void Every_recording_is_judged_here_and_every_operation_was_recorded() =>
        Assert.Equal(Recording.Names, Operations.Keys.Order());

    private static async Task<NetlinkMessage> RequestOf(Func<IpvsClient, ValueTask> operation)
    {
        NetlinkMessage? request = null;
        ScriptedTransport transport = ScriptedTransport.WithIpvs((kernel, messages) =>
        {
            request = Assert.Single(messages);
            byte[] answer = request.Command switch
            {
                4 or 8 or 11 => NetlinkMessage.End(request),
                13 => [.. NetlinkMessage.Answer(request, []), .. NetlinkMessage.Acknowledgement(request)],
                _ => NetlinkMessage.Acknowledgement(request),
            };
            kernel.Reply(answer);
        });
        await using IpvsClient client = await IpvsClient.ConnectAsync(transport, "director", null, Stop);
        await operation(client);
        return request!;
    }

    private static SortedDictionary<string, string> Flatten(NetlinkMessage request)
    {
        SortedDictionary<string, string> flat = new(StringComparer.Ordinal);
        foreach ((ushort type, byte[] value) in NetlinkMessage.ReadAttributes(request.Attributes))
        {
            if (type > 3)
            {
                flat.Add($"{type}", Convert.ToHexString(value));
                continue;
            }

            IReadOnlyList<(ushort Type, byte[] Value)> nest = NetlinkMessage.ReadAttributes(value);
            bool v4 = nest.Any(attribute => attribute is (1 or 11, [2, 0]));
            foreach ((ushort inner, byte[] bytes) in nest)
            {
                byte[] meant = (type, inner) switch
                {
                    // Of flags and mask, the flags: ipvsadm owns all bits, we leave alone those that we do not know.
                    (1, 7) => bytes[..4],
                    // Of an IPv4 address its four bytes: in a mixed family server ipvsadm leaves the end of the service's address behind them.
                    (2, 1) when v4 => bytes[..4],
                    _ => bytes,
                };
                flat.Add($"{type}.{inner}", Convert.ToHexString(meant));
            }
        }

        return flat;
    }

    private static VirtualServiceSettings Service(string id, string scheduler = "wlc") => new() { VirtualService = LvsServiceId.Parse(id), Scheduler = scheduler };

    private static RealServerSettings Server(string id, LvsForwardingMethod forwarding = LvsForwardingMethod.DirectRouting) =>
        new() { RealServer = LvsServerId.Parse(id), Forwarding = forwarding };

    private static ValueTask Add(IpvsClient client, VirtualServiceSettings settings) => client.AddServiceAsync(settings, Stop);

    private static async ValueTask Add(IpvsClient client, string service, RealServerSettings settings) =>
        await client.AddRealServersAsync(LvsServiceId.Parse(service), [settings], Stop);

    private static async ValueTask Remove(IpvsClient client, string service, string server) =>
        await client.RemoveRealServersAsync(LvsServiceId.Parse(service), [LvsServerId.Parse(server)], Stop);

    private static Func<IpvsClient, ValueTask> Discard<T>(Func<IpvsClient, ValueTask<T>> read) => async client => await read(client);
}
