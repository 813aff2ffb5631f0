using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Tests.Network.Persistence;

/// <summary>VIPs as the cmdlets describe them for a boot.</summary>
internal static class SampleVips
{
    private static readonly Dictionary<string, int> Arp = new()
    {
        ["net/ipv4/conf/all/arp_ignore"] = 1,
        ["net/ipv4/conf/all/arp_announce"] = 2,
    };

    internal static PersistentVip Direct { get; } = New("192.0.2.10", "DirectRouting", "lo") with
    {
        Settings = Arp,
        Held = new PersistentAddress { PrefixLength = 32, Label = "lo:0", OwnBroadcast = true },
        HostRoute = true,
    };

    /// <summary>The same as systemd-networkd can say it.</summary>
    internal static PersistentVip DirectPlain { get; } = Direct with { Held = Direct.Held! with { OwnBroadcast = false } };

    internal static PersistentVip DirectV6 { get; } = New("2001:db8::10", "DirectRouting", "lo") with
    {
        Held = new PersistentAddress { PrefixLength = 128, IsDeprecated = true },
    };

    internal static PersistentVip Dummy { get; } = New("192.0.2.11", "DirectRouting", "lvs0") with
    {
        InterfaceKind = "dummy",
        DeviceArguments = ["type", "dummy"],
        SetInterfaceUp = true,
        Settings = Arp,
        Held = new PersistentAddress { PrefixLength = 32 },
    };

    internal static PersistentVip Gue { get; } = New("192.0.2.12", "Tunnel", "tunl0") with
    {
        InterfaceKind = "ipip",
        SetInterfaceUp = true,
        Modules = ["fou", "ipip"],
        Settings = new Dictionary<string, int>(Arp) { ["net/ipv4/conf/tunl0/rp_filter"] = 2 },
        Held = new PersistentAddress { PrefixLength = 32 },
        GuePort = 6080,
    };

    internal static PersistentVip FourInSix { get; } = New("192.0.2.13", "Tunnel", "lvs4in6") with
    {
        InterfaceKind = "ip6tnl",
        DeviceArguments = ["type", "ip6tnl", "mode", "any", "local", "2001:db8::21", "remote", "any"],
        SetInterfaceUp = true,
        Modules = ["ip6_tunnel"],
        Settings = new Dictionary<string, int>(Arp) { ["net/ipv4/conf/lvs4in6/rp_filter"] = 2 },
        Held = new PersistentAddress { PrefixLength = 32 },
    };

    internal static PersistentVip Nat { get; } = New("192.0.2.14", "Nat", "eth0") with
    {
        Route = new PersistentRoute
        {
            Director = LvsAddress.Parse("192.0.2.1"),
            Table = 3000,
            Priority = 3000,
            From = LvsAddress.Parse("192.0.2.21"),
            Protocol = "tcp",
            Port = 80,
            Throw = "192.0.2.0/24",
        },
    };

    internal static PersistentVip Director { get; } = New("2001:db8::14", "Director", "eth0") with
    {
        Held = new PersistentAddress { PrefixLength = 64, IsDeprecated = true },
    };

    internal static IReadOnlyList<PersistentVip> All { get; } = [Direct, DirectV6, Dummy, Gue, FourInSix, Nat, Director];

    /// <summary>All of them, brought back by one manager.</summary>
    internal static IReadOnlyList<PersistentVip> By(LvsPersistence persistence) =>
        [.. All.Select(vip => (persistence == LvsPersistence.Networkd && vip == Direct ? DirectPlain : vip) with { Persistence = persistence })];

    private static PersistentVip New(string address, string purpose, string name) =>
        new() { Address = LvsAddress.Parse(address), Purpose = purpose, Persistence = LvsPersistence.SystemdUnit, Interface = name };
}
