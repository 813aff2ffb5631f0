using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Tests.Configuration;

/// <summary>
/// Random desired states, the same ones of the same <see cref="Random"/>. Every table is one that <see cref="IpvsValidation"/> and the kernel take, with
/// services over IPv4, IPv6, firewall marks of both, and servers of another family behind tunnels. Addresses are those of documentation (RFC 5737, 3849).
/// </summary>
internal static class RandomConfigurations
{
    private static readonly string[] Schedulers = ["rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "mh", "sed", "nq", "fo", "ovf"];

    /// <summary>A table of services and servers and nothing else.</summary>
    /// <param name="random">Where chance comes from.</param>
    /// <param name="services">How many services at most.</param>
    /// <param name="servers">How many real servers a service at most.</param>
    /// <param name="mixed">Whether servers may be of another family than their service, which excludes sync daemons.</param>
    internal static LvsConfiguration Table(Random random, int services = 8, int servers = 5, bool mixed = true) => new()
    {
        VirtualServices =
        [
            .. Enumerable.Range(0, random.Next(services + 1)).Select(_ => Service(random)).DistinctBy(each => each.VirtualService)
                .Select(settings => new ServiceConfiguration { Settings = settings, RealServers = Servers(random, settings.VirtualService, servers, mixed) }),
        ],
    };

    /// <summary>A table with everything that a document can say.</summary>
    internal static LvsConfiguration Everything(Random random)
    {
        LvsConfiguration table = Table(random, mixed: false);
        return table with
        {
            Owner = Maybe(random, () => "team web"),
            Scope = Chance(random) ? ["tcp/192.0.2.*", "*"] : [],
            Timeout = Chance(random) ? Timeout(random) : null,
            SyncDaemons = Chance(random) ? Daemons(random) : null,
            DirectorVips = Chance(random) ? [new DirectorVipSettings { Address = Address(random, false), Interface = Maybe(random, () => "eth0"), PrefixLength = Chance(random) ? 24 : null }] : [],
            ForwardingIPv4 = Chance(random) ? Chance(random) : null,
            ForwardingIPv6 = Chance(random) ? Chance(random) : null,
            KernelParameters = Chance(random)
                ? new Dictionary<string, object> { ["expire_nodest_conn"] = Chance(random), ["sync_threshold"] = "3 50", ["drop_entry"] = (long)random.Next(4) }
                : new Dictionary<string, object>(),
            VirtualServices = [.. table.VirtualServices.Select(service => WithPolicy(random, service))],
        };
    }

    /// <summary>Settings of a service.</summary>
    internal static VirtualServiceSettings Service(Random random)
    {
        LvsServiceId id = Id(random);
        string scheduler = Pick(random, Schedulers);
        bool persistent = id.Port == 0 || random.Next(3) == 0;
        int bits = id.AddressFamily == LvsAddressFamily.IPv6 ? 128 : 32;
        return new VirtualServiceSettings
        {
            VirtualService = id,
            Scheduler = scheduler,
            SchedulerFlags = scheduler is "sh" or "mh" ? new LvsSchedulerFlags((uint)random.Next(4) << 3, scheduler) : default,
            OnePacket = id.Protocol == LvsProtocol.Udp && random.Next(4) == 0,
            PersistenceTimeout = persistent ? (uint)random.Next(1, 86400) : null,
            PersistencePrefixLength = persistent && Chance(random) ? random.Next(1, bits) : null,
            PersistenceEngine = persistent && id.Protocol == LvsProtocol.Udp && Chance(random) ? "sip" : null,
        };
    }

    /// <summary>Settings of a real server of a service.</summary>
    internal static RealServerSettings Server(Random random, LvsServiceId service, bool mixed)
    {
        LvsForwardingMethod forwarding = Pick(random, LvsForwarding.Choices);
        bool isV6 = service.AddressFamily == LvsAddressFamily.IPv6;
        bool other = mixed && forwarding == LvsForwardingMethod.Tunnel && random.Next(4) == 0;
        LvsTunnelType tunnel = forwarding == LvsForwardingMethod.Tunnel ? Pick(random, Enum.GetValues<LvsTunnelType>()) : LvsTunnelType.Ipip;
        uint upper = random.Next(3) == 0 ? (uint)random.Next(1, 10000) : 0;
        return new RealServerSettings
        {
            RealServer = new LvsServerId(ServerAddress(random, isV6 != other), service.Port is { } port && forwarding != LvsForwardingMethod.Nat
                ? port
                : (ushort)random.Next(1, 65536)),
            Forwarding = forwarding,
            Weight = Pick(random, [0, 1, 1, 10, 100, 65535]),
            UpperThreshold = upper,
            LowerThreshold = upper > 1 && Chance(random) ? (uint)random.Next(1, (int)upper) : 0,
            TunnelType = tunnel,
            TunnelPort = tunnel == LvsTunnelType.Gue ? (ushort)random.Next(1, 65536) : (ushort)0,
            TunnelChecksum = tunnel switch
            {
                LvsTunnelType.Gue => Pick(random, Enum.GetValues<LvsTunnelChecksum>()),
                LvsTunnelType.Gre => Pick(random, [LvsTunnelChecksum.None, LvsTunnelChecksum.Checksum]),
                _ => LvsTunnelChecksum.None,
            },
        };
    }

    /// <summary>Timeouts, each of which may be left out.</summary>
    internal static LvsTimeout Timeout(Random random) => new()
    {
        Tcp = Chance(random) ? (uint)random.Next(1, 86400) : null,
        TcpFin = Chance(random) ? (uint)random.Next(1, 86400) : null,
        Udp = (uint)random.Next(1, 86400),
    };

    /// <summary>One or two synchronisation daemons on lo, or none.</summary>
    internal static IReadOnlyList<LvsSyncDaemon> Daemons(Random random) =>
    [
        .. new[] { LvsSyncRole.Master, LvsSyncRole.Backup }.Where(_ => Chance(random)).Select(role => new LvsSyncDaemon
        {
            Role = role,
            Interface = "lo",
            SyncId = (byte)random.Next(256),
            MaximumLength = Chance(random) ? (ushort)random.Next(1000, 1400) : null,
            MulticastGroup = Chance(random) ? LvsAddress.Parse(Chance(random) ? "224.0.0.82" : "ff05::81") : null,
            MulticastPort = Chance(random) ? (ushort)random.Next(1, 65536) : null,
            MulticastTtl = Chance(random) ? (byte)random.Next(1, 256) : null,
        }),
    ];

    /// <summary>A check with what its kind can have.</summary>
    internal static HealthCheckSettings Check(Random random)
    {
        HealthCheckKind kind = Pick(random, Enum.GetValues<HealthCheckKind>());
        bool isHttp = kind is HealthCheckKind.Http or HealthCheckKind.Https;
        bool isNothing = kind == HealthCheckKind.None;
        return new HealthCheckSettings
        {
            Kind = kind,
            Address = !isNothing && kind != HealthCheckKind.Script && random.Next(4) == 0 ? ServerAddress(random, Chance(random)) : null,
            Port = !isNothing && kind is not (HealthCheckKind.Script or HealthCheckKind.Ping) && Chance(random) ? (ushort)random.Next(1, 65536) : null,
            Interval = !isNothing && Chance(random) ? random.Next(1, 60) : null,
            Timeout = !isNothing && Chance(random) ? random.Next(1, 60) : null,
            Retries = !isNothing && Chance(random) ? random.Next(1, 6) : null,
            RetryDelay = !isNothing && Chance(random) ? random.Next(1, 10) : null,
            Path = isHttp ? Pick(random, ["/", "/health", "/status?full=1&x=a+b"]) : null,
            VirtualHost = isHttp ? Maybe(random, () => "www.example.com") : null,
            Method = isHttp ? Maybe(random, () => "HEAD") : null,
            Status = isHttp && Chance(random) ? [200, 204] : [],
            Pattern = isHttp ? Maybe(random, () => Pick(random, ["OK", "it (works|runs)", "a \"quoted\" word", @"\d+ # no comment"])) : null,
            Digest = isHttp ? Maybe(random, () => "0123456789abcdef0123456789abcdef") : null,
            QueryName = kind == HealthCheckKind.Dns ? Maybe(random, () => "www.example.com") : null,
            QueryType = kind == HealthCheckKind.Dns ? Maybe(random, () => Pick(random, ["A", "AAAA", "SOA", "MX"])) : null,
            HelloName = kind == HealthCheckKind.Smtp ? Maybe(random, () => "mail.example.com") : null,
            Command = kind == HealthCheckKind.Script ? Pick(random, ["/usr/bin/true", "/usr/local/bin/check -p 80 'two words'"]) : null,
        };
    }

    internal static bool Chance(Random random) => random.Next(2) == 0;

    internal static T Pick<T>(Random random, IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    private static T? Maybe<T>(Random random, Func<T> make)
        where T : class => Chance(random) ? make() : null;

    private static ServiceConfiguration WithPolicy(Random random, ServiceConfiguration service) => service with
    {
        RealServers = random.Next(8) == 0
            ? null
            : [.. service.RealServers!.Select(server => server with { HealthCheck = Chance(random) ? Check(random) : null })],
        MinimumAvailable = random.Next(4) == 0 ? random.Next(1, 4) : null,
        Quorum = random.Next(3) == 0 ? (uint)random.Next(1, 5) : null,
        SorryServer = random.Next(3) == 0 ? Server(random, service.VirtualService, false) : null,
        HealthCheck = random.Next(3) == 0 ? Check(random) : null,
    };

    private static List<ServerConfiguration> Servers(Random random, LvsServiceId service, int count, bool mixed) =>
    [
        .. Enumerable.Range(0, random.Next(count + 1)).Select(_ => Server(random, service, mixed)).DistinctBy(each => each.RealServer)
            .Select(settings => new ServerConfiguration { Settings = settings }),
    ];

    private static LvsServiceId Id(Random random)
    {
        bool isV6 = random.Next(3) == 0;
        return random.Next(4) == 0
            ? new LvsServiceId((uint)random.Next(1, 1000), isV6 ? LvsAddressFamily.IPv6 : LvsAddressFamily.IPv4)
            : new LvsServiceId(
                Pick(random, Enum.GetValues<LvsProtocol>()), Address(random, isV6), random.Next(6) == 0 ? (ushort)0 : (ushort)random.Next(1, 65536));
    }

    private static LvsAddress Address(Random random, bool isV6) => LvsAddress.Parse(
        isV6 ? FormattableString.Invariant($"2001:db8::{random.Next(1, 65536):x}") : FormattableString.Invariant($"192.0.2.{random.Next(1, 255)}"));

    private static LvsAddress ServerAddress(Random random, bool isV6) => LvsAddress.Parse(
        isV6 ? FormattableString.Invariant($"2001:db8:1::{random.Next(1, 65536):x}") : FormattableString.Invariant($"198.51.100.{random.Next(1, 255)}"));
}
