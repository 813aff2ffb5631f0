using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>
/// VIPs as commands, for whoever can run commands at boot. What VIPs share is named once. Each can be run again and again: leftovers of an earlier run,
/// or of a cmdlet, are no failure.
/// </summary>
internal static class BootCommands
{
    /// <summary>The commands that bring VIPs back, in their order: nothing of a VIP is there before its ARP policy.</summary>
    internal static IReadOnlyList<BootCommand> Start(IEnumerable<PersistentVip> vips)
    {
        PersistentVip[] all = [.. vips];
        return
        [
            .. all.SelectMany(Devices)
                .Concat(all.SelectMany(Settings))
                .Concat(all.SelectMany(Ports))
                .Concat(all.Where(vip => vip.SetInterfaceUp).Select(vip => new BootCommand(false, "ip", "link", "set", "dev", vip.Interface, "up")))
                .Concat(all.SelectMany(Addresses))
                .Concat(all.SelectMany(Routes))
                .Distinct(),
        ];
    }

    /// <summary>
    /// The commands that take VIPs away, with the devices and ports that were made for them. Kernel parameters stay: a stricter ARP policy without a VIP
    /// does no harm, and what stood there before is known to LvsAdmin only.
    /// </summary>
    internal static IReadOnlyList<BootCommand> Stop(IEnumerable<PersistentVip> vips)
    {
        PersistentVip[] all = [.. vips];
        return
        [
            .. all.Reverse().SelectMany(RouteRemovals)
                .Concat(all.Reverse().SelectMany(AddressRemovals))
                .Concat(all.Where(vip => vip.GuePort > 0).Select(vip => Fou(vip, "del")))
                .Concat(all.Select(LinkRemoval).OfType<BootCommand>())
                .Distinct(),
        ];
    }

    private static IEnumerable<BootCommand> Devices(PersistentVip vip) =>
        vip.Modules.Select(module => new BootCommand(true, "modprobe", "-q", module))
            .Concat(vip.DeviceArguments.Count == 0 ? [] : [new BootCommand(true, ["ip", "link", "add", vip.Interface, .. vip.DeviceArguments])]);

    private static IEnumerable<BootCommand> Settings(PersistentVip vip) =>
        vip.Settings.Select(setting => new BootCommand(false, "sysctl", "-q", "-w", string.Create(CultureInfo.InvariantCulture, $"{setting.Key}={setting.Value}")));

    private static IEnumerable<BootCommand> Ports(PersistentVip vip)
    {
        if (vip.GuePort > 0)
        {
            yield return Fou(vip, "add");
        }
    }

    private static BootCommand Fou(PersistentVip vip, string verb)
    {
        string[] family = vip.GueOverIPv6 ? ["-6"] : [];
        string[] kind = verb == "add" ? ["gue"] : [];
        return new BootCommand(true, ["ip", .. family, "fou", verb, "port", vip.GuePort.ToString(CultureInfo.InvariantCulture), .. kind]);
    }

    private static IEnumerable<BootCommand> Addresses(PersistentVip vip)
    {
        if (vip.Held is { } held)
        {
            yield return new BootCommand(false, [.. AddressWords("replace", vip, held)]);
        }

        if (vip.HostRoute)
        {
            yield return HostRoute(vip, "replace", mayFail: false);
        }
    }

    private static IEnumerable<BootCommand> AddressRemovals(PersistentVip vip)
    {
        if (vip.HostRoute)
        {
            yield return HostRoute(vip, "delete", mayFail: true);
        }

        if (vip.Held is { } held)
        {
            yield return new BootCommand(true, "ip", "address", "delete", Prefix(vip, held), "dev", vip.Interface);
        }
    }

    private static IEnumerable<string> AddressWords(string verb, PersistentVip vip, PersistentAddress held)
    {
        bool isV4 = vip.Address.Family == LvsAddressFamily.IPv4;
        string[] broadcast = held.OwnBroadcast ? ["broadcast", $"{vip.Address}"] : [];
        string[] label = held.Label is { } given ? ["label", given] : [];
        // Duplicate-address detection would find the director's, and the other servers', and disable the VIP.
        string[] detection = isV4 ? [] : ["nodad"];
        string[] deprecated = held.IsDeprecated ? ["preferred_lft", "0"] : [];
        return ["ip", "address", verb, Prefix(vip, held), .. broadcast, "dev", vip.Interface, "scope", held.Scope, .. label, .. detection, .. deprecated];
    }

    private static BootCommand HostRoute(PersistentVip vip, string verb, bool mayFail) =>
        new(mayFail, "ip", Family(vip), "route", verb, $"{vip.Address}/{vip.Address.BitLength}", "dev", vip.Interface);

    private static IEnumerable<BootCommand> Routes(PersistentVip vip)
    {
        if (vip.Route is not { } route)
        {
            yield break;
        }

        string[] table = Table(route);
        if (route.Throw is { } network)
        {
            yield return new BootCommand(false, ["ip", Family(vip), "route", "replace", "throw", network, .. table]);
        }

        yield return new BootCommand(false, ["ip", Family(vip), "route", "replace", "default", "via", $"{route.Director}", "dev", vip.Interface, .. table]);
        if (route.Table is not null)
        {
            yield return new BootCommand(true, ["ip", Family(vip), "rule", "add", .. Rule(route)]);
        }
    }

    private static IEnumerable<BootCommand> RouteRemovals(PersistentVip vip)
    {
        if (vip.Route is not { } route)
        {
            yield break;
        }

        if (route.Table is not null)
        {
            yield return new BootCommand(true, ["ip", Family(vip), "rule", "delete", .. Rule(route)]);
        }

        yield return new BootCommand(true, ["ip", Family(vip), "route", "delete", "default", "via", $"{route.Director}", "dev", vip.Interface, .. Table(route)]);
        if (route.Throw is { } network)
        {
            yield return new BootCommand(true, ["ip", Family(vip), "route", "delete", "throw", network, .. Table(route)]);
        }
    }

    private static string[] Table(PersistentRoute route) => route.Table is { } table ? ["table", table.ToString(CultureInfo.InvariantCulture)] : [];

    private static string[] Rule(PersistentRoute route)
    {
        string[] protocol = route.Protocol is { } name ? ["ipproto", name] : [];
        string[] port = route.Port > 0 ? ["sport", route.Port.ToString(CultureInfo.InvariantCulture)] : [];
        return ["priority", route.Priority.ToString(CultureInfo.InvariantCulture), "from", $"{route.From}", .. protocol, .. port, .. Table(route)];
    }

    // A device that was made for VIPs goes; one that was set up for them is set down, but never lo.
    private static BootCommand? LinkRemoval(PersistentVip vip) => vip switch
    {
        { DeviceArguments.Count: > 0 } => new BootCommand(true, "ip", "link", "delete", vip.Interface),
        { SetInterfaceUp: true, Interface: not "lo" } => new BootCommand(true, "ip", "link", "set", "dev", vip.Interface, "down"),
        _ => null,
    };

    private static string Prefix(PersistentVip vip, PersistentAddress held) => string.Create(CultureInfo.InvariantCulture, $"{vip.Address}/{held.PrefixLength}");

    private static string Family(PersistentVip vip) => vip.Address.Family == LvsAddressFamily.IPv4 ? "-4" : "-6";
}
