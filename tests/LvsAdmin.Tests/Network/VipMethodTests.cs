using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Network;

/// <summary>VIPs by every method, on a real server in memory: what is done, in which order, and that all of it is undone, wherever one is killed.</summary>
[Trait("Level", "Bytes")]
public sealed class VipMethodTests
{
    private static readonly LvsAddress Vip = LvsAddress.Parse("192.0.2.10");
    private static readonly LvsAddress VipV6 = LvsAddress.Parse("2001:db8::10");
    private static readonly LvsAddress Rip = LvsAddress.Parse("192.0.2.21");
    private static readonly LvsAddress RipV6 = LvsAddress.Parse("2001:db8::21");
    private readonly FakeRealServer _server = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static Dictionary<string, (LvsAddress Vip, LvsVipSettings Settings)> Methods { get; } = new()
    {
        ["direct routing"] = (Vip, new LvsVipSettings()),
        ["direct routing v6"] = (VipV6, new LvsVipSettings()),
        ["ipip"] = (Vip, Tunnel(LvsTunnelType.Ipip)),
        ["v6 in v6"] = (VipV6, Tunnel(LvsTunnelType.Ipip)),
        ["v6 in v4"] = (VipV6, Tunnel(LvsTunnelType.Ipip) with { RealServerAddress = Rip }),
        ["v4 in v6"] = (Vip, Tunnel(LvsTunnelType.Ipip) with { RealServerAddress = RipV6 }),
        ["gre"] = (Vip, Tunnel(LvsTunnelType.Gre)),
        ["gre v6"] = (VipV6, Tunnel(LvsTunnelType.Gre)),
        ["gre checksum"] = (Vip, Tunnel(LvsTunnelType.Gre) with { TunnelChecksum = LvsTunnelChecksum.Checksum }),
        ["gue"] = (Vip, Tunnel(LvsTunnelType.Gue) with { TunnelPort = 6080 }),
        ["gue v6"] = (VipV6, Tunnel(LvsTunnelType.Gue) with { TunnelPort = 6080 }),
        ["gue v4 in v6"] = (Vip, Tunnel(LvsTunnelType.Gue) with { TunnelPort = 6080, RealServerAddress = RipV6 }),
        ["nat"] = (Vip, Nat("192.0.2.1")),
        ["nat one service"] = (Vip, Nat("192.0.2.1") with { Protocol = LvsProtocol.Tcp, Port = 80 }),
        ["nat v6"] = (VipV6, Nat("2001:db8::1")),
        ["nat default route"] = (Vip, Nat("192.0.2.1") with { Route = LvsNatRoute.Default }),
        ["nat default route v6"] = (VipV6, Nat("2001:db8::1") with { Route = LvsNatRoute.Default }),
    };

    public static TheoryData<string> MethodNames => [.. Methods.Keys];

    [Theory]
    [MemberData(nameof(MethodNames))]
    public async Task Enabling_twice_is_enabling_once_and_disabling_brings_everything_back(string method)
    {
        (LvsAddress vip, LvsVipSettings settings) = Methods[method];
        await LoadModulesAsync();
        _server.AddDefault("-4", "via 192.0.2.254 dev eth0 proto static");
        _server.AddDefault("-6", "via fe80::1 dev eth0 proto ra metric 1024");
        string before = _server.Snapshot;
        await EnableAsync(vip, settings);
        Assert.NotEqual(before, _server.Snapshot);
        Assert.Empty(await _server.Host.PlanEnableAsync(vip, settings));
        LvsRealServerVip seen = Assert.Single(await RealServerVips.GetAsync(_server.Host, Stop));
        Assert.Equal((vip, settings.Forwarding, settings.Director), (seen.Address, seen.Forwarding, seen.Director));
        Assert.Equal(settings.Forwarding == LvsForwardingMethod.Tunnel ? settings.TunnelType : null, seen.TunnelType);
        Assert.Equal(settings.TunnelPort == 0 ? null : settings.TunnelPort, seen.TunnelPort);
        Assert.Empty(seen.Problems);

        await DisableAsync(vip);
        Assert.Equal(before, _server.Snapshot);
        Assert.Empty(await _server.Host.PlanDisableAsync(vip));
    }

