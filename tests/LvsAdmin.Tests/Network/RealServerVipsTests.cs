using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Network;

[Trait("Level", "Bytes")]
public sealed class RealServerVipsTests
{
    private const string Folder = "/run/lvsadmin/";

    private static readonly LvsAddress Vip = LvsAddress.Parse("192.0.2.10");
    private static readonly LvsAddress VipV6 = LvsAddress.Parse("2001:db8::10");
    private readonly FakeRealServer _server = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Direct_routing_silences_ARP_before_it_adds_the_address()
    {
        await EnableAsync(Vip, LvsForwardingMethod.DirectRouting);
        Assert.Equal(
            [
                "write /proc/sys/net/ipv4/conf/all/arp_ignore 1",
                "write /proc/sys/net/ipv4/conf/all/arp_announce 2",
                "ip address add 192.0.2.10/32 broadcast 192.0.2.10 dev lo scope global label lo:0",
                "ip -4 route add 192.0.2.10/32 dev lo",
            ],
            Changes);
        Assert.Equal(
            $$$"""{"tag":{{{_server.GetSetting("lo", "tag")}}},"entries":[{"key":"/proc/sys/net/ipv4/conf/all/arp_ignore","before":"0","set":"1","owners":["vip 192.0.2.10"],"bystanders":[]},{"key":"/proc/sys/net/ipv4/conf/all/arp_announce","before":"0","set":"2","owners":["vip 192.0.2.10"],"bystanders":[]}],"claims":[{"owner":"vip 192.0.2.10","facts":{"forwarding":"DirectRouting"}}]}""",
            _server.Host.Files[$"{Folder}host-{_server.GetSetting("lo", "tag")}.json"].Trim());
    }

    [Fact]
    public async Task What_is_changed_is_remembered_before()
    {
        await EnableAsync(Vip, LvsForwardingMethod.DirectRouting);
        int remembered = _server.Host.Log.FindIndex(line => line.Contains(Folder, StringComparison.Ordinal) && line.Contains("arp_ignore", StringComparison.Ordinal));
        int noted = _server.Host.Log.FindIndex(line => line.Contains(Folder, StringComparison.Ordinal));
        int tagged = _server.Host.Log.FindIndex(line => line.Contains("conf/lo/tag", StringComparison.Ordinal));
        int changed = _server.Host.Log.IndexOf("write /proc/sys/net/ipv4/conf/all/arp_ignore 1");
        Assert.True(tagged >= 0 && tagged < noted && noted < remembered && remembered < changed, string.Join('\n', _server.Host.Log));
    }

    [Fact]
    public async Task A_plan_shows_every_change_and_makes_none()
    {
        string before = _server.Snapshot;
        IReadOnlyList<HostChange> plan = await _server.Host.PlanEnableAsync(Vip, LvsForwardingMethod.DirectRouting);
        Assert.Equal(
            [
                "what LvsAdmin remembers: vip 192.0.2.10 (none) -> enabled",
                "net.ipv4.conf.all: arp_ignore 0 -> 1",
                "net.ipv4.conf.all: arp_announce 0 -> 2",
                "interface lo: address (none) -> 192.0.2.10/32 label lo:0",
                "interface lo: route (none) -> 192.0.2.10/32",
            ],
            plan.Select(change => change.ToString()));
        Assert.Equal(before, _server.Snapshot);
        Assert.Empty(_server.Changes);
    }

    [Theory]
    [InlineData("192.0.2.10", LvsForwardingMethod.DirectRouting)]
    [InlineData("2001:db8::10", LvsForwardingMethod.DirectRouting)]
    [InlineData("192.0.2.10", LvsForwardingMethod.Tunnel)]
    [InlineData("2001:db8::10", LvsForwardingMethod.Tunnel)]
    public async Task Enabling_twice_is_enabling_once_and_disabling_brings_everything_back(string address, LvsForwardingMethod method)
    {
        LvsAddress vip = LvsAddress.Parse(address);
        _server.AddDevice("tunl0", up: false);
        _server.AddDevice("ip6tnl0", up: false);
        string before = _server.Snapshot;
        await EnableAsync(vip, method);
        Assert.NotEqual(before, _server.Snapshot);
        Assert.Empty(await _server.Host.PlanEnableAsync(vip, method));
        LvsRealServerVip seen = Assert.Single(await RealServerVips.GetAsync(_server.Host, Stop));
        Assert.Equal((vip, vip.BitLength, method, "fake", "blue"), (seen.Address, seen.PrefixLength, seen.Forwarding, seen.HostName, seen.NetworkNamespace));
        Assert.Empty(seen.Problems);

        await DisableAsync(vip);
        Assert.Equal(before, _server.Snapshot);
        Assert.Empty(await _server.Host.PlanDisableAsync(vip));
    }

