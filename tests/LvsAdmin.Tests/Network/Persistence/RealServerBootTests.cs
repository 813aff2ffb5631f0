using System.Runtime.Versioning;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Network.Persistence;

/// <summary>A real server that was prepared to survive a boot: it serves the same VIPs after one, knows how, and can be undone as if there had been none.</summary>
[Trait("Level", "Kernel")]
[SupportedOSPlatform("linux")]
public sealed class RealServerBootTests : IAsyncDisposable
{
    private const string Interfaces = "source /etc/network/interfaces.d/*\nauto lo\niface lo inet loopback\nauto eth0\niface eth0 inet static\n    address 192.0.2.21/24\n";

    private static readonly LvsVipSettings Gue = new() { Forwarding = LvsForwardingMethod.Tunnel, TunnelType = LvsTunnelType.Gue, TunnelPort = 6080 };

    private static readonly (LvsAddress Vip, LvsVipSettings Settings)[] Vips =
    [
        (LvsAddress.Parse("192.0.2.10"), new LvsVipSettings()),
        (LvsAddress.Parse("192.0.2.11"), Gue),
        (LvsAddress.Parse("192.0.2.12"), new LvsVipSettings { Forwarding = LvsForwardingMethod.Nat, Director = LvsAddress.Parse("192.0.2.1") }),
        (LvsAddress.Parse("2001:db8::10"), new LvsVipSettings()),
    ];

    private MachineHost Machine { get; } = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => Machine.DisposeAsync();

    [Theory]
    [InlineData(LvsPersistence.SystemdUnit)]
    [InlineData(LvsPersistence.Ifupdown)]
    public async Task What_was_enabled_to_stay_is_there_after_a_boot_and_is_undone_as_if_there_had_been_none(LvsPersistence method)
    {
        string program = method == LvsPersistence.Ifupdown ? "ifup" : "systemctl";
        Assert.SkipWhen(Machine.Shell($"PATH=$PATH:/usr/sbin:/sbin; command -v {program} || true").Length == 0, $"this test needs {program}: lab/lab test installs it where no systemd runs");
        if (method == LvsPersistence.Ifupdown)
        {
            await Machine.WriteFileAsync("/etc/network/interfaces", Interfaces, null, Stop);
            Machine.Shell("cd /etc/network; mkdir if-pre-up.d if-up.d if-down.d if-post-down.d");
        }

        Machine.Shell("modprobe -a ipip fou");
        string files = Files();
        AddCard();
        Machine.Shell("ip address add 192.0.2.21/24 brd + dev eth0; ip link set eth0 up");
        string before = Network();
        foreach ((LvsAddress vip, LvsVipSettings settings) in Vips)
        {
            await EnableAsync(vip, settings, method);
        }

        string enabled = Network();
        Assert.NotEqual(files, Files());
        Assert.Empty((await PlanAsync(Vips[1].Vip, Vips[1].Settings, method)).Changes);

        Machine.Reboot();
        AddCard();
        Machine.Shell(method == LvsPersistence.Ifupdown ? "ifup -a" : UnitsOf("ExecStart", "ip address add 192.0.2.21/24 brd + dev eth0; ip link set eth0 up"));
        Assert.Equal(enabled, Network());
        IReadOnlyList<LvsRealServerVip> seen = await RealServerVips.GetAsync(Machine, Stop);
        Assert.Equal(Vips.Select(each => (each.Vip, each.Settings.Forwarding, (LvsPersistence?)method)), seen.Select(vip => (vip.Address, vip.Forwarding, vip.Persistence)));
        Assert.All(seen, vip => Assert.Empty(vip.Problems));
        Assert.Equal((LvsTunnelType.Gue, 6080), (seen[1].TunnelType, seen[1].TunnelPort));
        foreach ((LvsAddress vip, LvsVipSettings settings) in Vips)
        {
            Assert.Empty((await PlanAsync(vip, settings, method)).Changes);
        }

        foreach ((LvsAddress vip, _) in Vips)
        {
            await HostPlan.ApplyAsync(await Machine.PlanDisableAsync(vip), Stop);
        }

        Assert.Empty(await RealServerVips.GetAsync(Machine, Stop));
        Assert.Equal(before, Network());
        Assert.Equal(files, Files());
    }

    private void AddCard() => Machine.Shell("ip link add eth0 type veth peer name peer0; ip link set peer0 up; ip link set eth0 addrgenmode none; ip link set peer0 addrgenmode none");

    // As systemd does, in its order: modules, parameters, the early unit, the card, the unit of cards.
    private string UnitsOf(string key, string card)
    {
        string[] commands = [.. SystemdUnitFiles.Units.Select(unit =>
            string.Join('\n', UnitFile.Commands(Machine.Shell($"cat /etc/systemd/system/{unit} 2>/dev/null || true"), key)))];
        return $"/lib/systemd/systemd-sysctl /etc/sysctl.d/90-lvsadmin-vips.conf\n{commands[0]}\n{card}\n{string.Join('\n', commands[1..])}";
    }

    private ValueTask<LvsVipPlan> PlanAsync(LvsAddress vip, LvsVipSettings settings, LvsPersistence method) =>
        RealServerVips.PlanEnableAsync(Machine, vip, settings, persistent: true, method, Stop);

    private async Task EnableAsync(LvsAddress vip, LvsVipSettings settings, LvsPersistence method) =>
        await HostPlan.ApplyAsync((await PlanAsync(vip, settings, method)).Changes, Stop);

    private string Files() => Machine.Shell("cd /etc; find lvsadmin modules-load.d network sysctl.d systemd/system -type f -o -type l 2>/dev/null | sort");

    // The order of addresses and of labels' numbers follows that of enabling, here as there.
    private string Network() => Machine.Shell(
        "ip -oneline address show | sed -e 's/^[0-9]*: *//' -e 's/ *valid_lft.*//' | grep -v -e ' link ' | sort; ip -brief link | sed 's/@.*UP/ UP/;s/  .*//' | sort; ip route; ip rule; "
        + "ip route show table 5000 2>/dev/null || true; ip fou show; cd /proc/sys/net/ipv4/conf; grep . */arp_ignore */arp_announce */rp_filter");
}
