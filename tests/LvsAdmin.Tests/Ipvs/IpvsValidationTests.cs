using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Tests.Ipvs;

[Trait("Level", "Bytes")]
public sealed class IpvsValidationTests
{
    private static readonly VirtualServiceSettings Service = new() { VirtualService = LvsServiceId.Parse("tcp/192.0.2.10:80") };
    private static readonly VirtualServiceSettings Service6 = new() { VirtualService = LvsServiceId.Parse("tcp/[2001:db8::10]:80") };
    private static readonly RealServerSettings Server = new() { RealServer = LvsServerId.Parse("192.0.2.21:80") };
    private static readonly RealServerSettings Tunnel = Server with { Forwarding = LvsForwardingMethod.Tunnel };
    private static readonly RealServerSettings Gue = Tunnel with { TunnelType = LvsTunnelType.Gue, TunnelPort = 6080 };
    private static readonly LvsSyncDaemon Daemon = new() { Role = LvsSyncRole.Master, Interface = "eth0" };

    private static VirtualServiceSettings At(string id) => Service with { VirtualService = LvsServiceId.Parse(id) };

    /// <summary>Each rule: settings that break it, and settings beside them that do not.</summary>
    public static TheoryData<string, VirtualServiceSettings, VirtualServiceSettings> ServiceRules() => new()
    {
        { "ProtocolNotSupported", At("proto47/192.0.2.10:80"), At("sctp/192.0.2.10:80") },
        { "AddressNotUnicast", At("tcp/0.0.0.0:80"), At("tcp/1.0.0.0:80") },
        { "AddressNotUnicast", At("tcp/224.0.0.1:80"), At("tcp/223.0.0.1:80") },
        { "AddressNotUnicast", At("tcp/255.255.255.255:80"), At("tcp/255.255.255.254:80") },
        { "AddressNotUnicast", At("tcp/[::]:80"), At("tcp/[::1]:80") },
        { "AddressNotUnicast", At("tcp/[ff02::1]:80"), At("tcp/[2001:db8::1]:80") },
        { "SchedulerNameInvalid", Service with { Scheduler = "" }, Service with { Scheduler = "x" } },
        { "SchedulerNameInvalid", Service with { Scheduler = new string('a', 16) }, Service with { Scheduler = new string('a', 15) } },
        { "SchedulerNameInvalid", Service with { Scheduler = "../rr" }, Service with { Scheduler = "my_own-1" } },
        { "OnePacketNeedsUdp", Service with { OnePacket = true }, At("udp/192.0.2.10:53") with { OnePacket = true } },
        { "OnePacketNeedsUdp", At("sctp/192.0.2.10:53") with { OnePacket = true }, At("sctp/192.0.2.10:53") },
        {
            "SchedulerFlagMismatch", Service with { Scheduler = "sh", SchedulerFlags = LvsSchedulerFlags.Parse("mh-port") },
            Service with { Scheduler = "mh", SchedulerFlags = LvsSchedulerFlags.Parse("mh-port") }
        },
        { "PersistenceTimeoutOutOfRange", Service with { PersistenceTimeout = 0 }, Service with { PersistenceTimeout = 1 } },
        { "PersistenceTimeoutOutOfRange", Service with { PersistenceTimeout = 4294968 }, Service with { PersistenceTimeout = 4294967 } },
        { "PortZeroNeedsPersistence", At("tcp/192.0.2.10:0"), At("tcp/192.0.2.10:0") with { PersistenceTimeout = 300 } },
        {
            "PersistenceEngineNeedsPersistence", Service with { PersistenceEngine = "sip" },
            Service with { PersistenceEngine = "sip", PersistenceTimeout = 300 }
        },
        {
            "PersistenceEngineNameInvalid", Service with { PersistenceEngine = "s p", PersistenceTimeout = 300 },
            Service with { PersistenceEngine = "sip", PersistenceTimeout = 300 }
        },
        {
            "PersistencePrefixOutOfRange", Service with { PersistencePrefixLength = 33, PersistenceTimeout = 300 },
            Service with { PersistencePrefixLength = 1, PersistenceTimeout = 300 }
        },
        {
            "PersistencePrefixOutOfRange", Service with { PersistencePrefixLength = 0, PersistenceTimeout = 300 },
            Service with { PersistencePrefixLength = 32, PersistenceTimeout = 300 }
        },
        {
            "PersistencePrefixOutOfRange", Service6 with { PersistencePrefixLength = 129, PersistenceTimeout = 300 },
            Service6 with { PersistencePrefixLength = 128, PersistenceTimeout = 300 }
        },
        { "PersistencePrefixNeedsPersistence", Service with { PersistencePrefixLength = 24 }, Service with { PersistencePrefixLength = 32 } },
    };

    [Theory]
    [MemberData(nameof(ServiceRules))]
    public void A_rule_for_services_refuses_what_breaks_it_and_nothing_beside(string id, VirtualServiceSettings broken, VirtualServiceSettings kept)
    {
        LvsValidationException refusal = Assert.Throws<LvsValidationException>(() => IpvsValidation.Check(broken));
        Assert.Equal(id, refusal.Id);
        Assert.StartsWith(broken.VirtualService.ToString(), refusal.Message, StringComparison.Ordinal);
        Assert.Empty(IpvsValidation.Check(kept));
    }

