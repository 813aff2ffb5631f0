using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Network.Persistence;

[Trait("Level", "Bytes")]
public sealed class PersistentVipsTests
{
    private const string Interfaces = "/etc/network/interfaces";

    private FakeHost Host { get; } = new() { NetworkNamespace = null, Program = _ => new ProgramResult(0, "", "") };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_manager_gets_its_files_once_and_loses_them_with_the_last_VIP()
    {
        Host.Files[Interfaces] = "source /etc/network/interfaces.d/*\n";
        Host.Files["/etc/systemd/system/theirs.service"] = "[Unit]\n";
        Host.Files["/sys/class/net/eth0/ifindex"] = "2\n";
        Host.Files["/run/systemd/netif/links/2"] = "ADMIN_STATE=configured\nNETWORK_FILE=/run/systemd/network/10-netplan-eth0.network\n";
        Host.Program = invocation =>
        {
            if (invocation is { Program: "systemctl", Arguments: ["enable" or "disable", var unit] })
            {
                string link = $"/etc/systemd/system/multi-user.target.wants/{unit}";
                _ = invocation.Arguments[0] == "enable" ? Host.Files.TryAdd(link, "") : Host.Files.Remove(link);
            }

            return new ProgramResult(0, "", "");
        };
        string[] before = [.. Host.Files.Keys];
        foreach (LvsPersistence persistence in Enum.GetValues<LvsPersistence>())
        {
            foreach (PersistentVip vip in SampleVips.By(persistence))
            {
                await AddAsync(vip);
                Assert.Empty(await PersistentVips.PlanAddAsync(Host, vip, Stop));
            }

            IReadOnlyList<PersistentVip> stored = await PersistentVips.ReadAsync(Host, Stop);
            Assert.Equal(PersistentStore.Write(SampleVips.By(persistence)), PersistentStore.Write(stored));
            Assert.All(
                Host.Files.Keys.Except(before).Where(path => path != PersistentStore.Path && !path.Contains(".wants/", StringComparison.Ordinal)),
                path => Assert.True(OwnedFile.IsOurs(Host.Files[path]), path));
            Assert.Contains(Host.Files.Keys, path => persistence switch
            {
                LvsPersistence.Networkd => path == "/etc/systemd/network/10-netplan-eth0.network.d/90-lvsadmin.conf",
                LvsPersistence.NetworkManager => path == "/etc/NetworkManager/system-connections/lvsadmin-lvs0.nmconnection",
                LvsPersistence.Ifupdown => path == IfupdownFiles.StanzasPath,
                _ => path == "/etc/systemd/system/lvsadmin-vips-link.service",
            });

            foreach (PersistentVip vip in SampleVips.By(persistence))
            {
                await HostPlan.ApplyAsync(await PersistentVips.PlanRemoveAsync(Host, vip.Address, null, Stop), Stop);
                Assert.Empty(await PersistentVips.PlanRemoveAsync(Host, vip.Address, null, Stop));
            }

            Assert.Equal(before, Host.Files.Keys);
        }
    }

    [Fact]
    public async Task What_is_shared_stays_as_long_as_one_VIP_needs_it_and_a_purpose_is_removed_alone()
    {
        Host.Files["/etc/systemd/system/theirs.service"] = "[Unit]\n";
        await AddAsync(SampleVips.Direct);
        await AddAsync(SampleVips.Dummy);
        await AddAsync(SampleVips.Direct with { Purpose = "Director", Interface = "eth0", Settings = new Dictionary<string, int>(), HostRoute = false, Held = new PersistentAddress { PrefixLength = 24 } });
        await HostPlan.ApplyAsync(await PersistentVips.PlanRemoveAsync(Host, SampleVips.Direct.Address, "DirectRouting", Stop), Stop);
        Assert.Contains("arp_ignore = 1", Host.Files[BootFiles.SettingsPath], StringComparison.Ordinal);
        Assert.Equal(["DirectRouting", "Director"], (await PersistentVips.ReadAsync(Host, Stop)).Select(vip => vip.Purpose));
        await HostPlan.ApplyAsync(await PersistentVips.PlanRemoveAsync(Host, SampleVips.Dummy.Address, null, Stop), Stop);
        Assert.DoesNotContain(BootFiles.SettingsPath, Host.Files.Keys);
    }

