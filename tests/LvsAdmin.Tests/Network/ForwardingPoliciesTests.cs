using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Network;

[Trait("Level", "Bytes")]
public sealed class ForwardingPoliciesTests
{
    private const string V4 = "/proc/sys/net/ipv4/conf";
    private const string V6 = "/proc/sys/net/ipv6/conf";
    private const string Boot = "/etc/sysctl.d/90-lvsadmin-forwarding.conf";

    private readonly FakeDirector _director = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_plan_shows_every_value_the_kernel_will_change_with_the_switch_last()
    {
        _director[$"{V4}/eth1/send_redirects"] = 0;
        _director[$"{V4}/eth0/forwarding"] = 1;
        LvsForwardingPlan plan = await ForwardingPolicies.PlanEnableAsync(_director.Host, LvsAddressFamily.IPv4, [], false, Stop);
        Assert.Equal(
            [
                "net.ipv4.conf.all: send_redirects 1 -> 0",
                "net.ipv4.conf.default: send_redirects 1 -> 0",
                "net.ipv4.conf.eth0: send_redirects 1 -> 0",
                "net.ipv4.conf.lo: send_redirects 1 -> 0",
                "net.ipv4.conf.default: forwarding 0 -> 1",
                "net.ipv4.conf.eth1: forwarding 0 -> 1",
                "net.ipv4.conf.lo: forwarding 0 -> 1",
                "net.ipv4.conf.all: accept_redirects 1 -> 0",
                "net.ipv4.conf.all: forwarding 0 -> 1",
            ],
            plan.Changes.Where(change => !change.IsNote).Select(change => change.ToString()));
    }

    [Theory]
    [InlineData(LvsAddressFamily.IPv4)]
    [InlineData(LvsAddressFamily.IPv6)]
    public async Task Whoever_is_killed_at_any_step_can_go_on_or_go_back(LvsAddressFamily family)
    {
        MakeOdd();
        string before = _director.Snapshot;
        bool finished = false;
        int step = 0;
        for (; !finished; step++)
        {
            finished = await DieAsync(step, host => ForwardingPolicies.PlanEnableAsync(host, family, [], false, Stop));
            if (step % 2 == 0)
            {
                await EnableAsync(family);
                Assert.True((await ForwardingPolicies.GetAsync(_director.Host, family, Stop)).Forwarding);
                Assert.Empty((await ForwardingPolicies.PlanEnableAsync(_director.Host, family, [], false, Stop)).Changes);
            }

            await DisableAsync(family);
            Assert.True(before == _director.Snapshot, $"killed at operation {step} of enabling:\n{_director.Snapshot}");
        }

        Assert.True(step > 10, $"only {step} operations");
        for (step = 0, finished = false; !finished; step++)
        {
            await EnableAsync(family);
            finished = await DieAsync(step, host => ForwardingPolicies.PlanDisableAsync(host, family, Stop));
            if (step % 2 == 0)
            {
                await EnableAsync(family);
                Assert.True((await ForwardingPolicies.GetAsync(_director.Host, family, Stop)).Forwarding);
            }

            await DisableAsync(family);
            Assert.True(before == _director.Snapshot, $"killed at operation {step} of disabling:\n{_director.Snapshot}");
        }
    }

    [Theory]
    [InlineData(LvsAddressFamily.IPv4)]
    [InlineData(LvsAddressFamily.IPv6)]
    public async Task A_step_that_fails_takes_all_back(LvsAddressFamily family)
    {
        MakeOdd();
        string before = _director.Snapshot;
        LvsForwardingPlan plan = await ForwardingPolicies.PlanEnableAsync(_director.Host, family, [], false, Stop);
        HostChange failing = new("test", "step", null, null, _ => throw new LvsHostException("no"), _ => ValueTask.CompletedTask);
        await Assert.ThrowsAsync<LvsHostException>(async () => await HostPlan.ApplyAsync([.. plan.Changes, failing], Stop));
        Assert.Equal(before, _director.Snapshot);

        await EnableAsync(family);
        string enabled = _director.Snapshot;
        plan = await ForwardingPolicies.PlanDisableAsync(_director.Host, family, Stop);
        await Assert.ThrowsAsync<LvsHostException>(async () => await HostPlan.ApplyAsync([.. plan.Changes, failing], Stop));
        Assert.Equal(enabled, _director.Snapshot);
    }

