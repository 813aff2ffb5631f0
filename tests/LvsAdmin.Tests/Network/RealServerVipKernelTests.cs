using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Network;

[Trait("Level", "Kernel")]
public sealed class RealServerVipKernelTests
{
    private const string StateOfHost =
        "ip address; ip link; ip route show table all; ip -6 route show table all; grep . /proc/sys/net/ipv4/conf/*/arp_* /proc/sys/net/ipv4/conf/*/tag /proc/sys/net/ipv4/conf/*/rp_filter";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("192.0.2.10")]
    [InlineData("2001:db8::10")]
    public async Task Enabling_for_direct_routing_and_disabling_leaves_no_trace(string address)
    {
        using NetworkNamespaceFixture fixture = new();
        LvsAddress vip = LvsAddress.Parse(address);
        await using LocalHost host = new(fixture.Name);
        string before = State(fixture);
        IReadOnlyList<string> memories = await host.ListDirectoryAsync("/run/lvsadmin", Stop);

        await EnableAsync(host, vip, LvsForwardingMethod.DirectRouting);
        Assert.Empty(await host.PlanEnableAsync(vip, LvsForwardingMethod.DirectRouting));
        LvsRealServerVip seen = Assert.Single(await RealServerVips.GetAsync(host, Stop));
        Assert.Equal((vip, vip.BitLength, "lo", LvsForwardingMethod.DirectRouting), (seen.Address, seen.PrefixLength, seen.Interface, seen.Forwarding));
        Assert.Empty(seen.Problems);
        Assert.StartsWith($"local {address} ", fixture.Shell($"ip route get {address}"), StringComparison.Ordinal);

        await HostPlan.ApplyAsync(await host.PlanDisableAsync(vip), Stop);
        Assert.Equal(before, State(fixture));
        Assert.Equal(memories, await host.ListDirectoryAsync("/run/lvsadmin", Stop));
    }

    [Fact]
    public async Task A_VIP_that_was_set_by_hand_is_answered_for_and_an_enabled_one_is_not()
    {
        using LvsNetworkFixture network = new(needsIpvs: false);
        await using LocalHost host = new(network.RealServer.Name);
        network.RealServer.Ip("address", "add", "192.0.2.10/32", "dev", "lo");
        Assert.True(network.IsAnswered("192.0.2.10"));
        Assert.Equal(2, Assert.Single(await RealServerVips.GetAsync(host, Stop)).Problems.Count);

        LvsAddress vip = LvsAddress.Parse("192.0.2.11");
        await EnableAsync(host, vip, LvsForwardingMethod.DirectRouting);
        Assert.False(network.IsAnswered("192.0.2.11"));
        Assert.False(network.IsAnswered("192.0.2.10"));
        Assert.True(network.IsAnswered("192.0.2.21"));
        Assert.All(await RealServerVips.GetAsync(host, Stop), each => Assert.Empty(each.Problems));
    }

    [Fact]
    public async Task An_enabled_VIP_is_silent_where_the_link_has_level_3_already()
    {
        using LvsNetworkFixture network = new(needsIpvs: false);
        network.RealServer.Shell("echo 3 >/proc/sys/net/ipv4/conf/eth0/arp_ignore");
        await using LocalHost host = new(network.RealServer.Name);
        await EnableAsync(host, LvsAddress.Parse("192.0.2.10"), LvsForwardingMethod.DirectRouting);
        Assert.False(network.IsAnswered("192.0.2.10"));
        Assert.True(network.IsAnswered("192.0.2.21"));
        Assert.Empty(Assert.Single(await RealServerVips.GetAsync(host, Stop)).Problems);
    }

    [Fact]
    public async Task A_tunnel_that_the_kernel_cannot_make_is_an_error_and_changes_nothing()
    {
        using NetworkNamespaceFixture fixture = new();
        await using LocalHost host = new(fixture.Name);
        Assert.SkipWhen(
            (await host.RunAsync(new ProgramInvocation("modprobe", "ipip"), Stop)).ExitCode == 0, "this kernel has the module ipip, so it cannot be missed");
        string before = State(fixture);
        LvsHostException failed = await Assert.ThrowsAsync<LvsHostException>(
            async () => await EnableAsync(host, LvsAddress.Parse("192.0.2.10"), LvsForwardingMethod.Tunnel));
        Assert.Equal(LvsHostError.ModuleNotLoaded, failed.Error);
        Assert.Equal(before, State(fixture));
    }

    // A device that was up once keeps its queue: it reads noqueue, and never noop again.
    private static string State(NetworkNamespaceFixture fixture) => fixture.Shell(StateOfHost).Replace("qdisc noop ", "qdisc noqueue ", StringComparison.Ordinal);

    private static async Task EnableAsync(ILvsHost host, LvsAddress vip, LvsForwardingMethod method) =>
        await HostPlan.ApplyAsync(await host.PlanEnableAsync(vip, method), Stop);
}
