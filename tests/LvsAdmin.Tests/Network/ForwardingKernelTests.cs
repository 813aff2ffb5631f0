using System.Net;
using System.Net.Sockets;
using System.Text;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Tests.Kernel;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Network;

/// <summary>Forwarding as the kernel has it, which changes more settings than it is told to.</summary>
[Trait("Level", "Kernel")]
public sealed class ForwardingKernelTests
{
    private const string StateOfHost =
        "grep . /proc/sys/net/ipv4/conf/*/forwarding /proc/sys/net/ipv4/conf/*/*_redirects /proc/sys/net/ipv4/conf/*/tag /proc/sys/net/ipv6/conf/*/forwarding /proc/sys/net/ipv6/conf/*/accept_*; ip -6 route show default | sed 's/ expires .*//'";

    // Odd on purpose: one interface forwards alone, one sends no redirects, and nobody listens to them.
    private const string Odd =
        "ip link add eth0 type veth peer name eth1; ip link add eth2 type dummy; for i in 0 1 2; do ip link set eth$i addrgenmode none up; done; "
        + "cd /proc/sys/net; echo 1 >ipv4/conf/eth0/forwarding; echo 0 >ipv4/conf/eth2/send_redirects; echo 0 >ipv4/conf/all/accept_redirects; "
        + "echo 1 >ipv6/conf/eth1/forwarding";