    [Fact]
    public async Task Interfaces_that_live_by_router_advertisements_go_on_listening()
    {
        _director.Advertised = "eth0";
        await EnableAsync(LvsAddressFamily.IPv6);
        Assert.Equal((2, 1), (_director[$"{V6}/eth0/accept_ra"], _director[$"{V6}/eth1/accept_ra"]));
        int listening = _director.Host.Log.IndexOf($"write {V6}/eth0/accept_ra 2");
        int forwarding = _director.Host.Log.FindIndex(line => line.EndsWith("/forwarding 1", StringComparison.Ordinal));
        Assert.True(listening >= 0 && listening < forwarding, "the route would be gone before");
        Assert.Equal("eth0", Assert.Single((await ForwardingPolicies.GetAsync(_director.Host, LvsAddressFamily.IPv6, Stop)).AdvertisedInterfaces));
    }

    [Fact]
    public async Task What_survives_a_boot_is_a_file_of_ours_that_knows_what_was_before()
    {
        FakeDirector host = new(networkNamespace: null);
        FakeHost machine = host.Host;
        await ApplyAsync(await ForwardingPolicies.PlanEnableAsync(machine, LvsAddressFamily.IPv4, [], true, Stop));
        await ApplyAsync(await ForwardingPolicies.PlanEnableAsync(machine, LvsAddressFamily.IPv6, [], true, Stop));
        Assert.Contains("# before: 0\nnet/ipv4/conf/all/forwarding = 1\n", host.Host.Files[Boot], StringComparison.Ordinal);
        Assert.Contains("# before: 1\n-net/ipv4/conf/eth0/send_redirects = 0\n", host.Host.Files[Boot], StringComparison.Ordinal);
        Assert.Empty((await ForwardingPolicies.PlanEnableAsync(machine, LvsAddressFamily.IPv4, [], true, Stop)).Changes);

        FakeDirector booted = host.Boot();
        FakeHost next = booted.Host;
        Assert.Equal((1, 0, 0), (booted[$"{V4}/eth1/forwarding"], booted[$"{V4}/eth1/send_redirects"], booted[$"{V4}/all/accept_redirects"]));
        Assert.Empty((await ForwardingPolicies.PlanEnableAsync(next, LvsAddressFamily.IPv4, [], true, Stop)).Changes);
        await ApplyAsync(await ForwardingPolicies.PlanDisableAsync(next, LvsAddressFamily.IPv4, Stop));
        Assert.Contains("net/ipv6/conf/all/forwarding = 1", booted.Host.Files[Boot], StringComparison.Ordinal);
        Assert.DoesNotContain("ipv4", booted.Host.Files[Boot], StringComparison.Ordinal);
        await ApplyAsync(await ForwardingPolicies.PlanDisableAsync(next, LvsAddressFamily.IPv6, Stop));
        Assert.Equal(new FakeDirector().Snapshot, booted.Snapshot);

        LvsHostException refused = await Assert.ThrowsAsync<LvsHostException>(
            async () => await ForwardingPolicies.PlanEnableAsync(_director.Host, LvsAddressFamily.IPv4, [], true, Stop));
        Assert.Equal(LvsHostError.PersistenceInNamespace, refused.Error);
    }

    [Fact]
    public async Task An_interface_that_is_not_there_is_an_error()
    {
        LvsHostException refused = await Assert.ThrowsAsync<LvsHostException>(
            async () => await ForwardingPolicies.PlanEnableAsync(_director.Host, LvsAddressFamily.IPv4, ["all"], false, Stop));
        Assert.Equal(LvsHostError.InterfaceMissing, refused.Error);
    }

    private void MakeOdd()
    {
        _director[$"{V4}/eth0/forwarding"] = 1;
        _director[$"{V4}/eth1/send_redirects"] = 0;
        _director[$"{V4}/all/accept_redirects"] = 0;
        _director[$"{V6}/eth1/forwarding"] = 1;
        _director.Advertised = "eth0";
    }

    private async Task EnableAsync(LvsAddressFamily family) => await ApplyAsync(await ForwardingPolicies.PlanEnableAsync(_director.Host, family, [], false, Stop));

    private async Task DisableAsync(LvsAddressFamily family) => await ApplyAsync(await ForwardingPolicies.PlanDisableAsync(_director.Host, family, Stop));

    private static async Task ApplyAsync(LvsForwardingPlan plan) => await HostPlan.ApplyAsync(plan.Changes, Stop);

    private async Task<bool> DieAsync(int operations, Func<ILvsHost, ValueTask<LvsForwardingPlan>> plan)
    {
        DyingHost dying = new(_director.Host, operations);
        try
        {
            await ApplyAsync(await plan(dying));
        }
        catch (LvsHostException) when (dying.IsDead)
        {
        }

        return !dying.IsDead;
    }
}
