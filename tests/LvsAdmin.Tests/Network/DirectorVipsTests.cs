using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Network;

[Trait("Level", "Bytes")]
public sealed class DirectorVipsTests
{
    private const string Other = "02:00:00:00:00:99";

    private readonly FakeDirector _director = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_IPv4_VIP_is_asked_for_added_where_its_link_is_and_announced()
    {
        LvsVipPlan plan = await PlanAsync("192.0.2.10");
        Assert.Equal(["interface eth0: address (none) -> 192.0.2.10/32", "interface eth0: gratuitous ARP (none) -> 192.0.2.10"], plan.Changes.Select(change => change.ToString()));
        Assert.Contains("arping -D -c 2 -w 2 -I eth0 192.0.2.10", _director.Host.Log);
        Assert.Empty(plan.Warnings);
        Assert.DoesNotContain("192.0.2.10/32", _director.On("eth0"));

        await HostPlan.ApplyAsync(plan.Changes, Stop);
        Assert.Equal(["192.0.2.1/24", "2001:db8::1/64", "192.0.2.10/32"], _director.On("eth0"));
        Assert.Equal(["192.0.2.10"], _director.Announced);
        LvsDirectorVip seen = Assert.Single(await DirectorVips.FindAsync(_director.Host, LvsAddress.Parse("192.0.2.10"), Stop));
        Assert.Equal(("eth0", 32, "02:00:00:00:00:01", true), (seen.Interface, seen.PrefixLength, seen.MacAddress, seen.InterfaceUp));
    }

    [Fact]
    public async Task An_IPv6_VIP_is_deprecated_and_announced_by_the_kernel_with_settings_that_last_only_so_long()
    {
        LvsVipPlan plan = await PlanAsync("2001:db8::10");
        Assert.Equal(
            [
                "net.ipv6.conf.eth0: accept_dad 1 -> 0",
                "net.ipv6.conf.eth0: ndisc_notify 0 -> 1",
                "interface eth0: address (none) -> 2001:db8::10/128 deprecated, announced",
                "net.ipv6.conf.eth0: ndisc_notify 1 -> 0",
                "net.ipv6.conf.eth0: accept_dad 0 -> 1",
            ],
            plan.Changes.Select(change => change.ToString()));
        await HostPlan.ApplyAsync(plan.Changes, Stop);
        Assert.Contains("2001:db8::10/128 deprecated nodad", _director.On("eth0"));
        Assert.Equal(["2001:db8::10"], _director.Announced);
    }

    [Theory]
    [InlineData("192.0.2.10")]
    [InlineData("2001:db8::10")]
    public async Task A_VIP_that_another_host_answers_for_is_refused_and_taken_over_only_by_force(string vip)
    {
        _director.Neighbours[vip] = Other;
        LvsHostException refused = await Assert.ThrowsAsync<LvsHostException>(() => PlanAsync(vip));
        Assert.Equal(LvsHostError.AddressInUse, refused.Error);
        Assert.Contains(Other, refused.Message, StringComparison.Ordinal);

        LvsVipPlan forced = await PlanAsync(vip, new LvsDirectorVipSettings { TakeOver = true });
        Assert.Contains($"taken over from {Other}", Assert.Single(forced.Warnings), StringComparison.Ordinal);
        await HostPlan.ApplyAsync(forced.Changes, Stop);
        Assert.Equal([vip], _director.Announced);
    }

    [Fact]
    public async Task Without_a_usable_arping_the_kernel_asks_and_a_warning_names_the_package()
    {
        _director.Arping = "busybox";
        Assert.Empty((await PlanAsync("192.0.2.10")).Warnings);
        _director.Arping = null;
        LvsVipPlan plan = await PlanAsync("192.0.2.10");
        Assert.Contains("package iputils-arping", Assert.Single(plan.Warnings), StringComparison.Ordinal);
        Assert.Equal("interface eth0: address (none) -> 192.0.2.10/32", Assert.Single(plan.Changes).ToString());
        _director.Neighbours["192.0.2.10"] = Other;
        Assert.Equal(LvsHostError.AddressInUse, (await Assert.ThrowsAsync<LvsHostException>(() => PlanAsync("192.0.2.10"))).Error);
    }