    [Fact]
    public async Task The_policy_stays_until_the_last_VIP_goes()
    {
        string before = _server.Snapshot;
        LvsAddress second = LvsAddress.Parse("192.0.2.11");
        await EnableAsync(Vip, LvsForwardingMethod.DirectRouting);
        await EnableAsync(second, LvsForwardingMethod.DirectRouting);
        Assert.Contains("ip address add 192.0.2.11/32 broadcast 192.0.2.11 dev lo scope global label lo:1", _server.Changes);
        await DisableAsync(Vip);
        Assert.Equal("1", _server.GetSetting("all", "arp_ignore"));
        await DisableAsync(second);
        Assert.Equal(before, _server.Snapshot);
    }

    [Fact]
    public async Task A_stricter_policy_stays_and_one_that_others_set_since_is_not_put_back()
    {
        _server.SetSetting("all", "arp_ignore", 2);
        await EnableAsync(Vip, LvsForwardingMethod.DirectRouting);
        Assert.Equal(("2", "2"), (_server.GetSetting("all", "arp_ignore"), _server.GetSetting("all", "arp_announce")));
        _server.SetSetting("all", "arp_announce", 1);
        await DisableAsync(Vip);
        Assert.Equal(("2", "1"), (_server.GetSetting("all", "arp_ignore"), _server.GetSetting("all", "arp_announce")));
        Assert.DoesNotContain(_server.Host.Files.Keys, IsMemory);
    }