    [Theory]
    [MemberData(nameof(MethodNames))]
    public async Task Whatever_moment_one_is_killed_at_disabling_or_enabling_leaves_a_clean_state(string method)
    {
        (LvsAddress vip, LvsVipSettings settings) = Methods[method];
        await LoadModulesAsync();
        _server.AddDefault("-4", "via 192.0.2.254 dev eth0 proto static");
        string before = _server.Snapshot;
        await EnableAsync(vip, settings);
        string enabled = Untagged(_server.Snapshot);
        await DisableAsync(vip);
        foreach (bool goesOn in new[] { false, true })
        {
            for (int moment = 0; ; moment++)
            {
                DyingHost dying = new(_server.Host, moment);
                await AttemptAsync(async () => await HostPlan.ApplyAsync(await dying.PlanEnableAsync(vip, settings), Stop));
                if (goesOn)
                {
                    await EnableAsync(vip, settings);
                    Assert.Equal(enabled, Untagged(_server.Snapshot));
                }

                await DisableAsync(vip);
                Assert.Equal(before, _server.Snapshot);
                if (!dying.IsDead)
                {
                    Assert.True(moment > 3);
                    break;
                }
            }
        }

        for (int moment = 0; ; moment++)
        {
            await EnableAsync(vip, settings);
            DyingHost dying = new(_server.Host, moment);
            await AttemptAsync(async () => await HostPlan.ApplyAsync(await dying.PlanDisableAsync(vip), Stop));
            await DisableAsync(vip);
            Assert.Equal(before, _server.Snapshot);
            if (!dying.IsDead)
            {
                Assert.True(moment > 3);
                break;
            }
        }
    }

