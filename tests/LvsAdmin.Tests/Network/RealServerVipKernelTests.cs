using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Network;

[Trait("Level", "Kernel")]
public sealed class RealServerVipKernelTests
{
    private const string StateOfHost =
        "ip address; ip link; ip route show table all; ip -6 route show table all; ip fou show 2>/dev/null; grep . /proc/sys/net/ipv4/conf/*/arp_* /proc/sys/net/ipv4/conf/*/tag /proc/sys/net/ipv4/conf/*/rp_filter";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // Each moment for direct routing; for a tunnel with all that there is to one, each third, for the lab's time. Each of every method has its test in memory.
    [Theory]
    [InlineData(LvsForwardingMethod.DirectRouting, LvsTunnelType.Ipip, 0, 1)]
    [InlineData(LvsForwardingMethod.Tunnel, LvsTunnelType.Gue, 6080, 3)]
    public async Task Whoever_is_killed_while_enabling_can_go_on_or_go_back(LvsForwardingMethod method, LvsTunnelType type, int port, int step)
    {
        using NetworkNamespaceFixture fixture = new();
        LvsAddress vip = LvsAddress.Parse("192.0.2.10");
        LvsVipSettings settings = new() { Forwarding = method, TunnelType = type, TunnelPort = port };
        await using LocalHost host = new(fixture.Name);
        ProgramResult loading = await host.RunAsync(new ProgramInvocation("modprobe", "-a", "ipip", "fou"), Stop);
        Assert.SkipWhen(loading.ExitCode != 0 && method == LvsForwardingMethod.Tunnel, "this kernel has no modules ipip and fou: lab/lab test has them");
        string before = State(fixture);
        IReadOnlyList<string> memories = await host.ListDirectoryAsync("/run/lvsadmin", Stop);
        DyingHost dying;
        int moment = 1;
        do
        {
            dying = new DyingHost(host, moment);
            try
            {
                await HostPlan.ApplyAsync(await dying.PlanEnableAsync(vip, settings), Stop);
            }
            catch (LvsHostException) when (dying.IsDead)
            {
                // As it is meant.
            }

            if (moment % 2 == 0)
            {
                await HostPlan.ApplyAsync(await host.PlanEnableAsync(vip, settings), Stop);
                Assert.Empty(Assert.Single(await RealServerVips.GetAsync(host, Stop)).Problems);
            }

            await HostPlan.ApplyAsync(await host.PlanDisableAsync(vip), Stop);
            Assert.True(before == State(fixture), $"killed at moment {moment}");
            Assert.Equal(memories, await host.ListDirectoryAsync("/run/lvsadmin", Stop));
            moment += step;
        }
        while (dying.IsDead);

        Assert.InRange(moment, 8, 40);
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