    [Fact]
    public void One_packet_scheduling_by_a_mark_is_warned_of_as_the_protocol_is_not_known() =>
        Assert.Contains("UDP", Assert.Single(IpvsValidation.Check(At("fwmark/7") with { OnePacket = true })), StringComparison.Ordinal);

    public static TheoryData<string, RealServerSettings, RealServerSettings> ServerRules() => new()
    {
        { "ForwardingNotChoosable", Server with { Forwarding = LvsForwardingMethod.LocalNode }, Server },
        { "ForwardingNotChoosable", Server with { Forwarding = LvsForwardingMethod.Bypass }, Server with { Forwarding = LvsForwardingMethod.Nat } },
        { "MixedFamilyNeedsTunnel", Server with { RealServer = LvsServerId.Parse("[2001:db8::21]:80") }, Tunnel with { RealServer = LvsServerId.Parse("[2001:db8::21]:80") } },
        {
            "MixedFamilyNeedsTunnel", Server with { RealServer = LvsServerId.Parse("[2001:db8::21]:80"), Forwarding = LvsForwardingMethod.Nat },
            Server with { Forwarding = LvsForwardingMethod.Nat }
        },
        { "TunnelOptionNeedsTunnel", Gue with { Forwarding = LvsForwardingMethod.Nat }, Gue },
        { "TunnelOptionNeedsTunnel", Server with { TunnelChecksum = LvsTunnelChecksum.Checksum }, Gue with { TunnelChecksum = LvsTunnelChecksum.Checksum } },
        { "TunnelTypeInvalid", Tunnel with { TunnelType = (LvsTunnelType)9 }, Tunnel with { TunnelType = LvsTunnelType.Gre } },
        { "TunnelTypeInvalid", Gue with { TunnelChecksum = (LvsTunnelChecksum)3 }, Gue with { TunnelChecksum = LvsTunnelChecksum.Remote } },
        { "TunnelPortMissing", Gue with { TunnelPort = 0 }, Gue with { TunnelPort = 1 } },
        { "TunnelPortNeedsGue", Tunnel with { TunnelPort = 6080 }, Tunnel },
        { "TunnelPortNeedsGue", Tunnel with { TunnelType = LvsTunnelType.Gre, TunnelPort = 6080 }, Tunnel with { TunnelType = LvsTunnelType.Gre } },
        {
            "TunnelChecksumMismatch", Tunnel with { TunnelChecksum = LvsTunnelChecksum.Checksum },
            Tunnel with { TunnelType = LvsTunnelType.Gre, TunnelChecksum = LvsTunnelChecksum.Checksum }
        },
        { "TunnelChecksumMismatch", Tunnel with { TunnelType = LvsTunnelType.Gre, TunnelChecksum = LvsTunnelChecksum.Remote }, Gue },
        { "WeightOutOfRange", Server with { Weight = -1 }, Server with { Weight = 0 } },
        { "WeightOutOfRange", Server with { Weight = int.MinValue }, Server with { Weight = int.MaxValue } },
        { "ThresholdOutOfRange", Server with { UpperThreshold = 0x80000000 }, Server with { UpperThreshold = 0x7fffffff } },
        { "ThresholdsCrossed", Server with { UpperThreshold = 4, LowerThreshold = 5 }, Server with { UpperThreshold = 5, LowerThreshold = 5 } },
        { "ThresholdsCrossed", Server with { LowerThreshold = 1 }, Server with { UpperThreshold = 1 } },
    };

    [Theory]
    [MemberData(nameof(ServerRules))]
    public void A_rule_for_servers_refuses_what_breaks_it_and_nothing_beside(string id, RealServerSettings broken, RealServerSettings kept)
    {
        LvsValidationException refusal = Assert.Throws<LvsValidationException>(() => IpvsValidation.Check(Service.VirtualService, broken));
        Assert.Equal(id, refusal.Id);
        Assert.StartsWith(broken.RealServer.ToString(), refusal.Message, StringComparison.Ordinal);
        Assert.Empty(IpvsValidation.Check(Service.VirtualService, kept));
    }

