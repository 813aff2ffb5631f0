using static LvsAdmin.Tests.Contract.ContractRequest;

namespace LvsAdmin.Tests.Contract;

/// <summary>Random requests to IPVS over few services and servers, so that they meet; one value in several is odd or wrong.</summary>
internal static class RandomRequests
{
    private const ushort Inet = 2, Inet6 = 10;
    private static readonly string[] Schedulers = ["rr", "wrr", "lc", "wlc", "sh", "mh", "none", "nosuch", ""];
    private static readonly uint[] Weights = [0, 1, 5, 100, int.MaxValue, 0x80000000, uint.MaxValue];
    private static readonly uint[] Thresholds = [0, 0, 0, 3, 10, int.MaxValue, uint.MaxValue];
    private static readonly uint[] Seconds = [0, 1, 300, 86400, 2147483, 21474836, 21474837, int.MaxValue, uint.MaxValue];
    private static readonly uint[] Netmasks = [1, 24, 64, 128, 129, 0, 0x00ffffff, uint.MaxValue];
    private static readonly string[] Addresses4 = ["192.0.2.21", "192.0.2.22", "192.0.2.23", "127.0.0.1", "224.0.0.1", "255.255.255.255", "0.0.0.0", "192.0.2.255", "240.0.0.1"];
    private static readonly string[] Addresses6 = ["2001:db8::21", "2001:db8::22", "::1", "fe80::1", "ff02::1", "::", "::ffff:192.0.2.21", "fec0::1"];

    /// <summary>The services that requests are about.</summary>
    internal static IReadOnlyList<byte[]> Services { get; } =
    [
        Id(Inet, 6, "192.0.2.10", 80), Id(Inet, 17, "192.0.2.10", 80), Id(Inet6, 6, "2001:db8::10", 80), MarkId(Inet, 7), MarkId(Inet6, 7), Id(Inet, 200, "192.0.2.10", 0),
        MarkId(Inet, 0), Id(Inet, 6, "0.0.0.0", 0),
    ];

    internal static ContractRequest Next(Random random)
    {
        byte[] service = Spoilt(random, Pick(random, [.. Services]));
        return random.Next(20) switch
        {
            < 5 => Of(NewService, "new service", Nest(1, service, Settings(random))),
            5 => Of(SetService, "set service", Nest(1, service, Settings(random))),
            6 => Of(DeleteService, "delete service", Nest(1, service)),
            7 => Of(GetService, "get service", Nest(1, service)),
            < 13 => Of(NewServer, "new server", Nest(1, service), Nest(2, Spoilt(random, Server(random)))),
            < 15 => Of(SetServer, "set server", Nest(1, service), Nest(2, Spoilt(random, Server(random)))),
            15 => Of(DeleteServer, "delete server", Nest(1, service), Nest(2, Server(random))),
            16 => Of(SetConfig, "set timeouts", [.. Enumerable.Range(4, 3).Where(_ => random.Next(2) == 0).Select(which => U32((ushort)which, Pick(random, Seconds)))]),
            17 => Servers(service),
            18 => random.Next(3) switch
            {
                0 => Of(NewDaemon, "start daemon", Nest(3, U32(1, (uint)random.Next(1, 4)), Text(2, "nosuch0"), U32(3, 1))),
                1 => Of(DeleteDaemon, "stop daemon", Nest(3, U32(1, (uint)random.Next(4)))),
                _ => Of(ContractRequest.Zero, "zero", random.Next(2) == 0 ? [] : [Nest(1, service)]),
            },
            // Any command but the one that empties the table.
            _ => new ContractRequest("any", Pick<byte>(random, [.. Enumerable.Range(1, 19).Where(number => number != Flush).Select(number => (byte)number)]), [.. Nest(1, service), .. Nest(2, Server(random))], random.Next(2) == 0),
        };
    }

    private static byte[] Settings(Random random) => Spoilt(random, ContractRequest.Settings(
        Often(random, "wlc", Schedulers), (uint)random.Next(64), Pick<uint>(random, [uint.MaxValue, 0u, 0x3d, 0x01, 0xffff]), Often(random, 300u, Seconds), Often(random, 64u, Netmasks),
        Pick<string?>(random, [null, null, null, "sip", "", "nosuch"])));

    private static byte[] Server(Random random)
    {
        bool isSix = random.Next(3) == 0;
        ushort? family = random.Next(4) switch
        {
            0 => null,
            1 when random.Next(6) == 0 => (ushort)99,
            _ => isSix ? Inet6 : Inet,
        };
        (byte, ushort, ushort)? tunnel = random.Next(3) == 0 ? ((byte)Pick(random, [0, 1, 2, 9]), (ushort)Pick(random, [0, 6080]), (ushort)random.Next(5)) : null;
        return
        [
            .. ServerId(isSix ? Often(random, Addresses6[random.Next(2)], Addresses6) : Often(random, Addresses4[random.Next(3)], Addresses4), (ushort)Pick(random, [80, 80, 0, 8080]), family),
            .. ServerSettings(Often<uint>(random, 2, [0, 1, 2, 3, 4, 5, 7, 8, 10]), Often(random, 1u, Weights), Pick(random, Thresholds), Pick(random, Thresholds[..5]), tunnel),
        ];
    }

    // One in ten lacks an attribute, has one that nobody knows, or one of a wrong length.
    private static byte[] Spoilt(Random random, byte[] attributes)
    {
        if (random.Next(10) > 0)
        {
            return attributes;
        }

        IReadOnlyList<(ushort Type, byte[] Value)> read = Support.NetlinkMessage.ReadAttributes(attributes);
        int chosen = random.Next(read.Count);
        return random.Next(3) switch
        {
            0 => [.. read.Where((_, index) => index != chosen).SelectMany(each => Support.NetlinkMessage.Attribute(each.Type, each.Value))],
            1 => [.. attributes, .. Support.NetlinkMessage.Attribute(77, 1, 2, 3)],
            _ => [.. attributes, .. Support.NetlinkMessage.Attribute(read[chosen].Type, read[chosen].Value[..random.Next(read[chosen].Value.Length)])],
        };
    }

    private static T Pick<T>(Random random, T[] values) => values[random.Next(values.Length)];

    private static T Often<T>(Random random, T usual, T[] values) => random.Next(3) > 0 ? usual : Pick(random, values);
}
