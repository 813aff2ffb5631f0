using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Network;

[Trait("Level", "Bytes")]
public sealed class ArpPoliciesTests
{
    private readonly FakeRealServer _server = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_holds_is_the_larger_of_all_and_the_interface()
    {
        _server.SetSetting("all", "arp_ignore", 1);
        _server.SetSetting("default", "arp_ignore", 0);
        _server.SetSetting("eth0", "arp_ignore", 2);
        _server.SetSetting("eth0", "arp_announce", 2);
        Assert.Equal(
            [
                ("all", 1, 0, 1, 0),
                ("default", 0, 0, 0, 0),
                ("eth0", 2, 2, 2, 2),
                ("lo", 0, 0, 1, 0),
            ],
            (await ArpPolicies.GetAsync(_server.Host, null, Stop)).Select(policy =>
                (policy.Interface, (int)policy.Ignore, (int)policy.Announce, (int)policy.EffectiveIgnore, (int)policy.EffectiveAnnounce)));
    }

    [Fact]
    public async Task Setting_changes_what_differs_and_only_what_was_named()
    {
        _server.SetSetting("lo", "arp_ignore", 1);
        IReadOnlyList<HostChange> plan = (await ArpPolicies.PlanSetAsync(_server.Host, ["all", "lo", "all"], LvsArpIgnore.TargetOnInterface, LvsArpAnnounce.BestLocal, false, Stop)).Changes;
        Assert.Equal(
            ["net.ipv4.conf.all: arp_ignore 0 -> 1", "net.ipv4.conf.all: arp_announce 0 -> 2", "net.ipv4.conf.lo: arp_announce 0 -> 2"],
            plan.Select(change => change.ToString()));
        Assert.Empty(_server.Host.Log);
        await HostPlan.ApplyAsync(plan, Stop);
        Assert.Empty((await ArpPolicies.PlanSetAsync(_server.Host, ["all", "lo"], LvsArpIgnore.TargetOnInterface, null, false, Stop)).Changes);
        Assert.Equal(
            ["net.ipv4.conf.all: arp_ignore 1 -> 0", "net.ipv4.conf.all: arp_announce 2 -> 0"],
            (await ArpPolicies.PlanResetAsync(_server.Host, ["all", "eth0"], false, Stop)).Changes.Select(change => change.ToString()));
    }

    [Theory]
    [InlineData("eth7")]
    [InlineData("../../ip_forward")]
    public async Task An_interface_that_is_not_there_is_named_with_those_that_are(string name)
    {
        LvsHostException missing = await Assert.ThrowsAsync<LvsHostException>(
            async () => await ArpPolicies.PlanSetAsync(_server.Host, ["all", name], LvsArpIgnore.Never, null, false, Stop));
        Assert.Equal(LvsHostError.InterfaceMissing, missing.Error);
        Assert.Contains("eth0", missing.Message, StringComparison.Ordinal);
        Assert.Empty(_server.Host.Log);
    }

    [Fact]
    public async Task A_reserved_level_is_refused() => Assert.Equal(
        "InvalidArpLevel",
        (await Assert.ThrowsAsync<LvsValidationException>(
            async () => await ArpPolicies.PlanSetAsync(_server.Host, ["all"], (LvsArpIgnore)5, null, false, Stop))).Id);

    [Fact]
    public async Task A_plan_that_cannot_be_taken_back_says_what_is_left()
    {
        IReadOnlyList<HostChange> plan = (await ArpPolicies.PlanSetAsync(_server.Host, ["all"], LvsArpIgnore.TargetOnInterface, LvsArpAnnounce.BestLocal, false, Stop)).Changes;
        int writes = 0;
        _server.Host.OnWrite = (_, _) =>
        {
            if (++writes > 1)
            {
                throw new LvsHostException(LvsHostError.AccessDenied, "read-only now");
            }
        };
        LvsHostException failed = await Assert.ThrowsAsync<LvsHostException>(async () => await HostPlan.ApplyAsync(plan, Stop));
        Assert.Equal(LvsHostError.AccessDenied, failed.Error);
        Assert.Contains("still changed: net.ipv4.conf.all: arp_ignore 0 -> 1", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_takes_back_what_was_done()
    {
        using CancellationTokenSource source = new();
        _server.Host.OnWrite = (path, _) =>
        {
            if (path.EndsWith("arp_ignore", StringComparison.Ordinal))
            {
                source.Cancel();
            }
        };
        IReadOnlyList<HostChange> plan = (await ArpPolicies.PlanSetAsync(_server.Host, ["all"], LvsArpIgnore.TargetOnInterface, LvsArpAnnounce.BestLocal, false, Stop)).Changes;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await HostPlan.ApplyAsync(plan, source.Token));
        Assert.Equal(("0", "0"), (_server.GetSetting("all", "arp_ignore"), _server.GetSetting("all", "arp_announce")));
    }
}
