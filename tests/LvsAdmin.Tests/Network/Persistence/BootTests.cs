using System.Runtime.Versioning;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Network;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Network.Persistence;

/// <summary>A machine is written to, booted, and has its VIPs again: with the real managers, on files that nobody else sees.</summary>
[Trait("Level", "Kernel")]
[SupportedOSPlatform("linux")]
public sealed class BootTests : IAsyncDisposable
{
    private const string NoTrouble = "";

    // What stands in /etc/network/interfaces of Debian, and a card.
    private const string Interfaces =
        """
        source /etc/network/interfaces.d/*
        auto lo
        iface lo inet loopback
        auto eth0
        iface eth0 inet static
            address 192.0.2.21/24
        iface eth0 inet6 static
            address 2001:db8::21/64
            dad-attempts 0

        """;

    private MachineHost Machine { get; } = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => Machine.DisposeAsync();

    [Fact]
    public async Task A_host_of_ifupdown_comes_up_with_its_VIPs_and_goes_down_without()
    {
        Require("ifup", "ifupdown");
        await Machine.WriteFileAsync("/etc/network/interfaces", Interfaces, Stop);
        Machine.Shell("cd /etc/network; mkdir if-pre-up.d if-up.d if-down.d if-post-down.d");
        await AddAllAsync(LvsPersistence.Ifupdown);
        Boot();
        string stanzas = Machine.Shell("ifquery --list; ifquery lo:0");
        Assert.StartsWith("lo\nlo:0\nlvsadmin-vips\neth0\naddress: 192.0.2.10\n", stanzas, StringComparison.Ordinal);

        string said = Machine.Shell("ifup -a -v 2>&1");
        AssertBefore("sysctl -q -w net/ipv4/conf/all/arp_ignore=1", "ip addr add 192.0.2.10/", said);
        AssertBefore("sysctl -q -w net/ipv4/conf/tunl0/rp_filter=2", "ip address replace 192.0.2.12/32", said);
        await AssertThereAsync();
        Assert.Equal(LvsPersistence.Ifupdown, await PersistentVips.DetectAsync(Machine, "eth0", Stop));
        Machine.Shell("ifdown eth0 lvsadmin-vips lo:0");
        AssertGone();
        Assert.Contains("127.0.0.1/8", Machine.Shell("ip -brief address show lo"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_of_our_own_units_comes_up_with_its_VIPs_and_goes_down_without()
    {
        Require("systemd-analyze", "systemd");
        await AddAllAsync(LvsPersistence.SystemdUnit);
        Assert.Equal(
            SystemdUnitFiles.Units.Order(StringComparer.Ordinal),
            await Machine.ListDirectoryAsync("/etc/systemd/system/multi-user.target.wants", Stop));
        Assert.Equal(NoTrouble, Machine.Shell("systemd-analyze verify /etc/systemd/system/lvsadmin-vips*.service 2>&1"));

        Boot();
        Machine.Shell("/lib/systemd/systemd-sysctl /etc/sysctl.d/90-lvsadmin-vips.conf; ip address add 192.0.2.21/24 dev eth0; ip link set eth0 up");
        Assert.Equal("1 2", Machine.Shell("cd /proc/sys/net/ipv4/conf; echo $(cat all/arp_ignore) $(cat tunl0/rp_filter)").Trim());
        Machine.Shell("sysctl -q -w net/ipv4/conf/all/arp_ignore=0");
        // Twice: a start after leftovers is as good as the first.
        await RunUnitsAsync("ExecStart", SystemdUnitFiles.Units);
        await RunUnitsAsync("ExecStart", SystemdUnitFiles.Units);
        await AssertThereAsync();
        await RunUnitsAsync("ExecStop", SystemdUnitFiles.Units.Reverse());
        AssertGone();
        await RemoveAllAsync();
        Assert.Equal(NoTrouble, Machine.Shell("ls -A /etc/systemd/system/multi-user.target.wants /etc/sysctl.d /etc/modules-load.d | grep -v -e : -e '^$' || true"));
    }

    [Fact]
    public async Task Systemd_networkd_takes_its_files_without_a_word_and_has_the_VIPs()
    {
        Require("networkctl", "systemd");
        await Machine.WriteFileAsync("/etc/systemd/network/10-eth0.network", "[Match]\nName=eth0\n[Network]\nAddress=192.0.2.21/24\nAddress=2001:db8::21/64\nIPv6AcceptRA=no\n", Stop);
        StartNetworkd();
        Assert.Equal(LvsPersistence.Networkd, await PersistentVips.DetectAsync(Machine, null, Stop));
        await AddAllAsync(LvsPersistence.Networkd);
        StartNetworkd();
        Machine.WaitFor("ip rule | grep -q 'lookup 3000' && ip address | grep -q 192.0.2.10/ && ip address | grep -q 192.0.2.13/ && ip address | grep -q 2001:db8::14/");
        Assert.DoesNotContain("/etc/systemd/network", Machine.Shell("cat /run/networkd.log"), StringComparison.Ordinal);
        // What networkd cannot say.
        await RunUnitsAsync("ExecStart", [SystemdUnitFiles.Early]);
        await AssertThereAsync();

        // It forgets what is removed: nothing brings it back, not even the card's going down and up, with which networkd begins anew.
        Machine.Shell("ip address delete 192.0.2.10/32 dev lo");
        await RemoveAllAsync();
        Machine.WaitFor("! ip address | grep -q 2001:db8::14/");
        Machine.Shell("ip address flush dev eth0; ip link set eth0 down; ip link set eth0 up");
        Machine.WaitFor("ip address | grep -q 2001:db8::21/");
        Assert.Equal(NoTrouble, Machine.Shell("ip address | grep -e 2001:db8::14/ -e 192.0.2.10/ || true"));
        Assert.Equal(["10-eth0.network"], await Machine.ListDirectoryAsync("/etc/systemd/network", Stop));
    }

    [Fact]
    public async Task NetworkManager_takes_its_profile_and_has_the_VIP()
    {
        Require("NetworkManager", "network-manager");
        await Machine.WriteFileAsync("/etc/NetworkManager/NetworkManager.conf", "[main]\nplugins=keyfile\nno-auto-default=*\n", Stop);
        await AddAllAsync(LvsPersistence.NetworkManager);
        Boot();
        Machine.StartBus();
        Machine.StartDaemon("NetworkManager", "/run/manager.log", "--debug", "--log-level=WARN");
        Machine.WaitFor("ip address show lvs0 2>&1 | grep -q 192.0.2.11/32");
        Assert.DoesNotContain("keyfile", Machine.Shell("cat /run/manager.log"), StringComparison.Ordinal);
        Machine.Shell("ip address add 192.0.2.21/24 dev eth0; ip link set eth0 up");
        await RunUnitsAsync("ExecStart", SystemdUnitFiles.Units);
        await AssertThereAsync();
        Assert.Equal(LvsPersistence.NetworkManager, await PersistentVips.DetectAsync(Machine, "lvs0", Stop));
        await RemoveAllAsync();
        Machine.WaitFor("! ip link show lvs0 2>/dev/null");
    }

    private void Require(string program, string package) =>
        Assert.SkipWhen(Machine.Shell($"PATH=$PATH:/usr/sbin:/sbin; command -v {program} || true").Length == 0, $"this test needs {program} (Debian package {package}): lab/lab test installs it where no systemd runs");

    // A machine with a card. Its modules are there before anything else, as systemd-modules-load and kmod's script see to it.
    private void Boot()
    {
        Machine.Reboot();
        Machine.Shell("modprobe -a $(grep -v '^#' /etc/modules-load.d/*.conf 2>/dev/null) dummy; ip link add eth0 type dummy");
    }

    private void StartNetworkd()
    {
        Boot();
        // networkd gives up the rights of root, and so needs a directory of its own; as a unit of systemd it has one.
        Machine.Shell("mkdir -p /run/systemd/netif; chown systemd-network: /run/systemd/netif");
        Machine.StartBus();
        Machine.StartDaemon("env", "/run/networkd.log", "SYSTEMD_LOG_TARGET=console", "SYSTEMD_LOG_LEVEL=warning", "/lib/systemd/systemd-networkd");
        Machine.WaitFor("grep -q -s ADMIN_STATE=configured $(grep -l -s NETWORK_FILE=/etc/systemd/network/10-eth0 /run/systemd/netif/links/*) /dev/null");
    }

    private async Task AddAllAsync(LvsPersistence persistence)
    {
        foreach (PersistentVip vip in SampleVips.By(persistence))
        {
            await HostPlan.ApplyAsync(await PersistentVips.PlanAddAsync(Machine, vip, Stop), Stop);
        }
    }

    private async Task RemoveAllAsync()
    {
        foreach (PersistentVip vip in SampleVips.All)
        {
            await HostPlan.ApplyAsync(await PersistentVips.PlanRemoveAsync(Machine, vip.Address, null, Stop), Stop);
        }
    }

    // As systemd does: a command that fails ends the start, unless it may. In one shell, for processes are slow to start from .NET in the lab.
    private async Task RunUnitsAsync(string key, IEnumerable<string> units)
    {
        List<string> script = [];
        foreach (string unit in units)
        {
            string text = await Machine.ReadFileAsync($"/etc/systemd/system/{unit}", Stop) ?? "";
            foreach (string command in UnitFile.Commands(text, key))
            {
                if (command.Contains("address replace 192.0.2.10/32", StringComparison.Ordinal))
                {
                    script.Add("[ $(cat /proc/sys/net/ipv4/conf/all/arp_ignore) = 1 ]");
                }

                script.Add(command);
            }
        }

        Assert.NotEmpty(script);
        Machine.Shell("set -x\n" + string.Join('\n', script));
    }

    private async Task AssertThereAsync()
    {
        string addresses = Machine.Shell("ip -oneline address | tr -s ' '");
        Assert.Contains(" lo inet 192.0.2.10/32 ", addresses, StringComparison.Ordinal);
        Assert.Contains(" scope global lo:0\\", addresses, StringComparison.Ordinal);
        Assert.Contains(" lo inet6 2001:db8::10/128 scope global nodad deprecated ", addresses, StringComparison.Ordinal);
        Assert.Contains(" lvs0 inet 192.0.2.11/32 ", addresses, StringComparison.Ordinal);
        Assert.Contains(" tunl0 inet 192.0.2.12/32 ", addresses, StringComparison.Ordinal);
        Assert.Contains(" lvs4in6 inet 192.0.2.13/32 ", addresses, StringComparison.Ordinal);
        Assert.Contains(" eth0 inet6 2001:db8::14/64 scope global nodad deprecated ", addresses, StringComparison.Ordinal);
        string rest = Machine.Shell(
            "ip -brief link show tunl0; ip -brief link show lvs4in6; ip -details link show lvs4in6; ip route show table 3000; ip route show 192.0.2.10; ip rule; ip fou show");
        foreach (string part in new[]
        {
            "tunl0@NONE UNKNOWN", "lvs4in6@NONE UNKNOWN", "ip6tnl any remote any local 2001:db8::21", "default via 192.0.2.1 dev eth0", "throw 192.0.2.0/24",
            "192.0.2.10 dev lo", "3000: from 192.0.2.21 ipproto tcp sport 80 lookup 3000", "port 6080 gue",
        })
        {
            Assert.Contains(part, string.Join(' ', rest.Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        }

        // The parameters of interfaces that udev would set are those of the commands and of the files; here there is no udev.
        Assert.Equal(NoTrouble, Machine.Shell("/lib/systemd/systemd-sysctl 2>&1"));
        Assert.Equal("2\n", await Machine.ReadFileAsync("/proc/sys/net/ipv4/conf/lvs4in6/rp_filter", Stop));
        Assert.Equal("1\n", await Machine.ReadFileAsync("/proc/sys/net/ipv4/conf/all/arp_ignore", Stop));
    }

    private void AssertGone()
    {
        string all = Machine.Shell("ip -oneline address; ip -brief link; ip rule; ip fou show; ip route show table 3000 2>/dev/null || true");
        foreach (string part in new[] { "192.0.2.1", "2001:db8::1", "lvs4in6", "lvs0", "3000", "6080", "throw" })
        {
            Assert.DoesNotContain(part, all, StringComparison.Ordinal);
        }
    }

    private static void AssertBefore(string first, string second, string text)
    {
        int at = text.IndexOf(first, StringComparison.Ordinal);
        Assert.True(at >= 0 && at < text.IndexOf(second, StringComparison.Ordinal), $"'{first}' does not come before '{second}' in\n{text}");
    }
}
