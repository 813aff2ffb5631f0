using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Tests.Configuration;

/// <summary>Random documents that say a little of everything.</summary>
internal static class RandomDocuments
{
    private static readonly string[] Texts = ["web", "it's \"us\"", "‘curly’", "a\tb\n", "$(1)", "`n", "ü€\U0001F600", "C:\\x", " "];

    internal static LvsConfiguration Next(Random random)
    {
        LvsConfiguration table = RandomTables.Next(random);
        return table with
        {
            Owner = Maybe(random, Text(random)),
            Scope = random.Next(2) == 0 ? [] : ["tcp/192.0.2.10:*", "fwmark/?"],
            Timeout = random.Next(2) == 0 ? null : new LvsTimeout { Tcp = (uint)random.Next(1, 9999), Udp = random.Next(2) == 0 ? null : 300 },
            SyncDaemons = random.Next(3) switch
            {
                0 => null,
                1 => [],
                _ =>
                [
                    new() { Role = LvsSyncRole.Backup, Interface = "eth1", SyncId = (byte)random.Next(256) },
                    new() { Role = LvsSyncRole.Master, Interface = "eth0", MaximumLength = 1400, MulticastGroup = LvsAddress.Parse("ff02::7"), MulticastPort = 9000, MulticastTtl = 3 },
                ],
            },
            DirectorVips = random.Next(2) == 0
                ? []
                : [new() { Address = LvsAddress.Parse("2001:db8::10"), Interface = "eth0", PrefixLength = 64 }, new() { Address = LvsAddress.Parse("192.0.2.10") }],
            ForwardingIPv4 = random.Next(2) == 0 ? null : true,
            ForwardingIPv6 = random.Next(2) == 0 ? null : false,
            KernelParameters = random.Next(2) == 0
                ? new Dictionary<string, object>()
                : new Dictionary<string, object> { ["sync_threshold"] = "3 50", ["conntrack"] = true, ["drop_entry"] = 3L },
            VirtualServices = [.. table.VirtualServices.Select(service => Extend(random, service)).OrderBy(_ => random.Next())],
        };
    }

    private static ServiceConfiguration Extend(Random random, ServiceConfiguration service)
    {
        VirtualServiceSettings settings = service.Settings;
        bool isIrregular = settings is { PersistenceTimeout: not null, PersistencePrefixLength: null } && settings.VirtualService.AddressFamily == LvsAddressFamily.IPv4 && random.Next(2) == 0;
        LvsAddress sorry = LvsAddress.Parse(settings.VirtualService.AddressFamily == LvsAddressFamily.IPv6 ? "2001:db8::99" : "192.0.2.99");
        RealServerSettings? like = service.RealServers?.FirstOrDefault(server => server.RealServer.Address.Family == sorry.Family)?.Settings;
        return service with
        {
            Settings = isIrregular ? settings with { IrregularNetmask = 0xff00ff00 } : settings,
            MinimumAvailable = random.Next(2) == 0 ? null : 50,
            MinimumIsPercent = false,
            Quorum = random.Next(2) == 0 ? null : 3,
            SorryServer = random.Next(3) switch
            {
                0 => null,
                1 => new RealServerSettings { RealServer = new LvsServerId(sorry, 8080), Forwarding = LvsForwardingMethod.Nat, Weight = 5 },
                _ => like is null ? null : like with { RealServer = new LvsServerId(sorry, 8081) },
            },
            HealthCheck = Maybe(random, Check(random)),
            RealServers = service.RealServers is null ? null : [.. service.RealServers.Select(server => server with { HealthCheck = random.Next(4) == 0 ? Check(random) : null })],
        };
    }

    private static HealthCheckSettings Check(Random random) => new()
    {
        Kind = (HealthCheckKind)random.Next(9),
        Address = random.Next(2) == 0 ? null : LvsAddress.Parse("192.0.2.77"),
        Port = random.Next(2) == 0 ? null : 8080,
        Interval = random.Next(2) == 0 ? null : random.Next(1, 100) / 4.0,
        Timeout = random.Next(2) == 0 ? null : random.Next(1, 10),
        Retries = random.Next(2) == 0 ? null : 3,
        RetryDelay = random.Next(2) == 0 ? null : 0.1,
        Path = Maybe(random, Text(random)),
        VirtualHost = Maybe(random, Text(random)),
        Status = random.Next(2) == 0 ? [] : [200, 301],
        Pattern = Maybe(random, Text(random)),
        Digest = Maybe(random, "0123456789abcdef0123456789ABCDEF"),
        Command = Maybe(random, Text(random)),
    };

    private static string Text(Random random) => Texts[random.Next(Texts.Length)];

    private static T? Maybe<T>(Random random, T value) => random.Next(2) == 0 ? default : value;
}
