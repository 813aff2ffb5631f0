using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Netlink;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Ipvs;

/// <summary>Whatever the bytes are, they give a value or a <see cref="NetlinkFormatException"/>; whatever the value is, it comes back.</summary>
[Trait("Level", "Bytes")]
public sealed class CodecFuzzTests
{
    private const int Rounds = 20_000;

    private static readonly LvsServiceId AnyService = LvsServiceId.Parse("tcp/192.0.2.10:80");

    private static readonly Action<byte[]>[] Readers =
    [
        payload => IpvsDecoder.ReadService(payload, "", null),
        payload => IpvsDecoder.ReadServer(payload, AnyService, "", null),
        payload => IpvsDecoder.ReadDaemon(payload, "", null),
        payload => IpvsDecoder.ReadTimeout(payload, "", null),
        payload => IpvsDecoder.ReadInfo(payload),
    ];

    private readonly int _seed = Environment.TickCount;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Random_bytes_give_a_value_or_a_format_error() => Try(random =>
    {
        byte[] payload = new byte[random.Next(200)];
        random.NextBytes(payload);
        Readers.ToList().ForEach(reader => ValueOrFormatError(() => reader(payload)));
    });

    [Fact]
    public void Damaged_messages_of_a_real_kernel_give_a_value_or_a_format_error()
    {
        byte[][] real = [.. Recording.Names.SelectMany(name => Recording.Read(name).Received).Select(message => message.Payload)];
        Try(random =>
        {
            byte[] payload = Damage(random, real[random.Next(real.Length)]);
            Readers.ToList().ForEach(reader => ValueOrFormatError(() => reader(payload)));
        });
    }

    [Fact]
    public async Task Damaged_datagrams_give_an_answer_or_an_exception_of_netlink()
    {
        Random random = new(_seed);
        for (int round = 0; round < 3000; round++)
        {
            bool dump = random.Next(2) == 0;
            ScriptedTransport transport = new((kernel, datagram) =>
            {
                NetlinkMessage request = NetlinkMessage.ReadAll(datagram)[0];
                kernel.Reply(Damage(random, [.. NetlinkMessage.Answer(request, new byte[random.Next(40)]), .. NetlinkMessage.Acknowledgement(request, random.Next(3))]));
                kernel.Reply(Damage(random, [.. NetlinkMessage.Answer(request, new byte[random.Next(40)]), .. NetlinkMessage.End(request)]));
                kernel.Fail(new NetlinkTimeoutException("no more"));
            });
            await using NetlinkConnection connection = new(transport);
            NetlinkRequests requests = new();
            requests.Begin<Anything>(NetlinkMessage.IpvsFamilyId, 1, 1, dump);
            try
            {
                await (dump
                    ? connection.DumpAsync(requests, _ => { }, () => { }, Stop).AsTask()
                    : connection.ExecuteAsync(requests, null, Stop).AsTask());
            }
            catch (Exception exception)
            {
                Assert.True(exception is NetlinkException, $"seed {_seed}, round {round}: {exception}");
            }
        }
    }

    [Fact]
    public void A_service_that_is_written_is_read_back() => Try(random =>
    {
        VirtualServiceSettings settings = AnyServiceSettings(random);
        byte[] payload = Written(writer => IpvsEncoder.WriteService(writer, settings, default));
        Assert.Equal(settings, IpvsDecoder.ReadService(payload, "", null).Settings);
    });

    [Fact]
    public void A_real_server_that_is_written_is_read_back() => Try(random =>
    {
        RealServerSettings settings = new()
        {
            RealServer = LvsServerId.Observed(AnyAddress(random), (ushort)random.Next(65536)),
            Forwarding = (LvsForwardingMethod)random.Next(5),
            Weight = random.Next(),
            UpperThreshold = (uint)random.NextInt64(0x1_0000_0000),
            LowerThreshold = (uint)random.NextInt64(0x1_0000_0000),
            TunnelType = (LvsTunnelType)random.Next(256),
            TunnelPort = (ushort)random.Next(65536),
            TunnelChecksum = (LvsTunnelChecksum)random.Next(65536),
        };
        byte[] payload = Written(writer => IpvsEncoder.WriteServer(writer, settings, default));
        Assert.Equal(settings, IpvsDecoder.ReadServer(payload, AnyService, "", null).Settings);
    });

