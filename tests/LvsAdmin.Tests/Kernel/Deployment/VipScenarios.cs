using System.Runtime.Versioning;
using LvsAdmin.Core.Diagnosis;

namespace LvsAdmin.Tests.Kernel.Deployment;

/// <summary>Causes that lie in how directors and real servers hold the VIP, and in what receives it.</summary>
[SupportedOSPlatform("linux")]
internal static class VipScenarios
{
    internal static IReadOnlyList<DeploymentScenario> All { get; } =
    [
        new("no scheduler", LvsDeploymentCause.SchedulerMissing, "DR", lab => lab.Succeed("director", $"Set-LvsVirtualService {lab.Service} -Scheduler none")),
        new("VIP missing on a real server", LvsDeploymentCause.VipMissing, "DR", lab => DeploymentLab.Ip("rs1", $"address delete {lab.Vip}/32 dev lo")),
        new("VIP missing on a real server", LvsDeploymentCause.VipMissing, "TUN", lab => DeploymentLab.Ip("rs1", $"address delete {lab.Vip}/32 dev tunl0")),
        new("VIP missing on a real server", LvsDeploymentCause.VipMissing, "DR IPv6", lab => DeploymentLab.Ip("rs1", $"address delete {lab.Vip}/128 dev lo")),
        new("VIP with a wide prefix on a real server", LvsDeploymentCause.VipPrefix, "DR", lab =>
            DeploymentLab.Ip("rs1", $"address delete {lab.Vip}/32 dev lo", $"address add {lab.Vip}/24 dev lo")),
        new("ARP: policy unset on a real server", LvsDeploymentCause.ArpPolicy, "DR", lab =>
        {
            DeploymentLab.Write("rs1", "ipv4/conf/all/arp_ignore", "0");
            DeploymentLab.Write("rs1", "ipv4/conf/all/arp_announce", "0");
        })
        { ShowsInTraffic = false },
        new("ARP: policy set on lo only", LvsDeploymentCause.ArpPolicy, "DR", lab =>
        {
            DeploymentLab.Write("rs1", "ipv4/conf/all/arp_ignore", "0");
            DeploymentLab.Write("rs1", "ipv4/conf/all/arp_announce", "0");
            DeploymentLab.Write("rs1", "ipv4/conf/lo/arp_ignore", "1");
            DeploymentLab.Write("rs1", "ipv4/conf/lo/arp_announce", "2");
        })
        {
            ShowsInTraffic = false,
            Clean = lab =>
            {
                DeploymentLab.Write("rs1", "ipv4/conf/lo/arp_ignore", "0");
                DeploymentLab.Write("rs1", "ipv4/conf/lo/arp_announce", "0");
            },
        },
        new("real server behind a router", LvsDeploymentCause.RealServerOffLink, "DR", lab => DeploymentLab.Ip("director", "route add 192.0.2.21/32 via 192.0.2.100"))
        {
            Mend = lab => DeploymentLab.Ip("director", "route delete 192.0.2.21/32 via 192.0.2.100"),
        },
        new("tunnel device down", LvsDeploymentCause.TunnelDown, "TUN", lab => DeploymentLab.Ip("rs1", "link set tunl0 down")),
        new("tunnel device down", LvsDeploymentCause.TunnelDown, "TUN IPv6", lab => DeploymentLab.Ip("rs1", "link set ip6tnl0 down")),
        new("tunnel of another type", LvsDeploymentCause.TunnelType, "TUN", lab =>
            lab.Succeed("rs1", $"Disable-LvsRealServerVip {lab.Vip}; Enable-LvsRealServerVip {lab.Vip} -Forwarding Tunnel -TunnelType Gre")),
        new("tunnel on another port", LvsDeploymentCause.TunnelPort, "GUE", lab =>
            lab.Succeed("rs1", $"Disable-LvsRealServerVip {lab.Vip}; Enable-LvsRealServerVip {lab.Vip} -Forwarding Tunnel -TunnelType Gue -TunnelPort 6666")),
        new("rp_filter strict on the tunnel", LvsDeploymentCause.ReversePathFilter, "TUN", lab => DeploymentLab.Write("rs1", "ipv4/conf/tunl0/rp_filter", "1")),
        new("rp_filter strict on all", LvsDeploymentCause.ReversePathFilter, "TUN", lab =>
        {
            DeploymentLab.Write("rs1", "ipv4/conf/all/rp_filter", "1");
            DeploymentLab.Write("rs1", "ipv4/conf/tunl0/rp_filter", "0");
        })
        { Clean = lab => DeploymentLab.Write("rs1", "ipv4/conf/all/rp_filter", "0") },
    ];
}
