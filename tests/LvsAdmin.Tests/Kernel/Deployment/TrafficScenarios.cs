using System.Runtime.Versioning;
using LvsAdmin.Core.Diagnosis;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using static LvsAdmin.Tests.Kernel.Deployment.DeploymentLab;
using static LvsAdmin.Tests.Kernel.Deployment.VipScenarios;

namespace LvsAdmin.Tests.Kernel.Deployment;

/// <summary>Causes that lie in the way of packets and answers, and in what the director does with connections.</summary>
[SupportedOSPlatform("linux")]
internal static class TrafficScenarios
{
    private const string Second = "director2";
    private const string Pair = "'director', 'director2' | ForEach-Object { Get-LvsVirtualService -NetworkNamespace $_ } | Test-LvsDeployment -RealServerHost netns:rs1, netns:rs2 -From netns:client";

    internal static IReadOnlyList<DeploymentScenario> All { get; } =
    [
        new("ip_forward off with NAT", LvsDeploymentCause.ForwardingOff, "NAT", _ => Write("director", "ipv4/ip_forward", "0")),
        new("forwarding off on the servers' interface", LvsDeploymentCause.ForwardingOff, "NAT", _ => Write("director", "ipv4/conf/eth0/forwarding", "0")),
        new("forwarding off with NAT", LvsDeploymentCause.ForwardingOff, "NAT IPv6", _ => Write("director", "ipv6/conf/all/forwarding", "0")),
        new("return path past the director", LvsDeploymentCause.ReturnPath, "NAT", _ => Ip("rs1", "route change 198.51.100.0/24 via 192.0.2.100"))
        {
            Clean = lab =>
            {
                lab.Succeed("rs1", $"Disable-LvsRealServerVip {lab.Vip}");
                Ip("rs1", "route change 198.51.100.0/24 via 192.0.2.1");
            },
        },
        new("return path past the director", LvsDeploymentCause.ReturnPath, "NAT IPv6", _ => Ip("rs1", "route delete 2001:db8:1::/64 via 2001:db8::1"))
        {
            Clean = lab =>
            {
                lab.Succeed("rs1", $"Disable-LvsRealServerVip {lab.Vip}");
                Ip("rs1", "route add 2001:db8:1::/64 via 2001:db8::1");
            },
        },
        new("client in the real servers' network", LvsDeploymentCause.ClientInServersNetwork, "NAT", lab => Ip("client", $"route add {lab.Vip}/32 via 192.0.2.1"))
        {
            Mend = lab => Ip("client", $"route delete {lab.Vip}/32 via 192.0.2.1"),
        },
        new("redirects lead past NAT", LvsDeploymentCause.SendRedirects, "NAT", lab =>
        {
            // What an earlier scenario's mending has turned off is on again, as on a fresh host.
            foreach (string place in (string[])["all", "eth0"])
            {
                Write("director", $"ipv4/conf/{place}/send_redirects", "1");
            }

            // A client of another network on the servers' link, as behind a router there.
            Ip("client", "address add 203.0.113.100/24 dev eth0", $"route add {lab.Vip}/32 via 192.0.2.1 src 203.0.113.100");
            Ip("director", "route add 203.0.113.0/24 dev eth0");
            Servers("route add 203.0.113.0/24 via 192.0.2.1");
        })
        {
            ShowsInTraffic = false,
            Clean = lab =>
            {
                lab.Run("director", "Disable-LvsForwarding");
                Write("director", "ipv4/ip_forward", "1");
                Servers("route delete 203.0.113.0/24 via 192.0.2.1");
                Ip("director", "route delete 203.0.113.0/24 dev eth0");
                Ip("client", $"route delete {lab.Vip}/32 via 192.0.2.1", "address delete 203.0.113.100/24 dev eth0");
            },
        },
        new("redirects accepted with NAT", LvsDeploymentCause.RedirectsAccepted, "NAT IPv6", lab =>
        {
            Ip("client", "address add 2001:db8:2::100/64 dev eth0 nodad", $"route add {lab.Vip}/128 via 2001:db8::1 src 2001:db8:2::100");
            Ip("director", "route add 2001:db8:2::/64 dev eth0");
            Servers("route add 2001:db8:2::/64 via 2001:db8::1");
        })
        {
            Clean = lab =>
            {
                lab.Run("rs1", $"Disable-LvsRealServerVip {lab.Vip}");
                lab.Run("rs2", $"Disable-LvsRealServerVip {lab.Vip}");
                Servers("route delete 2001:db8:2::/64 via 2001:db8::1");
                Ip("director", "route delete 2001:db8:2::/64 dev eth0");
                Ip("client", $"route delete {lab.Vip}/128 via 2001:db8::1", "address delete 2001:db8:2::100/64 dev eth0");
            },
        },
        new("VIP of the director is not deprecated", LvsDeploymentCause.VipNotDeprecated, "DR IPv6", Undeprecate) { ShowsInTraffic = false, Mend = Deprecate },
        new("VIP of the director is not deprecated", LvsDeploymentCause.VipNotDeprecated, "TUN IPv6", Undeprecate) { ShowsInTraffic = false, Mend = Deprecate },
        new("all weights 0", LvsDeploymentCause.NoWeight, "DR", lab => lab.Succeed("director", $"Set-LvsRealServer {lab.Service} 192.0.2.21, 192.0.2.22 -Weight 0")),
        new("all taken out", LvsDeploymentCause.NoWeight, "DR", lab => lab.Succeed("director", $"Suspend-LvsRealServer {lab.Service} 192.0.2.21, 192.0.2.22 -Reason kernel")),
        new("no real server", LvsDeploymentCause.NoWeight, "DR", lab => lab.Succeed("director", $"Remove-LvsRealServer {lab.Service} 192.0.2.21, 192.0.2.22"))
        {
            Mend = lab => lab.Succeed("director", $"Add-LvsRealServer {lab.Service} 192.0.2.21, 192.0.2.22"),
        },
        new("the whole table is gone", LvsDeploymentCause.TableEmpty, "DR", lab => lab.Succeed("director", "Clear-LvsTable -Confirm:$false")) { Mend = AddService },
        new("thresholds reached", LvsDeploymentCause.ThresholdReached, "DR", lab =>
        {
            lab.Succeed("director", $"Set-LvsRealServer {lab.Service} 192.0.2.21, 192.0.2.22 -UpperThreshold 1");
            lab.Answers(2);
        })
        {
            Misbehaves = lab => lab.Answers(1).Length == 0,
            Mend = lab => lab.Succeed("director", $"Set-LvsRealServer {lab.Service} 192.0.2.21, 192.0.2.22 -UpperThreshold 0"),
        },
        new("port 0 without persistence", LvsDeploymentCause.PortZeroNotPersistent, "DR", lab =>
        {
            lab.Succeed("director", $"Remove-LvsVirtualService {lab.Service} -Confirm:$false");
            AddForAllPorts(lab);
        })
        {
            Works = lab => lab.Answers(2).Length == 2,
            Clean = lab => lab.Succeed(
                "director",
                $"Remove-LvsVirtualService tcp/{lab.Vip}:0 -Confirm:$false; New-LvsVirtualService {lab.Service} -Scheduler rr; Add-LvsRealServer {lab.Service} 192.0.2.21, 192.0.2.22"),
        },
        new("persistence: one client, one server", LvsDeploymentCause.PersistencePinning, "DR", lab =>
        {
            lab.Succeed("director", $"Remove-LvsVirtualService {lab.Service} -Confirm:$false; New-LvsVirtualService {lab.Service} -Scheduler rr -PersistenceTimeout 300; Add-LvsRealServer {lab.Service} 192.0.2.21, 192.0.2.22");
            lab.Answers(60);
        })
        {
            Mend = lab => lab.Succeed(
                "director", $"Remove-LvsVirtualService {lab.Service} -Confirm:$false; New-LvsVirtualService {lab.Service} -Scheduler rr; Add-LvsRealServer {lab.Service} 192.0.2.21, 192.0.2.22"),
        },
        new("persistence: many clients count as one", LvsDeploymentCause.PersistencePinning, "DR", lab =>
        {
            lab.Succeed("director", $"Remove-LvsVirtualService {lab.Service} -Confirm:$false; New-LvsVirtualService {lab.Service} -Scheduler rr -PersistenceTimeout 300 -PersistencePrefixLength 24; Add-LvsRealServer {lab.Service} 192.0.2.21, 192.0.2.22");
            lab.Answers(30);
            Ip("client", "address add 192.0.2.101/24 dev eth0", AskFrom(101));
            lab.Answers(30);
        })
        {
            Works = lab =>
            {
                string[] other = lab.Answers(1);
                Ip("client", AskFrom(100));
                return lab.Answers(1) is [var own] && other is [var another] && own != another;
            },
            Clean = lab =>
            {
                Ip("client", AskFrom(100), "address delete 192.0.2.101/24 dev eth0");
                lab.Succeed("director", $"Remove-LvsVirtualService {lab.Service} -Confirm:$false");
                AddService(lab);
            },
        },
        new("persistence keeps a server of weight 0", LvsDeploymentCause.PersistenceKeepsServer, "DR", lab =>
        {
            lab.Succeed("director", $"Remove-LvsVirtualService {lab.Service} -Confirm:$false; New-LvsVirtualService {lab.Service} -Scheduler rr -PersistenceTimeout 300; Add-LvsRealServer {lab.Service} 192.0.2.21, 192.0.2.22");
            lab.Succeed("director", $"Set-LvsRealServer {lab.Service} {lab.RealServer(lab.Answers(1)[0][^1] - '0')} -Weight 0");
        })
        {
            // Of two servers the one without weight answers.
            Misbehaves = lab => lab.Run("director", $"Get-LvsRealServer {lab.Service} | Where-Object Weight -EQ 0").Output[0].ToString()!.Contains($"2{lab.Answers(1)[0][^1]}:", StringComparison.Ordinal),
            Works = lab => lab.Run("director", $"Get-LvsRealServer {lab.Service} | Where-Object Weight -NE 0").Output[0].ToString()!.Contains($"2{lab.Answers(1)[0][^1]}:", StringComparison.Ordinal),
            Clean = lab => lab.Succeed(
                "director",
                $"Set-LvsKernelParameter expire_quiescent_template 0; Remove-LvsVirtualService {lab.Service} -Confirm:$false; New-LvsVirtualService {lab.Service} -Scheduler rr; Add-LvsRealServer {lab.Service} 192.0.2.21, 192.0.2.22"),
        },
        new("statistics stand still", LvsDeploymentCause.CountersFrozen, "DR", _ => Write("director", "ipv4/vs/run_estimation", "0")) { ShowsInTraffic = false },
        new("firewall drops on a real server", LvsDeploymentCause.Firewall, "DR", _ => Filter("rs1", "-A INPUT -p tcp --dport 80 -j DROP"))
        {
            Mend = _ => Filter("rs1", "-F INPUT"),
        },
        new("firewall drops answers on the director", LvsDeploymentCause.Firewall, "NAT", _ => Filter("director", "-P FORWARD DROP")) { Mend = _ => Filter("director", "-P FORWARD ACCEPT") },
        new("firewall does not know the connections of IPVS", LvsDeploymentCause.ConntrackOff, "NAT", _ =>
        {
            Filter("director", "-P FORWARD DROP");
            Filter("director", "-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT");
        })
        {
            Clean = _ =>
            {
                Filter("director", "-P FORWARD ACCEPT");
                Filter("director", "-F FORWARD");
                Write("director", "ipv4/vs/conntrack", "0");
            },
        },
        new("table of Netfilter full on a real server", LvsDeploymentCause.ConntrackFull, "DR", lab =>
        {
            Filter("rs1", "-A INPUT -m conntrack --ctstate NEW -j ACCEPT");
            lab.Answers(8);
            // One number for all namespaces, each of which counts for itself.
            MostConnections = Topology.InNamespace("rs1", () => File.ReadAllText("/proc/sys/net/netfilter/nf_conntrack_count")).Trim();
        })
        {
            ShowsInTraffic = false,
            Mend = _ => MostConnections = "65536",
            Clean = _ => Filter("rs1", "-F INPUT"),
        },
        new("table of connections too small", LvsDeploymentCause.ConnectionTableSmall, "DR", lab =>
        {
            // As small as it can be (conn_tab_bits, net/netfilter/ipvs/ip_vs_conn.c), with connections that last because nobody refuses the answers.
            Reload(lab, "conn_tab_bits=8");
            Filter("client", "-A INPUT -p tcp --sport 80 -j DROP");
            lab.Connect(2200);
            Filter("client", "-F INPUT");
        })
        {
            ShowsInTraffic = false,
            Mend = lab => Reload(lab),
        },
        new("sync daemon missing", LvsDeploymentCause.SyncDaemonMissing, "DR", lab =>
        {
            RaiseSecond(lab);
            lab.Succeed("director", "Start-LvsSyncDaemon Master eth0 -SyncId 7");
        })
        { ShowsInTraffic = false, Test = Pair, Clean = LowerSecond },
        new("both directors send", LvsDeploymentCause.SyncRoles, "DR", lab =>
        {
            RaiseSecond(lab);
            lab.Succeed("director", "Start-LvsSyncDaemon Master eth0 -SyncId 7");
            lab.Succeed(Second, "Start-LvsSyncDaemon Master eth0 -SyncId 7");
        })
        { ShowsInTraffic = false, Test = Pair, Clean = LowerSecond },
        new("both directors listen", LvsDeploymentCause.SyncRoles, "DR", lab =>
        {
            RaiseSecond(lab);
            lab.Succeed("director", "Start-LvsSyncDaemon Backup eth0 -SyncId 7");
            lab.Succeed(Second, "Start-LvsSyncDaemon Backup eth0 -SyncId 7");
        })
        { ShowsInTraffic = false, Test = Pair, Clean = LowerSecond },
        new("different sync ids", LvsDeploymentCause.SyncDiffers, "DR", lab =>
        {
            RaiseSecond(lab);
            lab.Succeed("director", "Start-LvsSyncDaemon Master eth0 -SyncId 7");
            lab.Succeed(Second, "Start-LvsSyncDaemon Backup eth0 -SyncId 8");
        })
        { ShowsInTraffic = false, Test = Pair, Clean = LowerSecond },
        new("the pair's tables differ", LvsDeploymentCause.TablesDiffer, "DR", lab =>
        {
            RaiseSecond(lab);
            lab.Succeed(Second, $"Remove-LvsRealServer {lab.Service} 192.0.2.22");
        })
        {
            ShowsInTraffic = false,
            Test = Pair,
            Mend = lab => lab.Succeed(Second, $"Add-LvsRealServer {lab.Service} 192.0.2.22"),
            Clean = LowerSecond,
        },
    ];

