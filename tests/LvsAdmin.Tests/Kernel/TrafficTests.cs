using System.Diagnostics;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Tests.Cmdlets;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Kernel;

/// <summary>Real requests through directors and real servers that our cmdlets have set up.</summary>
[Trait("Level", "Kernel")]
[Collection(SharedTopology.Name)]
public sealed class TrafficTests(CmdletFixture cmdlets) : IClassFixture<CmdletFixture>, IDisposable
{
    private const int Requests = 20;

    public void Dispose()
    {
        if (NamespaceThread.HasIpvs)
        {
            cmdlets.Succeed("director", "Clear-LvsTable -Confirm:$false");
        }
    }

    [Theory]
    [InlineData("192.0.2.10", "192.0.2.21, 192.0.2.22", "DirectRouting", "lo")]
    [InlineData("2001:db8::10", "2001:db8::21, 2001:db8::22", "DirectRouting", "lo")]
    [InlineData("192.0.2.10", "192.0.2.21, 192.0.2.22", "Tunnel", "tunl0")]
    [InlineData("2001:db8::10", "2001:db8::21, 2001:db8::22", "Tunnel", "ip6tnl0")]
    public void Real_servers_answer_the_client_directly(string vip, string servers, string method, string device)
    {
        NamespaceThread.RequireIpvs();
        LvsAddress address = LvsAddress.Parse(vip);
        string service = $"{address.ToBracketedString()}:80";
        string prefix = $"{vip}/{address.BitLength}";
        // Deprecated, or the director would take its IPv6 VIP as the source of its own packets.
        Topology.RunIn("director", "ip", ["address", "add", prefix, "dev", "eth0", .. address.Family == LvsAddressFamily.IPv6 ? ["nodad", "preferred_lft", "0"] : Array.Empty<string>()]);
        try
        {
            cmdlets.Succeed("director", $"New-LvsVirtualService {service} -Scheduler rr; Add-LvsRealServer {service} {servers} -Forwarding {method}");
            foreach (string server in new[] { "rs1", "rs2" })
            {
                LvsRealServerVip enabled = (LvsRealServerVip)Assert.Single(
                    cmdlets.Succeed(server, $"Enable-LvsRealServerVip {vip} -Forwarding {method} -PassThru")).BaseObject;
                Assert.Equal((device, address.BitLength), (enabled.Interface, enabled.PrefixLength));
                Assert.Empty(enabled.Problems);
                Assert.Single(cmdlets.Run(server, $"Enable-LvsRealServerVip {vip} -Forwarding {method} -Verbose").Verbose, text => text.Contains("already as wanted", StringComparison.Ordinal));
            }

            AnswersComeEvenly($"http://{address.ToBracketedString()}/");
            Assert.Equal(0ul, Counted(service).OutgoingPackets);
        }
        finally
        {
            foreach (string server in new[] { "rs1", "rs2" })
            {
                cmdlets.Succeed(server, $"Disable-LvsRealServerVip {vip}");
                Assert.Empty(cmdlets.Succeed(server, "Get-LvsRealServerVip"));
                Assert.All(cmdlets.Succeed(server, "Get-LvsArpPolicy"), policy => Assert.Equal(LvsArpIgnore.AnyLocal, ((LvsArpPolicy)policy.BaseObject).Ignore));
            }

            Topology.RunIn("director", "ip", "address", "delete", prefix, "dev", "eth0");
        }
    }

    [Fact]
    public void Nat_answers_through_the_director_and_connections_are_listed_by_every_filter()
    {
        NamespaceThread.RequireIpvs();
        Topology.RunIn("director", "ip", "address", "add", "198.51.100.10/32", "dev", "eth1");
        Topology.RunIn("director", "sysctl", "-qw", "net.ipv4.ip_forward=1");
        try
        {
            cmdlets.Succeed("director", "New-LvsVirtualService 198.51.100.10:8080 -Scheduler rr; Add-LvsRealServer 198.51.100.10:8080 192.0.2.21:80, 192.0.2.22:80 -Forwarding Nat");

            AnswersComeEvenly("http://198.51.100.10:8080/");

            Assert.True(Counted("198.51.100.10:8080").OutgoingPackets > 0, "replies pass through the director");
            Assert.Equal(Requests, Count("Get-LvsConnection 198.51.100.10:8080"));
            Assert.Equal(Requests / 2, Count("Get-LvsConnection 198.51.100.10:8080 -RealServer 192.0.2.21"));
            Assert.Equal(Requests / 2, Count("Get-LvsVirtualService 198.51.100.10:8080 | Get-LvsConnection 192.0.2.22:80"));
            Assert.Equal(Requests / 2, Count("Get-LvsRealServer 198.51.100.10:8080 192.0.2.22 | Get-LvsConnection"));
            Assert.Equal(Requests, Count("Get-LvsConnection 198.51.100.10:8080 -ClientAddress 198.51.100.100"));
            Assert.Equal(0, Count("Get-LvsConnection 198.51.100.10:* -RealServer 192.0.2.21 -State Established"));
            Assert.Equal(Requests, Count("Get-LvsConnection 198.51.100.10:8080 -State TimeWait"));
            Assert.Equal(0, Count("Get-LvsConnection udp/*"));

            cmdlets.Succeed("director", "Reset-LvsStatistics 198.51.100.10:8080");
            Assert.Equal(0ul, ((LvsTrafficStatistics)cmdlets.Succeed("director", "Get-LvsStatistics 198.51.100.10:8080")[0].BaseObject).Connections);
        }
        finally
        {
            Topology.RunIn("director", "sysctl", "-qw", "net.ipv4.ip_forward=0");
            Topology.RunIn("director", "ip", "address", "delete", "198.51.100.10/32", "dev", "eth1");
        }

        int Count(string script) => cmdlets.Succeed("director", script).Count;
    }

    // The kernel sums its counters up every two seconds, so they lag behind.
    private LvsTrafficStatistics Counted(string service)
    {
        Stopwatch watch = Stopwatch.StartNew();
        LvsTrafficStatistics counted;
        do
        {
            counted = (LvsTrafficStatistics)Assert.Single(cmdlets.Succeed("director", $"Get-LvsStatistics {service} -Scope VirtualService")).BaseObject;
        }
        while (counted.Connections < Requests && watch.Elapsed < TimeSpan.FromSeconds(10));

        Assert.Equal((ulong)Requests, counted.Connections);
        return counted;
    }

    private static void AnswersComeEvenly(string url)
    {
        string[] answers = [.. Enumerable.Range(0, Requests).Select(_ => Topology.Http("client", url))];
        Assert.Equal(Requests / 2, answers.Count(answer => answer == "rs1"));
        Assert.Equal(Requests / 2, answers.Count(answer => answer == "rs2"));
    }
}