    [Fact]
    public async Task A_unit_is_disabled_before_its_file_goes_and_enabled_after_it_came()
    {
        Host.Files["/run/systemd/system/x"] = "";
        await AddAsync(SampleVips.Direct);
        Assert.Equal(
            ["write /etc/lvsadmin/vips.json", "write /etc/sysctl.d/90-lvsadmin-vips.conf", "write /etc/systemd/system/lvsadmin-vips.service", "systemctl daemon-reload", "systemctl enable"],
            Host.Log.Select(line => string.Join(' ', line.Split(' ').Take(2))));
        Host.Files["/etc/systemd/system/multi-user.target.wants/lvsadmin-vips.service"] = "";
        Host.Log.Clear();
        await HostPlan.ApplyAsync(await PersistentVips.PlanRemoveAsync(Host, SampleVips.Direct.Address, null, Stop), Stop);
        Assert.Equal(
            ["remove /etc/lvsadmin/vips.json", "rmdir /etc/lvsadmin", "remove /etc/sysctl.d/90-lvsadmin-vips.conf", "systemctl disable lvsadmin-vips.service", "remove /etc/systemd/system/lvsadmin-vips.service", "systemctl daemon-reload"],
            Host.Log);
    }

    [Fact]
    public async Task When_a_manager_does_not_take_the_files_they_are_put_back_and_it_is_told()
    {
        const string Profile = "/etc/NetworkManager/system-connections/lvsadmin-lvs0.nmconnection";
        Host.Files["/run/NetworkManager/devices/2"] = "managed=true\n";
        PersistentVip vip = SampleVips.Dummy with { Persistence = LvsPersistence.NetworkManager };
        await AddAsync(vip);
        Assert.DoesNotContain("nmcli connection reload", Host.Log);
        Dictionary<string, string> before = new(Host.Files);
        Host.Log.Clear();
        Host.Program = invocation => new ProgramResult(invocation.Program == "nmcli" ? 1 : 0, "", "Error: failed to reload connections: access denied.\n");
        IReadOnlyList<HostChange> plan = await PersistentVips.PlanRemoveAsync(Host, vip.Address, null, Stop);
        Assert.StartsWith("--- /etc/lvsadmin/vips.json\n+++ /dev/null\n@@ ", plan[0].ToString(), StringComparison.Ordinal);
        Assert.Equal("NetworkManager: nmcli connection reload", plan[^1].ToString());
        Assert.Empty(Host.Log);
        LvsHostException failed = await Assert.ThrowsAsync<LvsHostException>(async () => await HostPlan.ApplyAsync(plan, Stop));
        Assert.Equal(LvsHostError.AccessDenied, failed.Error);
        Assert.Equal(before, Host.Files);
        Assert.Equal(PersistentFile.Secret, Host.Modes[Profile]);
        Assert.Equal(2, Host.Log.Count(line => line == "nmcli connection reload"));
    }

    [Fact]
    public async Task A_card_is_not_configured_anew_for_an_address_that_it_has_but_for_one_that_it_loses()
    {
        Host.Files["/sys/class/net/eth0/ifindex"] = "2\n";
        Host.Files["/run/systemd/netif/links/2"] = "NETWORK_FILE=/etc/systemd/network/eth0.network\n";
        PersistentVip first = SampleVips.Director with { Persistence = LvsPersistence.Networkd };
        await AddAsync(first);
        await AddAsync(first with { Address = LvsAddress.Parse("2001:db8::15") });
        await AddAsync(SampleVips.Dummy with { Persistence = LvsPersistence.Networkd });
        await HostPlan.ApplyAsync(await PersistentVips.PlanRemoveAsync(Host, SampleVips.Dummy.Address, null, Stop), Stop);
        Assert.DoesNotContain("networkctl reload", Host.Log);
        await HostPlan.ApplyAsync(await PersistentVips.PlanRemoveAsync(Host, first.Address, null, Stop), Stop);
        Assert.Contains("networkctl reload", Host.Log);
    }

    [Fact]
    public async Task Refusals_have_kinds_and_change_nothing()
    {
        Host.Files["/etc/systemd/system/theirs.service"] = "[Unit]\n";
        await RefusedAsync(LvsHostError.PersistenceNotSupported, SampleVips.Dummy with { Interface = "a;reboot" });
        await RefusedAsync(LvsHostError.PersistenceNotSupported, SampleVips.Dummy with { Interface = "$(x)" });
        await RefusedAsync(LvsHostError.PersistenceNotSupported, SampleVips.Dummy with { DeviceArguments = ["type", "dummy", "; reboot"] });
        await RefusedAsync(LvsHostError.PersistenceNotSupported, SampleVips.Dummy with { Settings = new Dictionary<string, int> { ["net/../kernel/sysrq"] = 1 } });
        await RefusedAsync(LvsHostError.PersistenceNotSupported, SampleVips.Director with { Persistence = LvsPersistence.Networkd });
        await RefusedAsync(LvsHostError.PersistenceNotSupported, SampleVips.Direct with { Persistence = LvsPersistence.Ifupdown });
        Host.Files[BootFiles.SettingsPath] = "net.ipv4.ip_forward = 1\n";
        await RefusedAsync(LvsHostError.FileNotOurs, SampleVips.Direct);
        Host.Files[PersistentStore.Path] = """{ "version": 1, "vips": [ { "address": "192.0.2.10", "purpose": "DirectRouting", "persistence": "SystemdUnit", "interface": "$(x)" } ] }""";
        await RefusedAsync(LvsHostError.BadReply, SampleVips.DirectV6);
        foreach (string broken in new[] { "", "{}", "[]", """{ "version": 2, "vips": [] }""", """{ "version": 1, "vips": [ null ] }""", """{ "version": 1, "vips": [ { "address": "1" } ] }""",
            """{ "version": 1, "vips": [ { "address": "192.0.2.10", "purpose": "DirectRouting", "persistence": "SystemdUnit", "interface": null } ] }""" })
        {
            Host.Files[PersistentStore.Path] = broken;
            await RefusedAsync(LvsHostError.BadReply, SampleVips.DirectV6);
        }

        FakeHost elsewhere = new();
        LvsHostException refused = await Assert.ThrowsAsync<LvsHostException>(async () => await PersistentVips.PlanAddAsync(elsewhere, SampleVips.Direct, Stop));
        Assert.Equal(LvsHostError.PersistenceInNamespace, refused.Error);
        elsewhere.Files[PersistentStore.Path] = "none of its business";
        Assert.Empty(await PersistentVips.PlanRemoveAsync(elsewhere, SampleVips.Direct.Address, null, Stop));
        Assert.Empty(await PersistentVips.ReadAsync(elsewhere, Stop));
    }

