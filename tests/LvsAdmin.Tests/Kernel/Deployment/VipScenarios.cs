using System.Runtime.Versioning;
using LvsAdmin.Core.Diagnosis;
using static LvsAdmin.Tests.Kernel.Deployment.DeploymentLab;

namespace LvsAdmin.Tests.Kernel.Deployment;

/// <summary>Causes that lie in how directors and real servers hold the VIP, and in what receives it.</summary>
[SupportedOSPlatform("linux")]
internal static class VipScenarios
{
    internal static IReadOnlyList<DeploymentScenario> All { get; } =
    [
        new("no scheduler", LvsDeploymentCause.SchedulerMissing, "DR", lab => lab.Succeed("director", $"Set-LvsVirtualService {lab.Service} -Scheduler none"))
        {
            Clean = lab => lab.Succeed("director", $"Set-LvsVirtualService {lab.Service} -Scheduler rr"),
        },
        new("VIP missing on the director", LvsDeploymentCause.DirectorVipMissing, "DR", lab => Ip("director", $"address delete {lab.Vip}/32 dev eth0")),
        new("VIP missing on the director", LvsDeploymentCause.DirectorVipMissing, "NAT", lab => Ip("director", $"address delete {lab.Vip}/32 dev eth1")),
        new("VIP missing on the director", LvsDeploymentCause.DirectorVipMissing, "DR IPv6", lab => Ip("director", $"address delete {lab.Vip}/128 dev eth0")),
        new("VIP on a second director that nobody named", LvsDeploymentCause.VipOnTwoDirectors, "DR", lab => Ip("client", $"address add {lab.Vip}/32 dev eth0"))
        {
            Mend = lab => Ip("client", $"address delete {lab.Vip}/32 dev eth0"),
            Test = "Test-LvsDeployment -NetworkNamespace director -RealServerHost netns:rs1, netns:rs2",
        },
        new("VIP on both directors of a pair", LvsDeploymentCause.VipOnTwoDirectors, "DR", lab =>
        {
            // The client is the second director, with the same table.
            lab.Succeed("client", $"New-LvsVirtualService {lab.Service} -Scheduler rr; Add-LvsRealServer {lab.Service} {lab.RealServer(1)}, {lab.RealServer(2)} -Forwarding DirectRouting");
            lab.Succeed("director", "Start-LvsSyncDaemon Master -Interface eth0 -SyncId 7");
            lab.Succeed("client", "Start-LvsSyncDaemon Backup -Interface eth0 -SyncId 7");
            Ip("client", $"address add {lab.Vip}/32 dev eth0");
        })
        {
            // It serves itself then, and so nothing is missed here.
            ShowsInTraffic = false,
            Test = "'director', 'client' | ForEach-Object { [pscustomobject]@{ HostName = 'localhost'; NetworkNamespace = $_ } } | Test-LvsDeployment -RealServerHost netns:rs1, netns:rs2",
            Clean = lab =>
            {
                lab.Succeed("client", "Stop-LvsSyncDaemon Backup; Clear-LvsTable -Confirm:$false");
                lab.Succeed("director", "Stop-LvsSyncDaemon Master");
            },
        },
        new("VIP missing on a real server", LvsDeploymentCause.VipMissing, "DR", lab => Ip("rs1", $"address delete {lab.Vip}/32 dev lo")),
        new("VIP missing on a real server", LvsDeploymentCause.VipMissing, "TUN", lab => Ip("rs1", $"address delete {lab.Vip}/32 dev tunl0")),
        new("VIP missing on a real server", LvsDeploymentCause.VipMissing, "DR IPv6", lab => Ip("rs1", $"address delete {lab.Vip}/128 dev lo")),
        new("VIP with a wide prefix on a real server", LvsDeploymentCause.VipPrefix, "DR", lab => Ip("rs1", $"address delete {lab.Vip}/32 dev lo", $"address add {lab.Vip}/24 dev lo")),
        new("VIP with a wide prefix on the director", LvsDeploymentCause.DirectorVipPrefix, "DR", lab =>
        {
            // As it is when the VIP came first: the other address of the network is secondary then.
            Ip("director", $"address delete {lab.Vip}/32 dev eth0", "address delete 192.0.2.1/24 dev eth0", $"address add {lab.Vip}/24 dev eth0", "address add 192.0.2.1/24 dev eth0", "neigh flush dev eth0");
        })
        {
            Mend = lab => Ip("director", $"address delete {lab.Vip}/24 dev eth0", "address flush dev eth0 to 192.0.2.1", "address add 192.0.2.1/24 dev eth0", $"address add {lab.Vip}/32 dev eth0"),
        },
        new("ARP: policy unset on a real server", LvsDeploymentCause.ArpPolicy, "DR", lab => LetAnswer(lab, false)) { Misbehaves = GetsPast, Afterwards = LvsDeploymentCause.NeighbourStale },
        new("ARP: policy set on lo only", LvsDeploymentCause.ArpPolicy, "DR", lab => LetAnswer(lab, true))
        {
            Misbehaves = GetsPast,
            Afterwards = LvsDeploymentCause.NeighbourStale,
            Clean = lab =>
            {
                Write("rs1", "ipv4/conf/lo/arp_ignore", "0");
                Write("rs1", "ipv4/conf/lo/arp_announce", "0");
            },
        },
        new("ARP: policy set after the address", LvsDeploymentCause.NeighbourStale, "DR", lab =>
        {
            LetAnswer(lab, false);
            Assert.True(GetsPast(lab), "the client has to learn rs1's MAC address");
            Write("rs1", "ipv4/conf/all/arp_ignore", "1");
            Write("rs1", "ipv4/conf/all/arp_announce", "2");
        })
        { Misbehaves = lab => lab.Answers(4).All(answer => answer == "rs1") },
        new("real server behind a router", LvsDeploymentCause.RealServerOffLink, "DR", lab => Ip("director", "route add 192.0.2.21/32 via 192.0.2.100"))
        {
            Mend = _ => Ip("director", "route delete 192.0.2.21/32 via 192.0.2.100"),
        },
        new("real server on another link", LvsDeploymentCause.RealServerOffLink, "DR", lab =>
        {
            Ip("rs1", "link set eth0 down");
            Ip("director", "neigh flush dev eth0");
        })
        {
            Test = "Test-LvsDeployment -NetworkNamespace director -RealServerHost netns:rs2",
            Mend = lab =>
            {
                // What goes with a link that is down.
                Ip("rs1", "link set eth0 up", "route add 198.51.100.0/24 via 192.0.2.1", "address replace 2001:db8::21/64 dev eth0 nodad", "route replace 2001:db8:1::/64 via 2001:db8::1");
                Ip("director", "neigh flush dev eth0");
            },
        },
        new("nothing listens", LvsDeploymentCause.NotListening, "DR", _ => Serve("rs1", null)) { Mend = _ => Serve("rs1", "[::]") },
        new("only the RIP is listened on", LvsDeploymentCause.NotListening, "DR", _ => Serve("rs1", "192.0.2.21")) { Mend = _ => Serve("rs1", "[::]") },
        new("port differs", LvsDeploymentCause.PortDiffers, "DR", lab => lab.MoveServer(1, 8080)) { ShowsInTraffic = false },
        new("port differs", LvsDeploymentCause.PortDiffers, "TUN", lab => lab.MoveServer(1, 8080)) { ShowsInTraffic = false },
        new("IPVS missing", LvsDeploymentCause.IpvsMissing, "DR", lab =>
        {
            lab.Succeed("director", "Clear-LvsTable -Confirm:$false");
            Unload();
            // Loaded by nobody, as where the running kernel's modules are not installed.
            WriteKernel("kernel/modprobe", "/bin/false");
        })
        {
            Mend = lab =>
            {
                WriteKernel("kernel/modprobe", "/sbin/modprobe");
                Topology.RunIn("director", "modprobe", "ip_vs");
                AddService(lab);
            },
        },
        new("tunnel device down", LvsDeploymentCause.TunnelDown, "TUN", lab => Ip("rs1", "link set tunl0 down")),
        // Unlike IPv4, the addresses go with the device.
        new("tunnel device down", LvsDeploymentCause.VipMissing, "TUN IPv6", lab => Ip("rs1", "link set ip6tnl0 down")),
        new("tunnel of another type", LvsDeploymentCause.TunnelType, "TUN", lab =>
            lab.Succeed("rs1", $"Disable-LvsRealServerVip {lab.Vip}; Enable-LvsRealServerVip {lab.Vip} -Forwarding Tunnel -TunnelType Gre")),
        new("tunnel on another port", LvsDeploymentCause.TunnelPort, "GUE", lab =>
            lab.Succeed("rs1", $"Disable-LvsRealServerVip {lab.Vip}; Enable-LvsRealServerVip {lab.Vip} -Forwarding Tunnel -TunnelType Gue -TunnelPort 6666")),
        new("rp_filter strict on the tunnel", LvsDeploymentCause.ReversePathFilter, "TUN", lab => Write("rs1", "ipv4/conf/tunl0/rp_filter", "1")),
        new("rp_filter strict on all", LvsDeploymentCause.ReversePathFilter, "TUN", lab =>
        {
            Write("rs1", "ipv4/conf/all/rp_filter", "1");
            Write("rs1", "ipv4/conf/tunl0/rp_filter", "0");
        })
        { Clean = _ => Write("rs1", "ipv4/conf/all/rp_filter", "0") },
        new("MTU of the real server's link too small", LvsDeploymentCause.TunnelMtu, "TUN", lab => Ip("rs1", "link set eth0 mtu 1400"))
        {
            Misbehaves = lab => lab.Works() && !lab.WorksWithLargeRequests(),
            Mend = lab => Ip("rs1", "route change 192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.21 advmss 1340"),
            Works = lab => lab.WorksWithLargeRequests(),
            Clean = _ => Ip("rs1", "route change 192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.21", "link set eth0 mtu 1500"),
        },
    ];

