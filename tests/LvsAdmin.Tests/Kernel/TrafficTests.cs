using System.Diagnostics;
using LvsAdmin.Core.Ipvs;
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
            cmdlets.ClearDirector();
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
