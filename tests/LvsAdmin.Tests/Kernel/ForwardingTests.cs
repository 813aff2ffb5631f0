using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Tests.Cmdlets;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Kernel;

/// <summary>Every way in which a director can reach its real servers: prepared by our cmdlets, used by real requests, and undone without a trace.</summary>
[Trait("Level", "Kernel")]
[Collection(SharedTopology.Name)]
public sealed class ForwardingTests(CmdletFixture cmdlets) : IClassFixture<CmdletFixture>, IDisposable
{
    private const int Requests = 8;

    // The guest may stand still for seconds when its machine is busy.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private const string Servers4 = "192.0.2.21:80, 192.0.2.22:80";
    private const string Servers6 = "[2001:db8::21]:80, [2001:db8::22]:80";
    private static readonly string[] RealServers = ["rs1", "rs2"];

    /// <summary>Inner and outer family, or the network of NAT's clients, by the VIP and the servers; what the director is told; where the VIP ends up.</summary>
    public static TheoryData<string, string, string, string> Ways => new()
    {
        { "192.0.2.10", Servers4, "-Forwarding DirectRouting", "lo" },
        { "2001:db8::10", Servers6, "-Forwarding DirectRouting", "lo" },
        { "192.0.2.10", Servers4, "-Forwarding Tunnel", "tunl0" },
        { "2001:db8::10", Servers6, "-Forwarding Tunnel", "ip6tnl0" },
        { "2001:db8::10", Servers4, "-Forwarding Tunnel", "sit0" },
        { "192.0.2.10", Servers6, "-Forwarding Tunnel", "lvs4in6" },
        { "192.0.2.10", Servers4, "-Forwarding Tunnel -TunnelType Gre", "gre0" },
        { "2001:db8::10", Servers6, "-Forwarding Tunnel -TunnelType Gre", "ip6gre0" },
        { "192.0.2.10", Servers4, "-Forwarding Tunnel -TunnelType Gue -TunnelPort 6080", "tunl0" },
        { "192.0.2.10", Servers4, "-Forwarding Tunnel -TunnelType Gue -TunnelPort 6080 -TunnelChecksum Remote", "tunl0" },
        { "2001:db8::10", Servers6, "-Forwarding Tunnel -TunnelType Gue -TunnelPort 6080", "ip6tnl0" },
        { "198.51.100.10", Servers4, "-Forwarding Nat", "eth0" },
        { "2001:db8:1::10", Servers6, "-Forwarding Nat", "eth0" },
        // Beyond the thirteen: a checksum, which the device must expect; and GRE around the other family, which needs no device of its own.
        { "192.0.2.10", Servers4, "-Forwarding Tunnel -TunnelType Gre -TunnelChecksum Checksum", "lvsgre" },
        { "2001:db8::10", Servers4, "-Forwarding Tunnel -TunnelType Gre", "gre0" },
    };

    public void Dispose()
    {
        if (NamespaceThread.HasIpvs)
        {
            cmdlets.ClearDirector();
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Requests_are_answered_and_disabling_leaves_no_trace(string vip, string servers, string options, string device)
    {
        NamespaceThread.RequireIpvs();
        LvsAddress address = LvsAddress.Parse(vip);
        string service = $"{address.ToBracketedString()}:80";
        string url = $"http://{address.ToBracketedString()}/";
        bool isNat = options.Contains("Nat", StringComparison.Ordinal);
        string director = !isNat ? string.Empty : address.Family == LvsAddressFamily.IPv6 ? "-Director 2001:db8::1" : "-Director 192.0.2.1";
        using DirectorSide side = new(address, isNat);
        // A client's port that an earlier test used already leads to a connection whose server is gone: its first packet is dropped, and with this only the first.
        cmdlets.Succeed("director", "Set-LvsKernelParameter expire_nodest_conn 1");
        cmdlets.Succeed("director", $"New-LvsVirtualService {service} -Scheduler rr; Add-LvsRealServer {service} {servers} {options}");
        string[] before = [.. RealServers.Select(server => Topology.State(server, isNat && address.Family == LvsAddressFamily.IPv6))];
        Assert.ThrowsAny<Exception>(() => Topology.Http("client", url, TimeSpan.FromMilliseconds(700)));

        try
        {
            // All that the real servers have to be comes from the director's table.
            string enable = $"Get-LvsRealServer {service} -NetworkNamespace director | Enable-LvsRealServerVip {director}";
            LvsRealServerVip enabled = (LvsRealServerVip)Assert.Single(cmdlets.Succeed("director", $"{enable} -NetworkNamespace rs1 -PassThru")).BaseObject;
            Assert.Equal((device, address.BitLength), (enabled.Interface, enabled.PrefixLength));
            Assert.Empty(enabled.Problems);
            cmdlets.Succeed("director", $"{enable} -NetworkNamespace rs2");
            Assert.Contains(cmdlets.Run("director", $"{enable} -NetworkNamespace rs1 -Verbose").Verbose, text => text.Contains("already as wanted", StringComparison.Ordinal));

            string[] answers = [.. Enumerable.Range(0, Requests).Select(_ => Topology.Http("client", url, Patience))];
            Assert.Equal((Requests / 2, Requests / 2), (answers.Count(answer => answer == "rs1"), answers.Count(answer => answer == "rs2")));
        }
        finally
        {
            foreach (string server in RealServers)
            {
                cmdlets.Succeed(server, $"Disable-LvsRealServerVip {vip}");
            }
        }

        Assert.Equal(before, RealServers.Select(server => Topology.State(server, isNat && address.Family == LvsAddressFamily.IPv6)));
    }

    /// <summary>The director's VIP, and for NAT its forwarding; and the real servers without the lab's own way to NAT's clients, which would hide a missing one.</summary>
    private sealed class DirectorSide : IDisposable
    {
        private readonly string _address;
        private readonly bool _isV6;
        private readonly bool _isNat;

        internal DirectorSide(LvsAddress vip, bool isNat)
        {
            _isV6 = vip.Family == LvsAddressFamily.IPv6;
            _isNat = isNat;
            // As many distributions have it: what comes out of a tunnel is dropped, unless the tunnel's own filter is loose.
            Filter("1");
            _address = $"{vip}/{vip.BitLength} dev {(isNat ? "eth1" : "eth0")}";
            Topology.Batch("director", $"address add {_address}{(_isV6 ? " nodad preferred_lft 0" : string.Empty)}");
            if (isNat)
            {
                Forward(1);
                Routes("delete");
            }
        }

        public void Dispose()
        {
            Filter("0");
            Topology.Batch("director", $"address delete {_address}");
            if (_isNat)
            {
                Routes("add");
                Forward(0);
            }
        }

        private static void Filter(string level)
        {
            foreach (string server in RealServers)
            {
                Topology.InNamespace(server, () =>
                {
                    File.WriteAllText("/proc/sys/net/ipv4/conf/all/rp_filter", level);
                    return true;
                });
            }
        }

        private static void Routes(string verb)
        {
            foreach (string server in RealServers)
            {
                Topology.Batch(server, $"route {verb} 198.51.100.0/24 via 192.0.2.1", $"route {verb} 2001:db8:1::/64 via 2001:db8::1");
            }
        }

        private void Forward(int value) => Topology.RunIn("director", "sysctl", "-qw", _isV6 ? $"net.ipv6.conf.all.forwarding={value}" : $"net.ipv4.ip_forward={value}");
    }
}
