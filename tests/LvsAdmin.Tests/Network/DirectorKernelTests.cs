using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Network;

[Trait("Level", "Kernel")]
public sealed class DirectorKernelTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_parameter_of_this_kernel_is_known_and_takes_its_default()
    {
        using NetworkNamespaceFixture fixture = Fixture();
        await using LocalHost host = new(fixture.Name);
        IReadOnlyList<LvsKernelParameter> all = await KernelParameters.ReadAsync(host, Stop);
        Assert.Contains(all, each => each.Name == "conntrack");
        Assert.All(all, each => Assert.NotEqual("", each.Description));
        Assert.All(all, each => Assert.NotEqual(false, each.IsDefault));
        foreach (LvsKernelParameter each in all.Where(each => each.Default is not null && each.Name != "debug_level"))
        {
            await host.WriteFileAsync($"/proc/sys/net/ipv4/vs/{each.Name}", $"{each.Text}\n", Stop);
        }
    }

    [Theory]
    [InlineData("conntrack", true, "1")]
    [InlineData("sync_threshold", "5 100", "5\t100")]
    [InlineData("sync_ports", 4, "4")]
    [InlineData("am_droprate", 20, "20")]
    [InlineData("drop_entry", 1, "1")]
    [InlineData("sync_refresh_period", 10, "10")]
    public async Task A_parameter_is_set_in_its_namespace_alone_and_then_is_no_change(string name, object value, string text)
    {
        using NetworkNamespaceFixture fixture = Fixture();
        await using LocalHost host = new(fixture.Name);
        string outside = await File.ReadAllTextAsync($"/proc/sys/net/ipv4/vs/{name}", Stop);
        await HostPlan.ApplyAsync(await KernelParameters.PlanSetAsync(host, name, value, Stop), Stop);
        Assert.Equal(text, fixture.Shell($"cat /proc/sys/net/ipv4/vs/{name}").Trim());
        Assert.Empty(await KernelParameters.PlanSetAsync(host, name, value, Stop));
        Assert.Equal(outside, await File.ReadAllTextAsync($"/proc/sys/net/ipv4/vs/{name}", Stop));
    }

    [Theory]
    [InlineData("sync_ports", "3")]
    [InlineData("sync_threshold", "50 3")]
    [InlineData("sync_retries", "4")]
    [InlineData("drop_entry", "4")]
    public async Task What_is_refused_beforehand_is_what_the_kernel_refuses(string name, string value)
    {
        using NetworkNamespaceFixture fixture = Fixture();
        await using LocalHost host = new(fixture.Name);
        await Assert.ThrowsAsync<LvsValidationException>(async () => await KernelParameters.PlanSetAsync(host, name, value, Stop));
        LvsHostException refused = await Assert.ThrowsAsync<LvsHostException>(
            async () => await host.WriteFileAsync($"/proc/sys/net/ipv4/vs/{name}", value, Stop));
        Assert.Equal(LvsHostError.ValueRefused, refused.Error);
    }

    [Fact]
    public async Task Connections_templates_and_totals_are_those_of_real_requests()
    {
        using LvsNetworkFixture network = new(needsIpvs: true);
        network.Serve();
        // NAT in one link: the real server's answers must pass the director.
        network.Director.Shell(
            "echo 1 >/proc/sys/net/ipv4/ip_forward; echo 0 >/proc/sys/net/ipv4/conf/all/send_redirects; echo 0 >/proc/sys/net/ipv4/conf/eth0/send_redirects;"
            + "ip address add 192.0.2.10/32 dev eth0;"
            + "ipvsadm -A -t 192.0.2.10:80 -s rr -p 300; ipvsadm -a -t 192.0.2.10:80 -r 192.0.2.21 -m");
        network.RealServer.Shell("ip route add 192.0.2.100/32 via 192.0.2.1");
        Assert.Equal("real server\n", network.Get("192.0.2.10"));

        await using LocalHost director = new(network.Director.Name);
        List<LvsConnection> all = await ConnectionTable.ReadAsync(director, null, Stop).ToListAsync(Stop);
        LvsConnection template = Assert.Single(all, each => each.IsTemplate);
        LvsConnection connection = Assert.Single(all, each => !each.IsTemplate);
        Assert.Equal(("192.0.2.100", "tcp/192.0.2.10:80"), (template.ClientAddress.ToString(), template.VirtualService!.ToString()));
        Assert.Equal("192.0.2.21:80", connection.RealServer.ToString());
        Assert.InRange(template.ExpiresInSeconds, 200, 360);
        string witness = network.Director.Shell("ipvsadm -Lnc");
        Assert.Contains($"192.0.2.100:{connection.ClientPort}", witness, StringComparison.Ordinal);
        Assert.Contains(connection.StateText, witness, StringComparison.Ordinal);

        // The kernel adds up every two seconds.
        LvsStatistics totals = await DirectorStatistics.ReadAsync(director, Stop);
        for (int i = 0; i < 100 && !IsWhole(totals); i++)
        {
            await Task.Delay(100, Stop);
            totals = await DirectorStatistics.ReadAsync(director, Stop);
        }

        Assert.True(IsWhole(totals), totals.ToString());

        static bool IsWhole(LvsStatistics totals) => totals is { Connections: 1, IncomingPackets: > 4, OutgoingPackets: > 3, OutgoingBytes: > 100 };
    }

    private static NetworkNamespaceFixture Fixture()
    {
        Assert.SkipUnless(Directory.Exists("/proc/sys/net/ipv4/vs"), "this kernel has no IPVS loaded: lab/lab test has it");
        return new NetworkNamespaceFixture();
    }
}
