using System.Net.Sockets;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Kernel;

/// <summary>The lab itself: what the other tests of this level take for granted.</summary>
[Trait("Level", "Kernel")]
[Collection(SharedTopology.Name)]
public sealed class LabTests
{
    public LabTests() => NamespaceThread.RequireIpvs();

    [Fact]
    public void The_kernel_has_ipvs()
    {
        Assert.True(Environment.OSVersion.Version >= new Version(6, 1), Environment.OSVersion.VersionString);
        Assert.StartsWith("IP Virtual Server version", File.ReadAllText("/proc/net/ip_vs"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://192.0.2.21/", "rs1")]
    [InlineData("http://192.0.2.22/", "rs2")]
    [InlineData("http://[2001:db8::21]/", "rs1")]
    [InlineData("http://[2001:db8::22]/", "rs2")]
    public void A_real_server_serves_its_name(string url, string name) => Assert.Equal(name, Topology.Http("client", url));

    [Fact]
    public void A_request_that_nobody_answers_fails()
        => Assert.ThrowsAny<SocketException>(() => Topology.Http("client", "http://192.0.2.99/", TimeSpan.FromSeconds(1)));
}