    [Theory]
    [InlineData("203.0.113.10", null, LvsHostError.InterfaceMissing, "-Interface")]
    [InlineData("192.0.2.10", "eth7", LvsHostError.InterfaceMissing, "eth0, eth1, lo")]
    [InlineData("192.0.2.1", null, LvsHostError.AddressConflict, "-PrefixLength 24")]
    [InlineData("198.51.100.10", null, LvsHostError.AddressConflict, "Disable-LvsRealServerVip")]
    [InlineData("192.0.2.11", "eth1", LvsHostError.AddressConflict, "Disable-LvsDirectorVip")]
    [InlineData("2001:db8::11", null, LvsHostError.AddressConflict, "not deprecated")]
    public async Task What_stands_in_the_way_is_an_error_with_what_to_do(string vip, string? interfaceName, LvsHostError error, string words)
    {
        _director.Add("lo", "198.51.100.10/32");
        _director.Add("eth0", "192.0.2.11/32");
        _director.Add("eth0", "2001:db8::11/128");
        LvsHostException refused = await Assert.ThrowsAsync<LvsHostException>(() => PlanAsync(vip, new LvsDirectorVipSettings { Interface = interfaceName }));
        Assert.Equal(error, refused.Error);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interface_that_is_down_or_without_IPv6_cannot_hold_one()
    {
        _director["/proc/sys/net/ipv6/conf/eth0/disable_ipv6"] = 1;
        Assert.Contains("disable_ipv6=0", (await Assert.ThrowsAsync<LvsHostException>(() => PlanAsync("2001:db8::10"))).Message, StringComparison.Ordinal);
        _director.IsUp = false;
        LvsHostException down = await Assert.ThrowsAsync<LvsHostException>(() => PlanAsync("192.0.2.10", new LvsDirectorVipSettings { Interface = "eth0" }));
        Assert.Equal((LvsHostError.InterfaceUnsuitable, true), (down.Error, down.Message.Contains("is down", StringComparison.Ordinal)));
        Assert.Equal("InvalidPrefixLength", (await Assert.ThrowsAsync<LvsValidationException>(() => PlanAsync("192.0.2.10", new LvsDirectorVipSettings { PrefixLength = 33 }))).Id);
        Assert.Equal("InvalidVip", (await Assert.ThrowsAsync<LvsValidationException>(() => PlanAsync("224.0.0.1"))).Id);
    }

    [Fact]
    public async Task Disabling_leaves_alone_what_is_the_hosts_own()
    {
        _director.Add("lo", "198.51.100.10/32");
        _director.Add("eth0", "192.0.2.11/32");
        // The only address of its family there: a machine in a cloud has it so.
        _director.Add("eth1", "2001:db8:1::1/128");
        foreach ((string vip, string words) in new[] { ("192.0.2.1", "left alone"), ("198.51.100.10", "Disable-LvsRealServerVip"), ("2001:db8:1::1", "only address") })
        {
            LvsHostException refused = await Assert.ThrowsAsync<LvsHostException>(async () => await DirectorVips.PlanDisableAsync(_director.Host, LvsAddress.Parse(vip), Stop));
            Assert.Equal((LvsHostError.AddressConflict, true), (refused.Error, refused.Message.Contains(words, StringComparison.Ordinal)));
        }

        Assert.Equal("interface eth0: address 192.0.2.11/32 -> (none)", Assert.Single(await DirectorVips.PlanDisableAsync(_director.Host, LvsAddress.Parse("192.0.2.11"), Stop)).ToString());
        await HostPlan.ApplyAsync((await PlanAsync("192.0.2.12", new LvsDirectorVipSettings { PrefixLength = 24 })).Changes, Stop);
        await DisableAsync("192.0.2.12");
        Assert.DoesNotContain("192.0.2.12/24", _director.On("eth0"));
        Assert.Empty(await DirectorVips.PlanDisableAsync(_director.Host, LvsAddress.Parse("192.0.2.12"), Stop));
    }

    [Theory]
    [InlineData("192.0.2.10")]
    [InlineData("2001:db8::10")]
    public async Task Whoever_is_killed_at_any_step_can_go_on_or_go_back(string vip)
    {
        string before = _director.Snapshot;
        bool finished = false;
        int step = 0;
        for (; !finished; step++)
        {
            finished = await DieAsync(step, async host => (await PlanAsync(vip, host: host)).Changes);
            if (step % 2 == 0)
            {
                int announced = _director.Announced.Count;
                bool wasThere = finished || (await PlanAsync(vip)).Changes.Count == 0;
                await HostPlan.ApplyAsync((await PlanAsync(vip)).Changes, Stop);
                Assert.True(wasThere || _director.Announced.Count > announced, $"not announced after {step} operations");
                Assert.Empty((await PlanAsync(vip)).Changes);
                Assert.Equal((1, 0), (_director["/proc/sys/net/ipv6/conf/eth0/accept_dad"], _director["/proc/sys/net/ipv6/conf/eth0/ndisc_notify"]));
            }

            await DisableAsync(vip);
            Assert.True(before == _director.Snapshot, $"killed at operation {step} of enabling:\n{_director.Snapshot}");
        }

        Assert.True(step > 5, $"only {step} operations");
        for (step = 0, finished = false; !finished; step++)
        {
            await HostPlan.ApplyAsync((await PlanAsync(vip)).Changes, Stop);
            finished = await DieAsync(step, async host => await DirectorVips.PlanDisableAsync(host, LvsAddress.Parse(vip), Stop));
            await DisableAsync(vip);
            Assert.True(before == _director.Snapshot, $"killed at operation {step} of disabling:\n{_director.Snapshot}");
        }
    }

    private async Task<LvsVipPlan> PlanAsync(string vip, LvsDirectorVipSettings? settings = null, ILvsHost? host = null) =>
        await DirectorVips.PlanEnableAsync(host ?? _director.Host, LvsAddress.Parse(vip), settings ?? new LvsDirectorVipSettings(), Stop);

    private async Task DisableAsync(string vip) => await HostPlan.ApplyAsync(await DirectorVips.PlanDisableAsync(_director.Host, LvsAddress.Parse(vip), Stop), Stop);

    private async Task<bool> DieAsync(int operations, Func<ILvsHost, Task<IReadOnlyList<HostChange>>> plan)
    {
        DyingHost dying = new(_director.Host, operations);
        try
        {
            await HostPlan.ApplyAsync(await plan(dying), Stop);
        }
        catch (LvsHostException) when (dying.IsDead)
        {
        }

        return !dying.IsDead;
    }
}