    internal static void AddService(DeploymentLab lab) => lab.Succeed("director", $"New-LvsVirtualService {lab.Service} -Scheduler rr; Add-LvsRealServer {lab.Service} {lab.RealServer(1)}, {lab.RealServer(2)} -Forwarding DirectRouting");

    // With every scheduler that some test has used; namespaces of earlier tests may take a moment to go.
    internal static void Unload() => Topology.RunIn(
        "director",
        "sh",
        "-c",
        @"for try in 1 2 3 4 5; do rmmod $(sed -n 's/^\(ip_vs_[a-z_]*\) .*/\1/p' /proc/modules) ip_vs 2>/dev/null; [ -e /sys/module/ip_vs ] || exit 0; sleep 1; done; grep ip_vs /proc/modules >&2; exit 1");

    private static void WriteKernel(string parameter, string value) => File.WriteAllText($"/proc/sys/{parameter}", value);

    private static void LetAnswer(DeploymentLab lab, bool onlyLoopbackIsSet)
    {
        Write("rs1", "ipv4/conf/all/arp_ignore", "0");
        Write("rs1", "ipv4/conf/all/arp_announce", "0");
        if (onlyLoopbackIsSet)
        {
            Write("rs1", "ipv4/conf/lo/arp_ignore", "1");
            Write("rs1", "ipv4/conf/lo/arp_announce", "2");
        }

        // Whoever answers first decides: the director gives way for the moment.
        Ip("director", $"address delete {lab.Vip}/32 dev eth0");
        Ip("client", "neigh flush dev eth0");
        lab.Answers(1);
        Ip("director", $"address add {lab.Vip}/32 dev eth0");
    }

    // All requests are answered by the one real server that answers ARP too.
    private static bool GetsPast(DeploymentLab lab) => lab.Answers(4) is { Length: 4 } answers && answers.All(answer => answer == "rs1");
}