    private static string AskFrom(int host) => $"route change 192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.{host}";

    private static void Reload(DeploymentLab lab, params string[] options)
    {
        lab.Succeed("director", "Clear-LvsTable -Confirm:$false");
        Unload();
        Topology.RunIn("director", "modprobe", ["ip_vs", .. options]);
        AddService(lab);
    }

    private static string MostConnections
    {
        set => File.WriteAllText("/proc/sys/net/netfilter/nf_conntrack_max", value);
    }

    // The lab's kernel has the older tables only.
    private static void Filter(string networkNamespace, string rule) => Topology.RunIn(networkNamespace, "iptables-legacy", rule.Split(' '));

    private static void Servers(string command)
    {
        Ip("rs1", command);
        Ip("rs2", command);
    }

    private static void Undeprecate(DeploymentLab lab)
    {
        Ip("director", $"address change {lab.Vip}/128 dev eth0 preferred_lft forever", "neigh flush dev eth0");
        // The last address that was added wins where nothing else tells them apart.
        Ip("director", $"address delete {lab.Vip}/128 dev eth0", $"address add {lab.Vip}/128 dev eth0 nodad", "neigh flush dev eth0");
    }

    private static void Deprecate(DeploymentLab lab) => Ip("director", $"address change {lab.Vip}/128 dev eth0 preferred_lft 0", "neigh flush dev eth0");