    [Fact]
    public async Task The_memory_of_another_namespace_is_not_believed()
    {
        _server.SetSetting("all", "arp_ignore", 1);
        _server.SetSetting("all", "arp_announce", 2);
        string before = _server.Snapshot;
        // One that died with its number, and one that is told by the inode, which the kernel has given to this namespace since.
        foreach (string name in new[] { "host-1500000000", "host-net-4026532001" })
        {
            _server.Host.Files[$"{Folder}{name}.json"] =
                """
                {"tag":1500000000,"entries":[{"key":"/proc/sys/net/ipv4/conf/all/arp_ignore","before":"0","set":"1","owners":["vip 192.0.2.10"],"bystanders":[]}],
                "claims":[{"owner":"vip 192.0.2.10","facts":{}}]}
                """;
        }

        foreach (int tag in new[] { 0, 5 })
        {
            _server.SetSetting("lo", "tag", tag);
            Assert.Empty(await _server.Host.PlanDisableAsync(Vip));
            await EnableAsync(Vip, LvsForwardingMethod.Tunnel);
            await DisableAsync(Vip);
            Assert.Equal(("1", "2"), (_server.GetSetting("all", "arp_ignore"), _server.GetSetting("all", "arp_announce")));
        }

        Assert.StartsWith(before.Split("\n")[0], _server.Snapshot, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tag_that_the_administrator_gave_lo_is_kept()
    {
        _server.SetSetting("lo", "tag", 5);
        string before = _server.Snapshot;
        await EnableAsync(Vip, LvsForwardingMethod.DirectRouting);
        Assert.Equal("5", _server.GetSetting("lo", "tag"));
        await DisableAsync(Vip);
        Assert.Equal(before, _server.Snapshot);
    }

    [Fact]
    public async Task A_memory_that_cannot_be_read_is_named()
    {
        _server.SetSetting("lo", "tag", 1500000000);
        _server.Host.Files[$"{Folder}host-1500000000.json"] = "{\"tag\":";
        LvsHostException failed = await Assert.ThrowsAsync<LvsHostException>(async () => await EnableAsync(Vip, LvsForwardingMethod.DirectRouting));
        Assert.Equal(LvsHostError.BadReply, failed.Error);
        Assert.Contains(Folder, failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Level_3_with_a_VIP_of_global_scope_is_a_problem()
    {
        _server.SetSetting("all", "arp_ignore", 3);
        _server.SetSetting("all", "arp_announce", 2);
        _server.AddAddress("lo", "192.0.2.10/32", "global", "lo:0");
        Assert.Contains("effective arp_ignore 3", Assert.Single(Assert.Single(await RealServerVips.GetAsync(_server.Host, Stop)).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Level_3_keeps_silent_about_addresses_of_scope_host_only()
    {
        _server.SetSetting("eth0", "arp_ignore", 3);
        await EnableAsync(Vip, LvsForwardingMethod.DirectRouting);
        Assert.Contains("ip address add 192.0.2.10/32 broadcast 192.0.2.10 dev lo scope host label lo:0", _server.Changes);
        Assert.Empty(Assert.Single(await RealServerVips.GetAsync(_server.Host, Stop)).Problems);
    }

    [Fact]
    public async Task A_reserved_level_acts_as_0_and_is_replaced()
    {
        _server.SetSetting("eth0", "arp_ignore", 5);
        await EnableAsync(Vip, LvsForwardingMethod.DirectRouting);
        Assert.Equal("1", _server.GetSetting("eth0", "arp_ignore"));
    }

    [Fact]
    public async Task A_tunnel_is_made_loosened_and_raised_before_it_gets_the_address()
    {
        await EnableAsync(Vip, LvsForwardingMethod.Tunnel);
        Assert.Equal(
            [
                "modprobe ipip",
                "write /proc/sys/net/ipv4/conf/all/arp_ignore 1",
                "write /proc/sys/net/ipv4/conf/all/arp_announce 2",
                "write /proc/sys/net/ipv4/conf/tunl0/rp_filter 2",
                "ip link set dev tunl0 up",
                "ip address add 192.0.2.10/32 dev tunl0 scope global",
            ],
            Changes);
    }

    [Fact]
    public async Task An_IPv6_VIP_skips_duplicate_detection_and_is_never_a_source()
    {
        await EnableAsync(VipV6, LvsForwardingMethod.DirectRouting);
        Assert.Equal(["ip address add 2001:db8::10/128 dev lo scope global nodad preferred_lft 0"], Changes);
    }

    [Theory]
    [InlineData("eth0", "192.0.2.10/24", LvsForwardingMethod.DirectRouting, null, LvsHostError.AddressConflict)]
    [InlineData("eth0", "192.0.2.10/32", LvsForwardingMethod.DirectRouting, null, LvsHostError.AddressConflict)]
    [InlineData("lo", "192.0.2.10/24", LvsForwardingMethod.DirectRouting, null, LvsHostError.AddressConflict)]
    [InlineData("lo", "192.0.2.10/32", LvsForwardingMethod.Tunnel, null, LvsHostError.AddressConflict)]
    [InlineData(null, null, LvsForwardingMethod.DirectRouting, "eth0", LvsHostError.InterfaceUnsuitable)]
    [InlineData(null, null, LvsForwardingMethod.DirectRouting, "lvs0", LvsHostError.InterfaceMissing)]
    [InlineData(null, null, LvsForwardingMethod.Tunnel, "eth0", LvsHostError.InterfaceUnsuitable)]
    [InlineData(null, null, LvsForwardingMethod.Tunnel, "mytunnel", LvsHostError.InterfaceMissing)]
    public async Task What_cannot_work_is_refused_before_anything_changes(
        string? holder, string? prefix, LvsForwardingMethod method, string? interfaceName, LvsHostError expected)
    {
        if (holder is not null)
        {
            _server.AddAddress(holder, prefix!, "global");
        }

        LvsHostException refused = await Assert.ThrowsAsync<LvsHostException>(
            async () => await _server.Host.PlanEnableAsync(Vip, method, interfaceName));
        Assert.Equal(expected, refused.Error);
        Assert.Empty(_server.Changes);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("fe80::10")]
    public async Task An_address_that_can_be_no_VIP_is_refused(string address)
    {
        LvsValidationException refused = await Assert.ThrowsAsync<LvsValidationException>(
            async () => await _server.Host.PlanEnableAsync(LvsAddress.Parse(address), LvsForwardingMethod.DirectRouting));
        Assert.Equal("InvalidVip", refused.Id);
    }

    [Fact]
    public async Task Disabling_leaves_an_own_address_alone()
    {
        LvsHostException refused = await Assert.ThrowsAsync<LvsHostException>(
            async () => await _server.Host.PlanDisableAsync(LvsAddress.Parse("192.0.2.21")));
        Assert.Equal(LvsHostError.AddressConflict, refused.Error);
    }

    [Fact]
    public async Task When_a_step_fails_the_earlier_ones_are_taken_back()
    {
        string before = _server.Snapshot;
        _server.Failing = invocation => invocation.Arguments.Contains("route") && invocation.Arguments.Contains("add")
            ? new ProgramResult(2, "", "RTNETLINK answers: Operation not permitted\n")
            : null;
        LvsHostException failed = await Assert.ThrowsAsync<LvsHostException>(
            async () => await EnableAsync(Vip, LvsForwardingMethod.DirectRouting));
        Assert.Equal(LvsHostError.AccessDenied, failed.Error);
        Assert.Contains("Run as root", failed.Message, StringComparison.Ordinal);
        Assert.Equal(before, _server.Snapshot);
    }

    [Fact]
    public async Task A_disabling_that_fails_leaves_the_VIP_and_the_memory()
    {
        await EnableAsync(Vip, LvsForwardingMethod.DirectRouting);
        string before = _server.Snapshot;
        _server.Host.OnWrite = (path, content) =>
        {
            if (path.EndsWith("arp_ignore", StringComparison.Ordinal) && content == "0")
            {
                throw new LvsHostException(LvsHostError.AccessDenied, "no");
            }
        };
        await Assert.ThrowsAsync<LvsHostException>(
            async () => await HostPlan.ApplyAsync(await _server.Host.PlanDisableAsync(Vip), Stop));
        Assert.Equal(before, _server.Snapshot);
    }

    [Fact]
    public async Task A_module_that_cannot_be_loaded_is_an_error_with_a_remedy()
    {
        string before = _server.Snapshot;
        _server.Failing = invocation => invocation.Program == "modprobe"
            ? new ProgramResult(1, "", "modprobe: FATAL: Module ipip not found in directory /lib/modules/6.1.0\n")
            : null;
        LvsHostException failed = await Assert.ThrowsAsync<LvsHostException>(async () => await EnableAsync(Vip, LvsForwardingMethod.Tunnel));
        Assert.Equal(LvsHostError.ModuleNotLoaded, failed.Error);
        Assert.Contains("ipip", failed.Message, StringComparison.Ordinal);
        Assert.Equal(before, _server.Snapshot);
    }

    [Fact]
    public async Task Problems_are_named()
    {
        _server.AddDevice("tunl0", up: false);
        _server.AddAddress("tunl0", "192.0.2.11/32", "global");
        _server.AddAddress("lo", "192.0.2.12/24", "global");
        _server.SetSetting("all", "rp_filter", 1);
        IReadOnlyList<LvsRealServerVip> vips = await RealServerVips.GetAsync(_server.Host, Stop);
        Assert.Equal(["192.0.2.11", "192.0.2.12"], vips.Select(vip => vip.Address.ToString()));
        Assert.Collection(
            vips[0].Problems,
            text => Assert.Contains("tunl0 is down", text, StringComparison.Ordinal),
            text => Assert.Contains("answers ARP requests for the VIP on eth0 (effective arp_ignore 0)", text, StringComparison.Ordinal),
            text => Assert.Contains("effective arp_announce 0", text, StringComparison.Ordinal),
            text => Assert.Contains("rp_filter of tunl0 is 1", text, StringComparison.Ordinal));
        Assert.Contains("/24 instead of /32", vips[1].Problems[0], StringComparison.Ordinal);
        Assert.Equal((LvsArpIgnore.AnyLocal, LvsArpAnnounce.AnyLocal, 1, false), (vips[0].ArpIgnore, vips[0].ArpAnnounce, vips[0].ReversePathFilter, vips[0].InterfaceUp));
    }

    [Fact]
    public async Task The_kernels_recipe_with_the_policy_on_lo_alone_is_seen_not_to_work()
    {
        _server.SetSetting("lo", "arp_ignore", 1);
        _server.SetSetting("lo", "arp_announce", 2);
        _server.AddAddress("lo", "192.0.2.10/32", "global", "lo:0");
        LvsRealServerVip vip = Assert.Single(await RealServerVips.GetAsync(_server.Host, Stop));
        Assert.Equal((LvsArpIgnore.AnyLocal, "lo:0"), (vip.ArpIgnore, vip.Label));
        Assert.Equal(2, vip.Problems.Count);
    }

    [Fact]
    public async Task Another_ip_than_that_of_iproute2_is_told()
    {
        _server.Failing = invocation => invocation.Program == "ip" ? new ProgramResult(0, "1: lo: <LOOPBACK,UP>\n", "") : null;
        LvsHostException failed = await Assert.ThrowsAsync<LvsHostException>(async () => await RealServerVips.GetAsync(_server.Host, Stop));
        Assert.Equal(LvsHostError.BadReply, failed.Error);
        Assert.Contains("iproute2", failed.Message, StringComparison.Ordinal);
    }

    // Without what is remembered, which has tests of its own.
    private IEnumerable<string> Changes => _server.Changes.Where(
        line => !line.Contains(Folder, StringComparison.Ordinal) && !line.Contains("conf/lo/tag", StringComparison.Ordinal));

    private static bool IsMemory(string path) => path.StartsWith(Folder, StringComparison.Ordinal);

    private async Task DisableAsync(LvsAddress vip) =>
        await HostPlan.ApplyAsync(await _server.Host.PlanDisableAsync(vip), Stop);

    private async Task EnableAsync(LvsAddress vip, LvsForwardingMethod method) =>
        await HostPlan.ApplyAsync(await _server.Host.PlanEnableAsync(vip, method), Stop);
}
