using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Diagnosis;
using LvsAdmin.Core.Diagnosis.Health;
using LvsAdmin.Core.Fleet;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Tests.Cmdlets;

/// <summary>Objects of every type that cmdlets write, with a value in every property that can have one.</summary>
internal static class Samples
{
    private const string Host = "localhost";
    private const string Namespace = "lb";

    private static readonly LvsStatistics Counters = new()
    {
        Connections = 1,
        IncomingPackets = 2,
        OutgoingPackets = 3,
        IncomingBytes = 4,
        OutgoingBytes = 5,
        ConnectionsPerSecond = 6,
        IncomingPacketsPerSecond = 7,
        OutgoingPacketsPerSecond = 8,
        IncomingBytesPerSecond = 9,
        OutgoingBytesPerSecond = ulong.MaxValue,
    };

    internal static LvsVirtualService Service { get; } = new(new VirtualServiceSettings
    {
        VirtualService = LvsServiceId.Parse("udp/[2001:db8::10]:53"),
        Scheduler = "mh",
        SchedulerFlags = LvsSchedulerFlags.Parse("mh-port,mh-fallback"),
        PersistenceTimeout = 60,
        PersistencePrefixLength = 64,
        PersistenceEngine = "sip",
        OnePacket = true,
    })
    { Statistics = Counters, HostName = Host, NetworkNamespace = Namespace };

    internal static LvsConfiguration Desired { get; } = new()
    {
        Owner = "web team",
        Scope = ["tcp/192.0.2.10:*"],
        Timeout = new LvsTimeout { Tcp = 900, TcpFin = 120, Udp = 300 },
        SyncDaemons = [new() { Role = LvsSyncRole.Master, Interface = "eth0", SyncId = 1 }],
        DirectorVips = [new() { Address = LvsAddress.Parse("192.0.2.10"), Interface = "eth0", PrefixLength = 24 }],
        ForwardingIPv4 = true,
        ForwardingIPv6 = false,
        VirtualServices =
        [
            new()
            {
                Settings = new() { VirtualService = LvsServiceId.Parse("192.0.2.10:80"), Scheduler = "wrr" },
                RealServers = [new() { Settings = new() { RealServer = LvsServerId.Parse("192.0.2.21:80"), Forwarding = LvsForwardingMethod.Nat } }],
            },
        ],
    };

    internal static LvsConfigurationChange Change { get; } = new()
    {
        Action = LvsChangeAction.Remove,
        Subject = LvsChangeSubject.RealServer,
        Identity = "tcp/192.0.2.10:80 -> 192.0.2.21:80",
        VirtualService = LvsServiceId.Parse("192.0.2.10:80"),
        RealServer = LvsServerId.Parse("192.0.2.21:80"),
        Property = "Weight",
        Current = "Weight 1",
        Desired = "2",
        Reason = "not in the document",
        ConnectionsAffected = 7,
        HostName = Host,
        NetworkNamespace = Namespace,
    };

    internal static LvsPlan Plan { get; } = new(
        Desired,
        new SyncOptions { Prune = true, MinimumAvailable = 50, MinimumIsPercent = true },
        [new LvsPlanItem("virtual service tcp/192.0.2.10:80", Change.VirtualService, [Change], [new PlanStep.Drain("drain 192.0.2.21:80", Service, [])])],
        "0123456789abcdef")
    { HostName = Host, NetworkNamespace = Namespace };

    internal static LvsVirtualService MarkService { get; } = new(new VirtualServiceSettings { VirtualService = LvsServiceId.Parse("fwmark/7"), Scheduler = "wlc" }) { HostName = Host };

    internal static LvsRealServer Server { get; } = new(Service.VirtualService, new RealServerSettings
    {
        RealServer = LvsServerId.Parse("[2001:db8::21]:53"),
        Forwarding = LvsForwardingMethod.Tunnel,
        Weight = 100,
        UpperThreshold = 20,
        LowerThreshold = 10,
        TunnelType = LvsTunnelType.Gue,
        TunnelPort = 5555,
        TunnelChecksum = LvsTunnelChecksum.Remote,
    })
    { ActiveConnections = 1, InactiveConnections = 2, PersistentConnections = 3, Statistics = Counters, HostName = Host, NetworkNamespace = Namespace };