    private static void RaiseSecond(DeploymentLab lab)
    {
        Topology.AddHost(Second, "192.0.2.3");
        lab.Succeed(Second, $"New-LvsVirtualService {lab.Service} -Scheduler rr; Add-LvsRealServer {lab.Service} 192.0.2.21, 192.0.2.22");
    }

    private static void LowerSecond(DeploymentLab lab)
    {
        lab.Run("director", "Get-LvsSyncDaemon | Stop-LvsSyncDaemon");
        lab.Run(Second, "Get-LvsSyncDaemon | Stop-LvsSyncDaemon");
        Topology.RemoveHost(Second);
    }

    // Which no cmdlet of ours does: other programs can.
    private static void AddForAllPorts(DeploymentLab lab)
    {
        Add().GetAwaiter().GetResult();

        async Task Add()
        {
            await using LocalHost host = new("director");
            await using IpvsClient ipvs = await IpvsClient.ConnectAsync(await host.OpenNetlinkAsync(CancellationToken.None), host.Name, host.NetworkNamespace, CancellationToken.None);
            LvsServiceId service = LvsServiceId.Parse($"tcp/{lab.Vip}:0");
            await ipvs.AddServiceAsync(new VirtualServiceSettings { VirtualService = service, Scheduler = "rr" }, CancellationToken.None);
            Assert.All(
                await ipvs.AddRealServersAsync(
                    service, [.. Enumerable.Range(1, 2).Select(number => new RealServerSettings { RealServer = new LvsServerId(LvsAddress.Parse(lab.RealServer(number)), 0) })], CancellationToken.None),
                Assert.Null);
        }
    }
}
