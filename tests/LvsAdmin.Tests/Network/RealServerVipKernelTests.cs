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

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task An_enabled_VIP_is_silent_whatever_level_the_link_already_has(int level)
    {
        using LvsNetworkFixture network = new(needsIpvs: false);
        network.RealServer.Shell($"echo {level} >/proc/sys/net/ipv4/conf/eth0/arp_ignore");
        await using LocalHost host = new(network.RealServer.Name);
        await EnableAsync(host, LvsAddress.Parse("192.0.2.10"), LvsForwardingMethod.DirectRouting);
        Assert.False(network.IsAnswered("192.0.2.10"));
        Assert.True(network.IsAnswered("192.0.2.21"));
        Assert.Empty(Assert.Single(await RealServerVips.GetAsync(host, Stop)).Problems);
    }

    [Fact]
    public async Task A_real_servers_own_address_is_no_VIP()
    {
        using LvsNetworkFixture network = new(needsIpvs: false);
        await using LocalHost host = new(network.RealServer.Name);
        LvsHostException refused = await Assert.ThrowsAsync<LvsHostException>(
            async () => await EnableAsync(host, LvsAddress.Parse("192.0.2.21"), LvsForwardingMethod.DirectRouting));
        Assert.Equal(LvsHostError.AddressConflict, refused.Error);
        Assert.Empty(await RealServerVips.GetAsync(host, Stop));
    }

    [Theory]
    [InlineData("192.0.2.10", "ipip", "tunl0")]
    [InlineData("2001:db8::10", "ip6_tunnel", "ip6tnl0")]
    public async Task Enabling_for_tunnelling_and_disabling_leaves_no_trace(string address, string module, string device)
    {
        using NetworkNamespaceFixture fixture = new();
        LvsAddress vip = LvsAddress.Parse(address);
        await using LocalHost host = new(fixture.Name);
        ProgramResult loading = await host.RunAsync(new ProgramInvocation("modprobe", module), Stop);
        Assert.SkipWhen(loading.ExitCode != 0, $"this kernel has no module {module}: lab/lab test has it");
        fixture.Shell("echo 1 >/proc/sys/net/ipv4/conf/all/rp_filter");
        string before = State(fixture);

        await EnableAsync(host, vip, LvsForwardingMethod.Tunnel);
        Assert.Empty(await host.PlanEnableAsync(vip, LvsForwardingMethod.Tunnel));
        LvsRealServerVip seen = Assert.Single(await RealServerVips.GetAsync(host, Stop));
        Assert.Equal((vip, device, LvsForwardingMethod.Tunnel, true), (seen.Address, seen.Interface, seen.Forwarding, seen.InterfaceUp));
        Assert.Empty(seen.Problems);

        await HostPlan.ApplyAsync(await host.PlanDisableAsync(vip), Stop);
        Assert.Equal(before, State(fixture));
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

    [Theory]
    [InlineData("192.0.2.10", LvsForwardingMethod.DirectRouting)]
    [InlineData("2001:db8::10", LvsForwardingMethod.DirectRouting)]
    [InlineData("192.0.2.10", LvsForwardingMethod.Tunnel)]
    [InlineData("2001:db8::10", LvsForwardingMethod.Tunnel)]
    public async Task Requests_reach_the_real_server_through_the_director_and_end_when_it_is_disabled(string address, LvsForwardingMethod method)
    {
        using LvsNetworkFixture network = new(needsIpvs: true);
        LvsAddress vip = LvsAddress.Parse(address);
        network.Serve();
        network.RealServer.Shell("echo 1 >/proc/sys/net/ipv4/conf/all/rp_filter");
        bool isV6 = vip.Family == LvsAddressFamily.IPv6;
        // Deprecated, or the director would speak from the VIP, and tunnelled packets with that source are dropped.
        network.Director.Shell($"ip address add {address}/{vip.BitLength} dev eth0 {(isV6 ? "nodad preferred_lft 0" : string.Empty)}");
        string service = isV6 ? $"[{address}]:80" : $"{address}:80";
        string server = isV6 ? "[2001:db8::21]:80" : "192.0.2.21:80";
        network.Director.Shell($"ipvsadm -A -t {service} -s rr; ipvsadm -a -t {service} -r {server} {(method == LvsForwardingMethod.Tunnel ? "-i" : "-g")}");
        Assert.Empty(network.Get(address));

        await using LocalHost host = new(network.RealServer.Name);
        await EnableAsync(host, vip, method);
        Assert.Equal("real server\n", network.Get(address));
        await using LocalHost director = new(network.Director.Name);
        LvsConnection connection = await ConnectionTable.ReadAsync(director, new ConnectionFilter { ClientAddress = LvsAddress.Parse(isV6 ? "2001:db8::100" : "192.0.2.100") }, Stop)
            .FirstAsync(each => each.State is LvsConnectionState.Established or LvsConnectionState.FinWait, Stop);
        Assert.Equal((service, server), (connection.VirtualService!.ToString()["tcp/".Length..], connection.RealServer.ToString()));

        await HostPlan.ApplyAsync(await host.PlanDisableAsync(vip), Stop);
        Assert.Empty(network.Get(address));
    }

    // A device that was up once keeps its queue: it reads noqueue, and never noop again.
    private static string State(NetworkNamespaceFixture fixture) => fixture.Shell(StateOfHost).Replace("qdisc noop ", "qdisc noqueue ", StringComparison.Ordinal);

    private static async Task EnableAsync(ILvsHost host, LvsAddress vip, LvsForwardingMethod method) =>
        await HostPlan.ApplyAsync(await host.PlanEnableAsync(vip, method), Stop);
}