    [Fact]
    public void A_sync_daemon_that_is_written_is_read_back() => Try(random =>
    {
        LvsSyncDaemon daemon = new()
        {
            Role = (LvsSyncRole)random.Next(1, 3),
            Interface = "eth" + random.Next(),
            SyncId = (byte)random.Next(256),
            MaximumLength = Maybe(random, (ushort)random.Next(65536)),
            MulticastGroup = Maybe(random, AnyAddress(random)),
            MulticastPort = Maybe(random, (ushort)random.Next(65536)),
            MulticastTtl = Maybe(random, (byte)random.Next(256)),
        };
        Assert.Equal(daemon, IpvsDecoder.ReadDaemon(Written(writer => IpvsEncoder.WriteDaemon(writer, daemon)), "", null));
    });

    [Fact]
    public void Every_text_form_is_read_back() => Try(random =>
    {
        LvsAddress address = AnyAddress(random);
        Assert.Equal(address, LvsAddress.Parse(address.ToString()));
        LvsServiceId service = AnyServiceId(random);
        Assert.Equal(service, LvsServiceId.Parse(service.ToString()));
        LvsSchedulerFlags flags = AnyFlags(random, random.Next(2) == 0 ? "mh" : "rr");
        Assert.Equal(flags, LvsSchedulerFlags.Parse(flags.ToString()));
        if (LvsServerId.TryParse(address.ToString(), out LvsServerId? server, out _))
        {
            server = new LvsServerId(server.Address, Maybe(random, (ushort)random.Next(65536)));
            Assert.Equal(server, LvsServerId.Parse(server.ToString()));
        }
    });

    private static VirtualServiceSettings AnyServiceSettings(Random random)
    {
        LvsServiceId id = AnyServiceId(random);
        int bits = id.AddressFamily == LvsAddressFamily.IPv6 ? 128 : 32;
        string scheduler = random.Next(3) switch { 0 => "mh", 1 => "sh", _ => "wlc" };
        return new VirtualServiceSettings
        {
            VirtualService = id,
            Scheduler = scheduler,
            SchedulerFlags = AnyFlags(random, scheduler),
            OnePacket = random.Next(2) == 0,
            PersistenceTimeout = Maybe(random, (uint)random.NextInt64(0x1_0000_0000)),
            // The whole length is no prefix: that is what there is without one.
            PersistencePrefixLength = Maybe(random, random.Next(1, bits)),
            PersistenceEngine = random.Next(2) == 0 ? "sip" : null,
        };
    }

    private static LvsServiceId AnyServiceId(Random random) => random.Next(4) == 0
        ? new LvsServiceId((uint)random.NextInt64(1, 0x1_0000_0000), random.Next(2) == 0 ? LvsAddressFamily.IPv4 : LvsAddressFamily.IPv6)
        : new LvsServiceId(random.Next(2) == 0 ? LvsProtocol.Tcp : (LvsProtocol)random.Next(65536), AnyAddress(random), (ushort)random.Next(65536));

    private static LvsAddress AnyAddress(Random random)
    {
        byte[] bytes = new byte[random.Next(2) == 0 ? 4 : 16];
        random.NextBytes(bytes);
        // Runs of zeros and mapped addresses are written in other ways.
        bytes.AsSpan(0, random.Next(bytes.Length)).Clear();
        if (bytes.Length == 16 && random.Next(4) == 0)
        {
            bytes[10] = bytes[11] = 0xff;
        }

        return LvsAddress.FromBytes(bytes);
    }

    private static LvsSchedulerFlags AnyFlags(Random random, string scheduler) => new((uint)random.Next(8) << 3, scheduler);

    private static T? Maybe<T>(Random random, T value)
        where T : struct => random.Next(2) == 0 ? value : null;

    private static byte[] Written(Action<AttributeWriter<IpvsAttribute>> write)
    {
        NetlinkRequests requests = new();
        write(requests.Begin<IpvsAttribute>(NetlinkMessage.IpvsFamilyId, 1, 1));
        return requests.At(0, requests.Position)[16..].ToArray();
    }

    private static byte[] Damage(Random random, byte[] bytes)
    {
        byte[] damaged = [.. bytes];
        for (int count = random.Next(4); count > 0 && damaged.Length > 0; count--)
        {
            switch (random.Next(3))
            {
                case 0:
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                    break;
                case 1:
                    damaged = damaged[..random.Next(damaged.Length)];
                    break;
                default:
                    // Lengths and numbers are small, and so are their damages.
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(20);
                    break;
            }
        }

        return damaged;
    }

    private static void ValueOrFormatError(Action read)
    {
        try
        {
            read();
        }
        catch (NetlinkFormatException)
        {
            // One of the two that are allowed.
        }
    }

    private void Try(Action<Random> round)
    {
        Random random = new(_seed);
        for (int index = 0; index < Rounds; index++)
        {
            try
            {
                round(random);
            }
            catch (Exception exception)
            {
                Assert.Fail($"seed {_seed}, round {index}: {exception}");
            }
        }
    }

    private enum Anything : ushort
    {
        None,
    }
}