    [Theory]
    [InlineData("v4 in v6", "ip link add lvs4in6 type ip6tnl mode any local 2001:db8::21 remote any|write /proc/sys/net/ipv4/conf/all/arp_ignore 1|write /proc/sys/net/ipv4/conf/all/arp_announce 2|write /proc/sys/net/ipv4/conf/lvs4in6/rp_filter 2|ip link set dev lvs4in6 up|ip address add 192.0.2.10/32 dev lvs4in6 scope global")]
    [InlineData("v6 in v4", "modprobe sit|ip link set dev sit0 up|ip address add 2001:db8::10/128 dev sit0 scope global nodad preferred_lft 0")]
    [InlineData("gre checksum", "ip link add lvsgre type gre local 192.0.2.21 remote any icsum|write /proc/sys/net/ipv4/conf/all/arp_ignore 1|write /proc/sys/net/ipv4/conf/all/arp_announce 2|write /proc/sys/net/ipv4/conf/lvsgre/rp_filter 2|ip link set dev lvsgre up|ip address add 192.0.2.10/32 dev lvsgre scope global")]
    [InlineData("gue v6", "modprobe ip6_tunnel|ip -json fou show|modprobe fou|ip -6 fou add port 6080 gue|ip link set dev ip6tnl0 up|ip address add 2001:db8::10/128 dev ip6tnl0 scope global nodad preferred_lft 0")]
    [InlineData("nat", "ip -4 route add default via 192.0.2.1 dev eth0 table 5000|ip -4 route add throw 192.0.2.0/24 table 5000|ip -4 rule add from 192.0.2.21 lookup 5000 priority 5000")]
    [InlineData("nat one service", "ip -4 route add default via 192.0.2.1 dev eth0 table 5000|ip -4 rule add from 192.0.2.21 ipproto tcp sport 80 lookup 5000 priority 5000")]
    [InlineData("nat v6", "write /proc/sys/net/ipv6/conf/eth0/accept_redirects 0|ip -6 route add default via 2001:db8::1 dev eth0 table 5000|ip -6 route add throw 2001:db8::/64 table 5000|ip -6 rule add from 2001:db8::21 lookup 5000 priority 5000")]
    [InlineData("nat default route", "ip -4 route replace default via 192.0.2.1 dev eth0")]
    [InlineData("nat default route v6", "write /proc/sys/net/ipv6/conf/eth0/accept_redirects 0|ip -6 route replace default via 2001:db8::1 dev eth0 metric 1")]
    public async Task Each_method_takes_its_steps_in_this_order(string method, string steps)
    {
        (LvsAddress vip, LvsVipSettings settings) = Methods[method];
        await EnableAsync(vip, settings);
        string[] expected = [.. steps.Split('|').Where(step => !step.Contains("show", StringComparison.Ordinal))];
        Assert.Equal(expected, _server.Changes.Where(line =>
            !line.Contains("/run/lvsadmin", StringComparison.Ordinal) && !line.Contains("conf/lo/tag", StringComparison.Ordinal) && !line.Contains("route get", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_two_VIPs_need_stays_until_both_are_gone_and_what_one_needs_goes_with_it()
    {
        await LoadModulesAsync();
        string before = _server.Snapshot;
        LvsAddress direct = LvsAddress.Parse("192.0.2.11");
        await EnableAsync(Vip, Tunnel(LvsTunnelType.Gue) with { TunnelPort = 6080 });
        await EnableAsync(direct, new LvsVipSettings());
        string withBoth = _server.Snapshot;
        await DisableAsync(Vip);
        Assert.Equal(("1", "2", "0"), (_server.GetSetting("all", "arp_ignore"), _server.GetSetting("all", "arp_announce"), _server.GetSetting("tunl0", "rp_filter")));
        Assert.Contains("tunl0 False", _server.Snapshot, StringComparison.Ordinal);
        Assert.DoesNotContain("6080", _server.Snapshot, StringComparison.Ordinal);
        Assert.NotEqual(before, _server.Snapshot);
        Assert.NotEqual(withBoth, _server.Snapshot);
        await DisableAsync(direct);
        Assert.Equal(before, _server.Snapshot);
    }

    [Fact]
    public async Task An_address_that_was_there_before_is_no_reason_to_keep_the_policy_and_one_that_came_by_hand_is()
    {
        _server.AddAddress("lo", "192.0.2.99/32", "global");
        string before = _server.Snapshot;
        await EnableAsync(Vip, new LvsVipSettings());
        await DisableAsync(Vip);
        Assert.Equal(before, _server.Snapshot);

        await EnableAsync(Vip, new LvsVipSettings());
        _server.AddAddress("lo", "192.0.2.98/32", "global");
        LvsVipPlan plan = await RealServerVips.PlanDisableAsync(_server.Host, Vip, Stop);
        Assert.Contains("192.0.2.98", Assert.Single(plan.Warnings), StringComparison.Ordinal);
        Assert.DoesNotContain("192.0.2.99", plan.Warnings[0], StringComparison.Ordinal);
        await HostPlan.ApplyAsync(plan.Changes, Stop);
        Assert.Equal("1", _server.GetSetting("all", "arp_ignore"));

        await DisableAsync(LvsAddress.Parse("192.0.2.98"));
        Assert.Equal(before, _server.Snapshot);
    }

    [Fact]
    public async Task The_policy_of_chosen_interfaces_only_is_set_and_judged()
    {
        _server.AddDevice("dummy0", up: true);
        LvsVipSettings settings = new() { ArpInterfaces = ["eth0"], Interface = "dummy0" };
        await EnableAsync(Vip, settings);
        Assert.Equal(("0", "1", "2"), (_server.GetSetting("all", "arp_ignore"), _server.GetSetting("eth0", "arp_ignore"), _server.GetSetting("eth0", "arp_announce")));
        LvsRealServerVip seen = Assert.Single(await RealServerVips.GetAsync(_server.Host, Stop));
        Assert.Equal("dummy0", seen.Interface);
        Assert.Empty(seen.Problems);
        LvsHostException refused = await Assert.ThrowsAsync<LvsHostException>(
            async () => await _server.Host.PlanEnableAsync(LvsAddress.Parse("192.0.2.11"), new LvsVipSettings { ArpInterfaces = ["eth7"] }));
        Assert.Equal(LvsHostError.InterfaceMissing, refused.Error);
    }

    [Theory]
    [InlineData("ipip", 1480, 1440)]
    [InlineData("v6 in v4", 1480, 1420)]
    [InlineData("v4 in v6", 1460, 1420)]
    [InlineData("gre", 1476, 1436)]
    [InlineData("gre checksum", 1472, 1432)]
    [InlineData("gue", 1468, 1428)]
    [InlineData("gue v6", 1448, 1388)]
    public async Task What_fits_through_a_tunnel_is_told(string method, int mtu, int segment)
    {
        (LvsAddress vip, LvsVipSettings settings) = Methods[method];
        await EnableAsync(vip, settings);
        LvsRealServerVip seen = Assert.Single(await RealServerVips.GetAsync(_server.Host, Stop));
        Assert.Equal((mtu, segment), (seen.TunnelMtu, seen.MaximumSegmentSize));
        Assert.Contains($"advmss {segment}", Assert.Single(seen.Advice), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_GUE_port_that_was_closed_and_a_rule_that_was_taken_away_are_problems()
    {
        await EnableAsync(Vip, Tunnel(LvsTunnelType.Gue) with { TunnelPort = 6080 });
        await EnableAsync(LvsAddress.Parse("192.0.2.12"), Nat("192.0.2.1"));
        await _server.Host.RunAsync(new ProgramInvocation("ip", "-4", "fou", "delete", "port", "6080"), Stop);
        await _server.Host.RunAsync(new ProgramInvocation("ip", "-4", "rule", "delete", "from", "192.0.2.21", "lookup", "5000", "priority", "5000"), Stop);
        IReadOnlyList<LvsRealServerVip> seen = await RealServerVips.GetAsync(_server.Host, Stop);
        Assert.Contains("UDP port 6080", Assert.Single(seen[0].Problems), StringComparison.Ordinal);
        Assert.Contains("rule", Assert.Single(seen[1].Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("203.0.113.1", LvsHostError.DirectorNotOnLink)]
    [InlineData("198.51.100.1", LvsHostError.DirectorNotOnLink)]
    [InlineData("192.0.2.21", LvsHostError.AddressConflict)]
    public async Task A_director_that_is_not_next_door_is_refused(string director, LvsHostError expected)
    {
        LvsHostException refused = await Assert.ThrowsAsync<LvsHostException>(async () => await _server.Host.PlanEnableAsync(Vip, Nat(director)));
        Assert.Equal(expected, refused.Error);
    }

    [Fact]
    public async Task A_tunnel_device_needs_to_know_which_of_several_addresses_is_meant()
    {
        _server.AddAddress("eth0", "2001:db8::22/64", "global");
        LvsVipSettings settings = Tunnel(LvsTunnelType.Gre) with { TunnelChecksum = LvsTunnelChecksum.Checksum };
        LvsHostException refused = await Assert.ThrowsAsync<LvsHostException>(async () => await _server.Host.PlanEnableAsync(VipV6, settings));
        Assert.Equal(LvsHostError.RealServerAddressUnclear, refused.Error);
        Assert.Contains("2001:db8::22", refused.Message, StringComparison.Ordinal);
        refused = await Assert.ThrowsAsync<LvsHostException>(
            async () => await _server.Host.PlanEnableAsync(Vip, Tunnel(LvsTunnelType.Ipip) with { RealServerAddress = LvsAddress.Parse("192.0.2.77") }));
        Assert.Equal(LvsHostError.RealServerAddressUnclear, refused.Error);
    }

    [Fact]
    public async Task Settings_that_contradict_each_other_are_refused_by_name()
    {
        (string Id, LvsVipSettings Settings)[] cases =
        [
            ("DirectorMissing", new LvsVipSettings { Forwarding = LvsForwardingMethod.Nat }),
            ("DirectorNeedsNat", new LvsVipSettings { Director = Rip }),
            ("DirectorFamilyMismatch", Nat("2001:db8::1")),
            ("DirectorIsVip", Nat("192.0.2.10")),
            ("InterfaceNeedsVip", Nat("192.0.2.1") with { Interface = "lo" }),
            ("ArpInterfaceNeedsVip", Nat("192.0.2.1") with { ArpInterfaces = ["eth0"] }),
            ("TunnelOptionNeedsTunnel", new LvsVipSettings { TunnelType = LvsTunnelType.Gre }),
            ("TunnelPortMissing", Tunnel(LvsTunnelType.Gue)),
            ("TunnelPortNeedsGue", Tunnel(LvsTunnelType.Gre) with { TunnelPort = 6080 }),
            ("TunnelChecksumMismatch", Tunnel(LvsTunnelType.Ipip) with { TunnelChecksum = LvsTunnelChecksum.Checksum }),
            ("MixedFamilyNeedsTunnel", new LvsVipSettings { RealServerAddress = RipV6 }),
            ("VipIsRealServerAddress", new LvsVipSettings { RealServerAddress = Vip }),
            ("InvalidVipForwarding", new LvsVipSettings { Forwarding = LvsForwardingMethod.LocalNode }),
        ];
        foreach ((string id, LvsVipSettings settings) in cases)
        {
            Assert.Equal(id, (await Assert.ThrowsAsync<LvsValidationException>(async () => await _server.Host.PlanEnableAsync(Vip, settings))).Id);
        }

        Assert.Empty(_server.Changes);
    }

    [Theory]
    [InlineData("tunl0", LvsTunnelType.Gre, "does not receive Gre")]
    [InlineData("gre0", LvsTunnelType.Ipip, "does not receive Ipip")]
    [InlineData("ip6tnl0", LvsTunnelType.Ipip, "wrapped in IPv6")]
    [InlineData("sit0", LvsTunnelType.Ipip, "takes IPv6 packets only")]
    public async Task A_tunnel_that_does_not_take_what_the_director_sends_is_refused(string name, LvsTunnelType type, string reason)
    {
        await LoadModulesAsync();
        LvsHostException refused = await Assert.ThrowsAsync<LvsHostException>(async () => await _server.Host.PlanEnableAsync(Vip, Tunnel(type) with { Interface = name }));
        Assert.Equal(LvsHostError.InterfaceUnsuitable, refused.Error);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    private static LvsVipSettings Tunnel(LvsTunnelType type) => new() { Forwarding = LvsForwardingMethod.Tunnel, TunnelType = type };

    private static LvsVipSettings Nat(string director) => new() { Forwarding = LvsForwardingMethod.Nat, Director = LvsAddress.Parse(director) };

    // The number of the namespace is another one each time.
    private static string Untagged(string snapshot) => System.Text.RegularExpressions.Regex.Replace(snapshot, "1[0-9]{9}|2[0-9]{9}", "TAG");

    private static async Task AttemptAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (LvsHostException lost) when (lost.Message.Contains("killed", StringComparison.Ordinal))
        {
            // As it is meant.
        }
    }

    // Their devices stay, and so have to be there before anything is compared.
    private async Task LoadModulesAsync()
    {
        foreach (string module in new[] { "ipip", "sit", "ip6_tunnel", "ip_gre", "ip6_gre", "fou" })
        {
            await _server.Host.RunAsync(new ProgramInvocation("modprobe", module), Stop);
        }
    }

    private async Task DisableAsync(LvsAddress vip) => await HostPlan.ApplyAsync(await _server.Host.PlanDisableAsync(vip), Stop);

    private async Task EnableAsync(LvsAddress vip, LvsVipSettings settings) => await HostPlan.ApplyAsync(await _server.Host.PlanEnableAsync(vip, settings), Stop);
}
