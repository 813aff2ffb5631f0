using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Tests.Configuration;

/// <summary>Random documents of few services and few servers, so that two of them have much in common and much that differs.</summary>
internal static class RandomTables
{
    private static readonly string[] Services =
    [
        "tcp/192.0.2.10:80", "tcp/192.0.2.10:443", "udp/192.0.2.10:53", "sctp/192.0.2.11:3868", "tcp/192.0.2.11:0", "fwmark/7", "fwmark6/7", "tcp/[2001:db8::10]:80",
        "udp/[2001:db8::10]:53", "tcp/[2001:db8::11]:443",
    ];

    private static readonly string[] Schedulers = ["rr", "wrr", "lc", "wlc", "sh", "mh", "sed", "nq"];

    internal static LvsConfiguration Next(Random random) => new()
    {
        VirtualServices = [.. Services.Where(_ => random.Next(2) == 0).Select(id => Service(random, LvsServiceId.Parse(id)))],
    };

    private static ServiceConfiguration Service(Random random, LvsServiceId id)
    {
        string scheduler = Schedulers[random.Next(Schedulers.Length)];
        bool isPersistent = id.Port == 0 || random.Next(3) == 0;
        bool isV6 = id.AddressFamily == LvsAddressFamily.IPv6;
        return new ServiceConfiguration
        {
            Settings = new VirtualServiceSettings
            {
                VirtualService = id,
                Scheduler = scheduler,
                SchedulerFlags = scheduler is "sh" or "mh" && random.Next(2) == 0 ? LvsSchedulerFlags.Parse($"{scheduler}-port") : default,
                OnePacket = id.Protocol == LvsProtocol.Udp && random.Next(2) == 0,
                PersistenceTimeout = isPersistent ? (uint)random.Next(1, 1000) : null,
                PersistencePrefixLength = isPersistent && random.Next(2) == 0 ? random.Next(1, isV6 ? 128 : 32) : null,
            },
            RealServers = random.Next(8) == 0 ? null : [.. Enumerable.Range(21, 6).Where(_ => random.Next(2) == 0).Select(number => Server(random, id, number))],
        };
    }

    private static ServerConfiguration Server(Random random, LvsServiceId service, int number)
    {
        LvsForwardingMethod method = LvsForwarding.Choices[random.Next(LvsForwarding.Choices.Count)];
        bool isMixed = method == LvsForwardingMethod.Tunnel && random.Next(4) == 0;
        bool isV6 = service.AddressFamily == LvsAddressFamily.IPv6 != isMixed;
        LvsTunnelType tunnel = method == LvsForwardingMethod.Tunnel ? (LvsTunnelType)random.Next(3) : LvsTunnelType.Ipip;
        uint upper = random.Next(3) == 0 ? (uint)random.Next(1, 1000) : 0;
        return new ServerConfiguration
        {
            Settings = new RealServerSettings
            {
                RealServer = new LvsServerId(LvsAddress.Parse(isV6 ? $"2001:db8::{number}" : $"192.0.2.{number}"), service.Port ?? 0),
                Forwarding = method,
                Weight = random.Next(4) == 0 ? 0 : random.Next(1, 100),
                UpperThreshold = upper,
                LowerThreshold = upper == 0 ? 0 : (uint)random.Next(0, (int)upper),
                TunnelType = tunnel,
                TunnelPort = tunnel == LvsTunnelType.Gue ? (ushort)random.Next(1, 65536) : (ushort)0,
                TunnelChecksum = tunnel == LvsTunnelType.Ipip ? LvsTunnelChecksum.None : random.Next(2) == 0 ? LvsTunnelChecksum.None : LvsTunnelChecksum.Checksum,
            },
        };
    }
}