    // Every operation is tried on a host in memory (ForwardingPoliciesTests); here some, odd and even ones, as each costs.
    private const int Stride = 9;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LvsAddressFamily.IPv4)]
    [InlineData(LvsAddressFamily.IPv6)]
    public async Task Whoever_is_killed_at_any_step_of_enabling_or_disabling_can_put_the_host_back_as_it_was(LvsAddressFamily family)
    {
        using NetworkNamespaceFixture fixture = new();
        fixture.Shell(Odd + "; for i in ipv6/conf/*; do echo 0 >$i/accept_ra; done");
        await using LocalHost local = new(fixture.Name);
        string before = await StateAsync(local);
        IReadOnlyList<string> memories = await local.ListDirectoryAsync("/run/lvsadmin", Stop);
        int step = 0;
        bool finished = false;
        for (; !finished; step += Stride)
        {
            finished = await DieAsync(new DyingHost(local, step), dying => ForwardingPolicies.PlanEnableAsync(dying, family, [], false, Stop));
            await ApplyAsync(await ForwardingPolicies.PlanDisableAsync(local, family, Stop));
            Assert.True(before == await StateAsync(local), $"killed at operation {step} of enabling");
        }

        Assert.True(step > 10, $"only {step} operations");
        for (step = 0, finished = false; !finished; step += Stride)
        {
            await ApplyAsync(await ForwardingPolicies.PlanEnableAsync(local, family, [], false, Stop));
            Assert.True((await ForwardingPolicies.GetAsync(local, family, Stop)).Forwarding);
            finished = await DieAsync(new DyingHost(local, step), dying => ForwardingPolicies.PlanDisableAsync(dying, family, Stop));
            if (step % 2 == 0)
            {
                await ApplyAsync(await ForwardingPolicies.PlanEnableAsync(local, family, [], false, Stop));
            }

            await ApplyAsync(await ForwardingPolicies.PlanDisableAsync(local, family, Stop));
            Assert.True(before == await StateAsync(local), $"killed at operation {step} of disabling");
        }

        Assert.Equal(memories, await local.ListDirectoryAsync("/run/lvsadmin", Stop));
    }

    [Fact]
    public async Task What_others_change_and_add_meanwhile_is_respected_and_one_interface_can_forward_alone()
    {
        using NetworkNamespaceFixture fixture = new();
        fixture.Shell(Odd);
        await using LocalHost host = new(fixture.Name);
        string before = fixture.Shell(StateOfHost);

        await ApplyAsync(await ForwardingPolicies.PlanEnableAsync(host, LvsAddressFamily.IPv4, ["eth1"], false, Stop));
        LvsForwardingState state = await ForwardingPolicies.GetAsync(host, LvsAddressFamily.IPv4, Stop);
        Assert.Equal((false, "eth0 eth1", "eth0 lo"), (state.Forwarding, string.Join(' ', state.Interfaces.Order()), string.Join(' ', state.RedirectingInterfaces.Where(IsOurs).Order())));
        await ApplyAsync(await ForwardingPolicies.PlanDisableAsync(host, LvsAddressFamily.IPv4, Stop));
        Assert.Equal(before, fixture.Shell(StateOfHost));

        await ApplyAsync(await ForwardingPolicies.PlanEnableAsync(host, LvsAddressFamily.IPv4, [], false, Stop));
        // An interface that comes later begins with what we gave `default`; another setting is decided about by somebody else.
        fixture.Shell("ip link add eth3 type dummy; echo 1 >/proc/sys/net/ipv4/conf/eth1/send_redirects; echo 0 >/proc/sys/net/ipv4/conf/eth0/forwarding");
        await ApplyAsync(await ForwardingPolicies.PlanDisableAsync(host, LvsAddressFamily.IPv4, Stop));
        Assert.Equal("0 1 1 0", fixture.Shell("cd /proc/sys/net/ipv4/conf; echo $(cat eth3/forwarding eth3/send_redirects eth1/send_redirects eth0/forwarding)").Trim());

        // Forwarding that was on before stays on, and is spoken of.
        fixture.Shell("ip link delete eth3; echo 1 >/proc/sys/net/ipv4/ip_forward");
        string on = fixture.Shell(StateOfHost);
        await ApplyAsync(await ForwardingPolicies.PlanEnableAsync(host, LvsAddressFamily.IPv4, [], false, Stop));
        await ApplyAsync(await ForwardingPolicies.PlanDisableAsync(host, LvsAddressFamily.IPv4, Stop));
        Assert.Equal(on, fixture.Shell(StateOfHost));
        LvsForwardingPlan nothing = await ForwardingPolicies.PlanDisableAsync(host, LvsAddressFamily.IPv4, Stop);
        Assert.Empty(nothing.Changes);
        Assert.Contains("not by Enable-LvsForwarding", Assert.Single(nothing.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_director_that_lives_by_router_advertisements_keeps_its_default_route()
    {
        using NetworkNamespaceFixture fixture = new();
        using NetworkNamespaceFixture router = new();
        fixture.Shell(
            $"ip link add eth0 type veth peer name eth0 netns {router.Name}; ip link add eth1 type dummy; ip link set eth1 up; "
            + $"for n in {fixture.Name} {router.Name}; do ip netns exec $n sh -c 'echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_dad; ip link set eth0 up'; done; "
            // Without its route for multicast, which comes a moment after the carrier, the router reaches nobody.
            + $"for i in $(seq 50); do ip -n {router.Name} -6 route show table all | grep -q 'ff00::/8 dev eth0' && break; sleep 0.1; done");
        await using LocalHost host = new(fixture.Name);
        Topology.InNamespace(router.Name, Advertise);
        fixture.Shell("for i in $(seq 50); do ip -6 route show default | grep -q 'proto ra' && break; sleep 0.1; done");
        string before = fixture.Shell(StateOfHost);
        Assert.Contains("default via fe80", before, StringComparison.Ordinal);

        await ApplyAsync(await ForwardingPolicies.PlanEnableAsync(host, LvsAddressFamily.IPv6, [], false, Stop));
        Assert.Equal("eth0", Assert.Single((await ForwardingPolicies.GetAsync(host, LvsAddressFamily.IPv6, Stop)).AdvertisedInterfaces));
        Assert.Contains("default via fe80", fixture.Shell("ip -6 route show default"), StringComparison.Ordinal);
        await ApplyAsync(await ForwardingPolicies.PlanDisableAsync(host, LvsAddressFamily.IPv6, Stop));
        Assert.Equal(before, fixture.Shell(StateOfHost));
    }

    // Tunnels come with their modules, which other tests load.
    private static bool IsOurs(string name) => name == "lo" || name.StartsWith("eth", StringComparison.Ordinal);

    // A router advertisement of half an hour (RFC 4861, 4.2), as a router sends it to all.
    private static bool Advertise()
    {
        byte[] message = [134, 0, 0, 0, 64, 0, 0x07, 0x08, 0, 0, 0, 0, 0, 0, 0, 0];
        int index = int.Parse(File.ReadAllText("/proc/thread-self/net/dev_mcast").Split('\n').First(line => line.Contains(" eth0 ", StringComparison.Ordinal)).Split('\t', ' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        using Socket socket = new(AddressFamily.InterNetworkV6, SocketType.Raw, ProtocolType.IcmpV6);
        socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastTimeToLive, 255);
        socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastInterface, index);
        return socket.SendTo(message, new IPEndPoint(IPAddress.Parse($"ff02::1%{index}"), 0)) == message.Length;
    }

    // As StateOfHost, without a process.
    private static async Task<string> StateAsync(LocalHost host)
    {
        StringBuilder state = new();
        foreach (string family in new[] { "/proc/sys/net/ipv4/conf", "/proc/sys/net/ipv6/conf" })
        {
            foreach (string name in await host.ListDirectoryAsync(family, Stop))
            {
                foreach (string setting in new[] { "forwarding", "send_redirects", "accept_redirects", "accept_ra", "tag" })
                {
                    state.Append(name).Append('/').Append(setting).Append('=').Append(await host.ReadFileAsync($"{family}/{name}/{setting}", Stop)).AppendLine();
                }
            }
        }

        return state.ToString();
    }

    // Whether the work got to its end before the host died.
    private static async Task<bool> DieAsync(DyingHost dying, Func<ILvsHost, ValueTask<LvsForwardingPlan>> plan)
    {
        try
        {
            await ApplyAsync(await plan(dying));
        }
        catch (LvsHostException) when (dying.IsDead)
        {
        }

        return !dying.IsDead;
    }

    private static async Task ApplyAsync(LvsForwardingPlan plan) => await HostPlan.ApplyAsync(plan.Changes, Stop);
}
