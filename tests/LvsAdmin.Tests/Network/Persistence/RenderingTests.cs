using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Tests.Network.Persistence;

/// <summary>The texts of the files, as each manager's manual asks for them; that the managers take them is shown in the kernel level.</summary>
[Trait("Level", "Bytes")]
public sealed class RenderingTests
{
    private static readonly IReadOnlyDictionary<string, string> NoNetworkFiles = new Dictionary<string, string>();

    [Fact]
    public void Kernel_parameters_and_modules_are_named_once()
    {
        PersistentFile[] files = [.. BootFiles.Render(SampleVips.All)];
        Assert.Equal([BootFiles.SettingsPath, BootFiles.ModulesPath], files.Select(file => file.Path));
        AssertText(
            """
            net/ipv4/conf/all/arp_announce = 2
            net/ipv4/conf/all/arp_ignore = 1
            -net/ipv4/conf/lvs4in6/rp_filter = 2
            -net/ipv4/conf/tunl0/rp_filter = 2
            """,
            files[0]);
        AssertText("fou\nip6_tunnel\nipip", files[1]);
        Assert.Empty(BootFiles.Render([SampleVips.DirectV6]));
    }

    [Fact]
    public void A_unit_runs_ip_with_the_policy_before_the_address_and_takes_it_back_in_reverse()
    {
        PersistentFile unit = Assert.Single(SystemdUnitFiles.Render([SampleVips.Direct, SampleVips.Gue, SampleVips.FourInSix]));
        Assert.Equal("/etc/systemd/system/lvsadmin-vips.service", unit.Path);
        AssertText(
            """
            [Unit]
            Description=Virtual IPs of LvsAdmin
            After=systemd-modules-load.service systemd-sysctl.service network-pre.target
            Before=network.target

            [Service]
            Type=oneshot
            RemainAfterExit=yes
            ExecStart=-modprobe -q fou
            ExecStart=-modprobe -q ipip
            ExecStart=-modprobe -q ip6_tunnel
            ExecStart=-ip link add lvs4in6 type ip6tnl mode any local 2001:db8::21 remote any
            ExecStart=sysctl -q -w net/ipv4/conf/all/arp_ignore=1
            ExecStart=sysctl -q -w net/ipv4/conf/all/arp_announce=2
            ExecStart=sysctl -q -w net/ipv4/conf/tunl0/rp_filter=2
            ExecStart=sysctl -q -w net/ipv4/conf/lvs4in6/rp_filter=2
            ExecStart=-ip fou add port 6080 gue
            ExecStart=ip link set dev tunl0 up
            ExecStart=ip link set dev lvs4in6 up
            ExecStart=ip address replace 192.0.2.10/32 broadcast 192.0.2.10 dev lo scope global label lo:0
            ExecStart=ip -4 route replace 192.0.2.10/32 dev lo
            ExecStart=ip address replace 192.0.2.12/32 dev tunl0 scope global
            ExecStart=ip address replace 192.0.2.13/32 dev lvs4in6 scope global
            ExecStop=-ip address delete 192.0.2.13/32 dev lvs4in6
            ExecStop=-ip address delete 192.0.2.12/32 dev tunl0
            ExecStop=-ip -4 route delete 192.0.2.10/32 dev lo
            ExecStop=-ip address delete 192.0.2.10/32 dev lo
            ExecStop=-ip fou del port 6080
            ExecStop=-ip link set dev tunl0 down
            ExecStop=-ip link delete lvs4in6

            [Install]
            WantedBy=multi-user.target
            """,
            unit);
    }

    [Fact]
    public void What_is_on_a_card_waits_for_the_network_and_a_policy_of_a_card_for_the_card()
    {
        PersistentVip direct = SampleVips.Direct with { Settings = new Dictionary<string, int> { ["net/ipv4/conf/en-p0.5/arp_ignore"] = 1 } };
        PersistentFile[] units = [.. SystemdUnitFiles.Render([direct, SampleVips.Nat, SampleVips.Director])];
        Assert.Contains(
            """
            Wants=sys-subsystem-net-devices-en\x2dp0.5.device
            After=systemd-modules-load.service systemd-sysctl.service network-pre.target sys-subsystem-net-devices-en\x2dp0.5.device
            """,
            units[0].Content, StringComparison.Ordinal);
        Assert.Contains(
            """
            Wants=network-online.target
            After=network-online.target lvsadmin-vips.service

            [Service]
            Type=oneshot
            RemainAfterExit=yes
            ExecStart=ip address replace 2001:db8::14/64 dev eth0 scope global nodad preferred_lft 0
            ExecStart=ip -4 route replace throw 192.0.2.0/24 table 3000
            ExecStart=ip -4 route replace default via 192.0.2.1 dev eth0 table 3000
            ExecStart=-ip -4 rule add priority 3000 from 192.0.2.21 ipproto tcp sport 80 table 3000
            ExecStop=-ip -4 rule delete priority 3000 from 192.0.2.21 ipproto tcp sport 80 table 3000
            """,
            units[1].Content, StringComparison.Ordinal);
    }