    [Fact]
    public async Task The_manager_is_the_one_who_manages_the_interface_or_any_but_lo()
    {
        await UndetectedAsync(null);
        Host.Files["/etc/systemd/system/theirs.service"] = "[Unit]\n";
        Assert.Equal(LvsPersistence.SystemdUnit, await DetectAsync(null));
        Host.Files[Interfaces] = "auto lo\n";
        Host.Files["/run/network/ifstate"] = "lo=lo\nlo:0=lo:0\n";
        Assert.Equal(LvsPersistence.SystemdUnit, await DetectAsync(null));
        Host.Files["/run/network/ifstate"] = "lo=lo\neth0=eth0\n";
        Assert.Equal(LvsPersistence.Ifupdown, await DetectAsync(null));
        Host.Files["/run/NetworkManager/devices/1"] = "[device]\nmanaged=true\n";
        Host.Files["/run/NetworkManager/devices/2"] = "[device]\nmanaged=false\n";
        Assert.Equal(LvsPersistence.Ifupdown, await DetectAsync(null));
        Host.Files["/run/NetworkManager/devices/3"] = "[device]\nmanaged=true\n";
        Assert.Equal(LvsPersistence.NetworkManager, await DetectAsync(null));
        Host.Files["/run/systemd/netif/links/2"] = "ADMIN_STATE=unmanaged\n";
        Host.Files["/run/systemd/netif/links/5"] = "ADMIN_STATE=configured\nNETWORK_FILE=/etc/systemd/network/90-lvsadmin-lvs0.network\n";
        Assert.Equal(LvsPersistence.NetworkManager, await DetectAsync("lo"));
        Host.Files["/run/systemd/netif/links/4"] = "ADMIN_STATE=configured\nNETWORK_FILE=/etc/systemd/network/eth2.network\n";
        Assert.Equal(LvsPersistence.Networkd, await DetectAsync(null));
        foreach ((string name, string index, LvsPersistence manager) in new[] { ("eth0", "2", LvsPersistence.Ifupdown), ("eth1", "3", LvsPersistence.NetworkManager), ("eth2", "4", LvsPersistence.Networkd) })
        {
            Host.Files[$"/sys/class/net/{name}/ifindex"] = index + "\n";
            Assert.Equal(manager, await DetectAsync(name));
        }

        Assert.Empty(Host.Log);
        LvsHostException refused = await Assert.ThrowsAsync<LvsHostException>(async () => await PersistentVips.DetectAsync(new FakeHost(), null, Stop));
        Assert.Equal(LvsHostError.PersistenceInNamespace, refused.Error);
    }

    private async Task<LvsPersistence> DetectAsync(string? name) => await PersistentVips.DetectAsync(Host, name, Stop);

    private async Task UndetectedAsync(string? name)
    {
        LvsHostException refused = await Assert.ThrowsAsync<LvsHostException>(async () => await DetectAsync(name));
        Assert.Equal(LvsHostError.PersistenceNotSupported, refused.Error);
    }

    private async Task AddAsync(PersistentVip vip) => await HostPlan.ApplyAsync(await PersistentVips.PlanAddAsync(Host, vip, Stop), Stop);

    private async Task RefusedAsync(LvsHostError error, PersistentVip vip)
    {
        Dictionary<string, string> before = new(Host.Files);
        LvsHostException refused = await Assert.ThrowsAsync<LvsHostException>(async () => await PersistentVips.PlanAddAsync(Host, vip, Stop));
        Assert.Equal(error, refused.Error);
        Assert.Equal(before, Host.Files);
    }
}