    internal static IReadOnlyList<object> All { get; } =
    [
        Service,
        MarkService,
        Server,
        Change,
        Change with { VirtualService = null, RealServer = null, Action = LvsChangeAction.Set, Subject = LvsChangeSubject.Timeout, Identity = "timeouts" },
        Plan,
        new LvsSyncResult(Plan, [new LvsSyncStep(Plan.Items[0], Plan.Items[0].Steps[0])], [new LvsSyncFailure("timeouts", new LvsSyncException("It cannot be."))], TimeSpan.FromSeconds(1.5)),
        new LvsTableCheckpoint(Desired, new DateTimeOffset(2026, 11, 1, 10, 0, 0, TimeSpan.Zero), Host, Namespace),
        new LvsRealServer(LvsServiceId.Parse("192.0.2.10:80"), new RealServerSettings { RealServer = LvsServerId.Parse("192.0.2.21:80"), Forwarding = LvsForwardingMethod.Tunnel, TunnelType = LvsTunnelType.Gre, TunnelChecksum = LvsTunnelChecksum.Checksum }) { HostName = Host },
        new LvsRolloutResult
        {
            HostName = Host,
            NetworkNamespace = Namespace,
            Addresses = [LvsAddress.Parse("192.0.2.21"), LvsAddress.Parse("2001:db8::21")],
            Batch = 2,
            State = LvsRolloutState.Failed,
            FailedPhase = LvsRolloutPhase.HealthCheck,
            IsSuspended = true,
            StartTime = new DateTimeOffset(2026, 11, 1, 10, 0, 0, TimeSpan.Zero),
            DrainTime = TimeSpan.FromSeconds(1),
            ScriptTime = TimeSpan.FromSeconds(2),
            HealthCheckTime = TimeSpan.FromSeconds(3),
            ResumeTime = TimeSpan.FromSeconds(4),
            Attempts = 2,
            Output = ["done"],
            Error = "It is not healthy.",
        },
        new LvsTrafficStatistics(Counters, Host, Namespace),
        new LvsTrafficStatistics(Service),
        new LvsTrafficStatistics(Server),
        new LvsTimeout { Tcp = 900, TcpFin = 120, Udp = 300, HostName = Host, NetworkNamespace = Namespace },
        new LvsSyncDaemon
        {
            Role = LvsSyncRole.Master,
            Interface = "eth0",
            SyncId = 7,
            MaximumLength = 1472,
            MulticastGroup = LvsAddress.Parse("224.0.0.81"),
            MulticastPort = 8848,
            MulticastTtl = 1,
            HostName = Host,
            NetworkNamespace = Namespace,
        },
        new LvsConnection
        {
            Protocol = LvsProtocol.Tcp,
            ClientAddress = LvsAddress.Parse("2001:db8::1"),
            ClientPort = 40000,
            VirtualAddress = LvsAddress.Parse("192.0.2.10"),
            VirtualPort = 80,
            RealServerAddress = LvsAddress.Parse("192.0.2.21"),
            RealServerPort = 8080,
            State = LvsConnectionState.Established,
            StateText = "ESTABLISHED",
            ExpiresInSeconds = 899,
            IsTemplate = true,
            PersistenceEngine = "sip",
            PersistenceEngineData = "call-7",
            VirtualService = LvsServiceId.Parse("192.0.2.10:80"),
            RealServer = LvsServerId.Parse("192.0.2.21:8080"),
            HostName = Host,
            NetworkNamespace = Namespace,
        },
        new LvsDirector
        {
            HostName = Host,
            NetworkNamespace = Namespace,
            KernelRelease = "6.12.1",
            IpvsLoaded = true,
            IpvsVersion = new Version(1, 2, 1),
            ConnectionTableSize = 4096,
            VirtualServices = 2,
            RealServers = 3,
            ActiveConnections = 4,
            InactiveConnections = 5,
            SyncDaemons = ["Master eth0", "Backup eth1"],
            Schedulers = ["rr", "wlc"],
            Remedy = "modprobe ip_vs",
        },
        new LvsDirectorVip
        {
            Address = LvsAddress.Parse("2001:db8::10"),
            PrefixLength = 128,
            Interface = "eth0",
            MacAddress = "02:00:00:00:00:01",
            InterfaceUp = true,
            IsDeprecated = true,
            HostName = Host,
            NetworkNamespace = Namespace,
        },
        new LvsForwardingState
        {
            AddressFamily = LvsAddressFamily.IPv6,
            Forwarding = true,
            Interfaces = ["eth0", "eth1"],
            RedirectingInterfaces = ["eth0"],
            AdvertisedInterfaces = ["eth1", "eth2"],
            HostName = Host,
            NetworkNamespace = Namespace,
        },
        new LvsRealServerVip
        {
            Address = LvsAddress.Parse("192.0.2.10"),
            PrefixLength = 32,
            Interface = "lo",
            Label = "lo:lvs",
            Forwarding = LvsForwardingMethod.Tunnel,
            TunnelType = LvsTunnelType.Gue,
            TunnelPort = 5555,
            Director = LvsAddress.Parse("192.0.2.1"),
            ArpIgnore = LvsArpIgnore.TargetOnInterface,
            ArpAnnounce = LvsArpAnnounce.BestLocal,
            InterfaceUp = true,
            ReversePathFilter = 2,
            TunnelMtu = 1480,
            MaximumSegmentSize = 1440,
            Findings = [("VipUp", "The interface is down."), ("ArpQuiet", "It answers ARP.")],
            Advice = ["Lower the MTU.", "Or clamp the segments."],
            HostName = Host,
            NetworkNamespace = Namespace,
        },
        new LvsArpPolicy
        {
            Interface = "eth0",
            Ignore = LvsArpIgnore.TargetOnInterface,
            Announce = (LvsArpAnnounce)5,
            EffectiveIgnore = LvsArpIgnore.Never,
            EffectiveAnnounce = LvsArpAnnounce.BestLocal,
            PersistentIgnore = LvsArpIgnore.TargetOnInterface,
            PersistentIgnoreSource = "/etc/sysctl.conf",
            PersistentAnnounce = LvsArpAnnounce.BestLocal,
            PersistentAnnounceSource = "/etc/sysctl.d/90-lvs.conf",
            HostName = Host,
            NetworkNamespace = Namespace,
        },
        Desired,
        new LvsKernelParameter { Name = "conntrack", Value = true, Text = "1", Default = false, IsDefault = false, Unit = "seconds", Description = "Keep connection tracking.", HostName = Host, NetworkNamespace = Namespace },
        new LvsProbeResult
        {
            VirtualService = LvsServiceId.Parse("192.0.2.10:80"),
            RealServer = LvsServerId.Parse("192.0.2.21:80"),
            Check = "Http",
            Outcome = LvsCheckOutcome.Failed,
            Expected = "status 200",
            Found = "status 503",
            Duration = TimeSpan.FromMilliseconds(12.5),
            Target = "192.0.2.10:80 by 192.0.2.21",
            ThroughVip = true,
            From = "netns:lb",
            HostName = Host,
            NetworkNamespace = Namespace,
        },
        new LvsServiceTest
        {
            VirtualService = LvsServiceId.Parse("192.0.2.10:80"),
            From = "netns:client",
            Count = 4,
            Answered = 3,
            Failures = ["1 x Tcp: no answer within 5 s"],
            Minimum = TimeSpan.FromMilliseconds(1),
            Median = TimeSpan.FromMilliseconds(2),
            Percentile95 = TimeSpan.FromMilliseconds(300),
            Maximum = TimeSpan.FromMilliseconds(301),
            Servers = [new LvsServiceTestServer(LvsServerId.Parse("192.0.2.21:80"), 1, 2, 1)],
            Untraced = 1,
            Scheduler = "rr",
            Promise = "an equal share for each server",
            Deviation = 0.5,
            IsAsPromised = false,
            HostName = Host,
            NetworkNamespace = Namespace,
        },
        new LvsDeploymentCheck { Cause = LvsDeploymentCause.NotListening, Outcome = LvsCheckOutcome.Failed, Expected = "a program listens", Found = "none does", Reason = "Clients are refused.", Advice = "Start it.", HostName = Host, NetworkNamespace = Namespace },
        new LvsCheckResult { Subject = "192.0.2.10", Check = "ArpOwner", Outcome = LvsCheckOutcome.Failed, Message = "Two answered.", Remedy = "Set the ARP policy.", HostName = Host, NetworkNamespace = Namespace },
    ];
}