    [Fact]
    public void Ifupdown_gets_aliases_a_stanza_of_commands_and_scripts_for_cards()
    {
        PersistentFile[] files = [.. IfupdownFiles.Render([SampleVips.Direct, SampleVips.DirectV6, SampleVips.Nat])];
        Assert.Equal([IfupdownFiles.StanzasPath, IfupdownFiles.UpPath, IfupdownFiles.DownPath], files.Select(file => file.Path));
        AssertText(
            """

            auto lo:0
            iface lo:0 inet static
                address 192.0.2.10/32
                broadcast 192.0.2.10
                pre-up sysctl -q -w net/ipv4/conf/all/arp_ignore=1
                pre-up sysctl -q -w net/ipv4/conf/all/arp_announce=2
                up ip -4 route replace 192.0.2.10/32 dev lo

            auto lvsadmin-vips
            iface lvsadmin-vips inet manual
                up ip address replace 2001:db8::10/128 dev lo scope global nodad preferred_lft 0
                down ip address delete 2001:db8::10/128 dev lo 2>/dev/null || true
            """,
            files[0]);
        Assert.Equal(PersistentFile.Script, files[1].Mode);
        Assert.True(OwnedFile.IsOurs(files[1].Content));
        Assert.Equal(
            "#!/bin/sh\n" + PersistentFile.Heading +
            """
            case "$IFACE" in
            eth0)
                ip -4 route replace throw 192.0.2.0/24 table 3000
                ip -4 route replace default via 192.0.2.1 dev eth0 table 3000
                ip -4 rule add priority 3000 from 192.0.2.21 ipproto tcp sport 80 table 3000 2>/dev/null || true
                ;;
            esac

            """,
            files[1].Content);
    }

    [Fact]
    public void Networkd_gets_files_of_our_own_for_what_nobody_else_configures()
    {
        Assert.False(NetworkdFiles.CanSay(SampleVips.Gue));
        Assert.False(NetworkdFiles.CanSay(SampleVips.Direct));
        Assert.False(NetworkdFiles.CanSay(SampleVips.Dummy with { DeviceArguments = ["type", "ip6tnl", "encaplimit", "none"] }));
        PersistentVip ipip = SampleVips.Gue with { GuePort = 0 };
        PersistentFile[] files = [.. NetworkdFiles.Render([SampleVips.DirectPlain, SampleVips.DirectV6, SampleVips.FourInSix, ipip], NoNetworkFiles)];
        Assert.Equal(
            ["90-lvsadmin-lo.network", "90-lvsadmin-lvs4in6.netdev", "90-lvsadmin-lvs4in6.network", "90-lvsadmin-tunl0.network"],
            files.Select(file => Path.GetFileName(file.Path)));
        AssertText(
            """
            [Match]
            Name=lo

            [Link]
            RequiredForOnline=no

            [Network]
            LinkLocalAddressing=no
            IPv6AcceptRA=no
            ConfigureWithoutCarrier=yes
            KeepConfiguration=static

            [Address]
            Address=192.0.2.10/32
            Label=lo:0

            [Route]
            Destination=192.0.2.10/32
            Scope=link
            Protocol=boot

            [Address]
            Address=2001:db8::10/128
            PreferredLifetime=0
            DuplicateAddressDetection=none
            """,
            files[0]);
        AssertText("[NetDev]\nName=lvs4in6\nKind=ip6tnl\n\n[Tunnel]\nIndependent=yes\nMode=any\nLocal=2001:db8::21\nRemote=any", files[1]);
    }

    [Fact]
    public void Networkd_gets_a_drop_in_where_another_file_holds_for_the_interface()
    {
        PersistentFile file = Assert.Single(NetworkdFiles.Render(
            [SampleVips.Nat, SampleVips.Director], new Dictionary<string, string> { ["eth0"] = "10-netplan-eth0.network" }));
        Assert.Equal("/etc/systemd/network/10-netplan-eth0.network.d/90-lvsadmin.conf", file.Path);
        AssertText(
            """
            [Route]
            Destination=192.0.2.0/24
            Type=throw
            Protocol=boot
            Table=3000

            [Route]
            Gateway=192.0.2.1
            Protocol=boot
            Table=3000

            [RoutingPolicyRule]
            Priority=3000
            From=192.0.2.21
            Table=3000
            IPProtocol=tcp
            SourcePort=80

            [Address]
            Address=2001:db8::14/64
            PreferredLifetime=0
            DuplicateAddressDetection=none
            """,
            file);
    }

    [Fact]
    public void NetworkManager_gets_profiles_of_what_profiles_can_say()
    {
        Assert.Equal(["192.0.2.11"], SampleVips.All.Where(NetworkManagerFiles.CanSay).Select(vip => vip.Address.ToString()));
        PersistentFile file = Assert.Single(NetworkManagerFiles.Render([SampleVips.Dummy, SampleVips.Dummy with { Address = LvsAddress.Parse("192.0.2.20") }]));
        Assert.Equal(("/etc/NetworkManager/system-connections/lvsadmin-lvs0.nmconnection", PersistentFile.Secret), (file.Path, file.Mode));
        AssertText(
            """
            [connection]
            id=lvsadmin-lvs0
            uuid=44330871-7a1b-8ce9-bcff-c889d99f59eb
            type=dummy
            interface-name=lvs0
            autoconnect=true

            [ipv4]
            method=manual
            address1=192.0.2.11/32
            address2=192.0.2.20/32

            [ipv6]
            method=disabled
            """,
            file);
    }

    private static void AssertText(string expected, PersistentFile file) => Assert.Equal(PersistentFile.Heading + expected + "\n", file.Content);
}