    public static TheoryData<string, LvsSyncDaemon, LvsSyncDaemon> DaemonRules() => new()
    {
        { "SyncRoleInvalid", Daemon with { Role = (LvsSyncRole)3 }, Daemon with { Role = LvsSyncRole.Backup } },
        { "InterfaceNameInvalid", Daemon with { Interface = "" }, Daemon },
        { "InterfaceNameInvalid", Daemon with { Interface = "a-name-of-sixtee" }, Daemon with { Interface = "a-name-of-fifte" } },
        { "InterfaceNameInvalid", Daemon with { Interface = "eth 0" }, Daemon with { Interface = "eth.0" } },
        { "InterfaceNameInvalid", Daemon with { Interface = "eth/0" }, Daemon with { Interface = "eth0:1" } },
        { "GroupNotMulticast", Daemon with { MulticastGroup = LvsAddress.Parse("192.0.2.1") }, Daemon with { MulticastGroup = LvsAddress.Parse("224.0.0.81") } },
        { "GroupNotMulticast", Daemon with { MulticastGroup = LvsAddress.Parse("2001:db8::1") }, Daemon with { MulticastGroup = LvsAddress.Parse("ff02::81") } },
        { "SyncDaemonValueInvalid", Daemon with { MulticastPort = 0 }, Daemon with { MulticastPort = 1 } },
        { "SyncDaemonValueInvalid", Daemon with { MulticastTtl = 0 }, Daemon with { MulticastTtl = 255 } },
        { "SyncDaemonValueInvalid", Daemon with { MaximumLength = 0 }, Daemon with { MaximumLength = 65535 } },
    };

    [Theory]
    [MemberData(nameof(DaemonRules))]
    public void A_rule_for_sync_daemons_refuses_what_breaks_it_and_nothing_beside(string id, LvsSyncDaemon broken, LvsSyncDaemon kept)
    {
        Assert.Equal(id, Assert.Throws<LvsValidationException>(() => IpvsValidation.Check(broken)).Id);
        IpvsValidation.Check(kept);
    }

    [Theory]
    [InlineData(-1L)]
    [InlineData(2147483648L)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void A_weight_beyond_the_kernels_is_refused_with_the_server(long weight)
    {
        LvsValidationException refusal = Assert.Throws<LvsValidationException>(() => IpvsValidation.ToWeight(Server.RealServer, weight));
        Assert.Equal("WeightOutOfRange", refusal.Id);
        Assert.Contains("192.0.2.21:80", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_weight_of_the_kernels_range_is_taken() =>
        Assert.Equal([0, 2147483647], new long[] { 0, 2147483647 }.Select(weight => IpvsValidation.ToWeight(Server.RealServer, weight)));

    [Fact]
    public void What_works_but_hardly_as_meant_is_warned_of()
    {
        Assert.Contains("knows no flags", Assert.Single(IpvsValidation.Check(Service with { SchedulerFlags = LvsSchedulerFlags.Parse("flag-1") })), StringComparison.Ordinal);
        Assert.Contains("without a scheduler", Assert.Single(IpvsValidation.Check(Service with { Scheduler = "none" })), StringComparison.Ordinal);

        RealServerSettings otherPort = Server with { RealServer = LvsServerId.Parse("192.0.2.21:8080") };
        Assert.Contains("never rewritten", Assert.Single(IpvsValidation.Check(Service.VirtualService, otherPort)), StringComparison.Ordinal);
        Assert.Empty(IpvsValidation.Check(Service.VirtualService, otherPort with { Forwarding = LvsForwardingMethod.Nat }));
        Assert.Empty(IpvsValidation.Check(LvsServiceId.Parse("fwmark/7"), otherPort));
        Assert.Empty(IpvsValidation.Check(LvsServiceId.Parse("tcp/192.0.2.10:0"), otherPort));

        RealServerSettings itself = Server with { RealServer = LvsServerId.Parse("192.0.2.10:80") };
        Assert.Contains("virtual IP itself", Assert.Single(IpvsValidation.Check(Service.VirtualService, itself)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_is_refused_for_the_rules_that_it_breaks_and_warned_of_for_those_that_were_broken_before()
    {
        VirtualServiceSettings strange = Service with { OnePacket = true };
        Assert.Contains("one-packet", Assert.Single(IpvsValidation.CheckChange(strange, strange with { Scheduler = "rr" })), StringComparison.Ordinal);
        Assert.Equal("OnePacketNeedsUdp", Assert.Throws<LvsValidationException>(() => IpvsValidation.CheckChange(Service, strange)).Id);
        Assert.Equal(
            "SchedulerNameInvalid",
            Assert.Throws<LvsValidationException>(() => IpvsValidation.CheckChange(strange, strange with { Scheduler = "" })).Id);
        Assert.Empty(IpvsValidation.CheckChange(strange, Service));

        RealServerSettings odd = Gue with { Forwarding = LvsForwardingMethod.Nat };
        Assert.Single(IpvsValidation.CheckChange(Service.VirtualService, odd, odd with { Weight = 5 }));
        Assert.Equal(
            "WeightOutOfRange",
            Assert.Throws<LvsValidationException>(() => IpvsValidation.CheckChange(Service.VirtualService, Server, Server with { Weight = -1 })).Id);
    }

    [Fact]
    public void A_change_that_breaks_another_rule_beside_the_one_that_was_broken_is_refused()
    {
        RealServerSettings odd = Gue with { Forwarding = LvsForwardingMethod.Nat };
        Assert.Equal(
            "WeightOutOfRange",
            Assert.Throws<LvsValidationException>(() => IpvsValidation.CheckChange(Service.VirtualService, odd, odd with { Weight = -1 })).Id);
    }
}
