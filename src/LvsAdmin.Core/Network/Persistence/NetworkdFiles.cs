using System.Globalization;
using System.Text;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>
/// Files of systemd-networkd (systemd.network(5) and systemd.netdev(5) of systemd 252). Only one .network file holds for an interface: where there is one
/// already, which is so for every network card, ours is a drop-in of it.
/// </summary>
internal static class NetworkdFiles
{
    internal const string Directory = "/etc/systemd/network";

    /// <summary>How the names of our files begin.</summary>
    internal const string Prefix = "90-lvsadmin-";

    /// <summary>The name of our file in the directory of drop-ins of somebody else's.</summary>
    internal const string DropIn = "90-lvsadmin.conf";

    /// <summary>How a directory of drop-ins is called, after the file that they add to.</summary>
    internal const string DropInDirectory = ".d";

    /// <summary>
    /// Whether networkd (as of systemd 252) can say all of a VIP. It cannot open a port for GUE: the kernel refuses what it asks for a .netdev of kind fou with
    /// "Numerical result out of range". It gives no broadcast address to an address without a network; and where the kernel's has one that the file does not
    /// name, it sets the address again and again without end. And of devices only the usual arguments are translated.
    /// </summary>
    internal static bool CanSay(PersistentVip vip) => vip is { GuePort: 0, Held: null or { OwnBroadcast: false } } && DeviceOptions(vip) is not null;

    /// <summary>The files of some VIPs.</summary>
    /// <param name="vips">The VIPs.</param>
    /// <param name="networkFiles">The name of the .network file that holds for an interface, without its directory; no entry where none of others does.</param>
    internal static IEnumerable<PersistentFile> Render(IReadOnlyList<PersistentVip> vips, IReadOnlyDictionary<string, string> networkFiles)
    {
        foreach (IGrouping<string, PersistentVip> link in vips.GroupBy(vip => vip.Interface))
        {
            if (link.FirstOrDefault(vip => vip.DeviceArguments.Count > 0) is { } made)
            {
                yield return Device(link.Key, DeviceOptions(made)!);
            }

            string sections = string.Concat(link.Select(Sections).Distinct());
            yield return networkFiles.TryGetValue(link.Key, out string? theirs)
                ? new PersistentFile($"{Directory}/{theirs}{DropInDirectory}/{DropIn}", PersistentFile.Heading + sections.TrimStart('\n'))
                : new PersistentFile($"{Directory}/{Prefix}{link.Key}.network", PersistentFile.Heading + Head(link.Key) + sections);
        }
    }

    private static PersistentFile Device(string name, string options) =>
        new($"{Directory}/{Prefix}{name}.netdev", $"{PersistentFile.Heading}[NetDev]\nName={name}\n{options}");

    // The kind of a device and its section; null when it has arguments that are not translated.
    private static string? DeviceOptions(PersistentVip vip)
    {
        if (vip.DeviceArguments.Count == 0)
        {
            return string.Empty;
        }

        string kind = vip.DeviceArguments[1];
        StringBuilder tunnel = new();
        if (vip.DeviceArguments.Count % 2 != 0 || kind is not ("dummy" or "ipip" or "sit" or "gre" or "ip6gre" or "ip6tnl"))
        {
            return null;
        }

        foreach (string[] pair in vip.DeviceArguments.Skip(2).Chunk(2))
        {
            string? key = pair[0] switch { "mode" when kind == "ip6tnl" => "Mode", "local" => "Local", "remote" => "Remote", "ttl" => "TTL", _ => null };
            if (key is null || kind == "dummy")
            {
                return null;
            }

            tunnel.Append(CultureInfo.InvariantCulture, $"{key}={pair[1]}\n");
        }

        return kind == "dummy" ? "Kind=dummy\n" : $"Kind={kind}\n\n[Tunnel]\nIndependent=yes\n{tunnel}";
    }

    // networkd would take away what others have on the interface, and wait for it at boot.
    private static string Head(string name) =>
        $"[Match]\nName={name}\n\n[Link]\nRequiredForOnline=no\n\n[Network]\nLinkLocalAddressing=no\nIPv6AcceptRA=no\nConfigureWithoutCarrier=yes\nKeepConfiguration=static\n";

    private static string Sections(PersistentVip vip)
    {
        StringBuilder text = new();
        bool isV4 = vip.Address.Family == LvsAddressFamily.IPv4;
        if (vip.Held is { } held)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n[Address]\nAddress={vip.Address}/{held.PrefixLength}\n");
            // Otherwise networkd would derive one from the prefix, which ip(8) does not. An address without a network has none.
            text.Append(isV4 && held.PrefixLength < vip.Address.BitLength - 1 ? "Broadcast=no\n" : string.Empty);
            text.Append(held.Label is { } label ? $"Label={label}\n" : string.Empty);
            text.Append(held.Scope == "global" ? string.Empty : $"Scope={held.Scope}\n");
            text.Append(held.IsDeprecated ? "PreferredLifetime=0\n" : string.Empty);
            text.Append(isV4 ? string.Empty : "DuplicateAddressDetection=none\n");
        }

        // With the protocol of ip(8): otherwise there would be two routes, of which disabling finds one.
        if (vip.HostRoute)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n[Route]\nDestination={vip.Address}/{vip.Address.BitLength}\n{(isV4 ? "Scope=link\n" : "")}Protocol=boot\n");
        }

        if (vip.Route is { } route)
        {
            AppendRoute(text, route);
        }

        return text.ToString();
    }

    private static void AppendRoute(StringBuilder text, PersistentRoute route)
    {
        string table = route.Table is { } number ? string.Create(CultureInfo.InvariantCulture, $"Table={number}\n") : string.Empty;
        if (route.Throw is { } network)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n[Route]\nDestination={network}\nType=throw\nProtocol=boot\n{table}");
        }

        text.Append(CultureInfo.InvariantCulture, $"\n[Route]\nGateway={route.Director}\nProtocol=boot\n{table}");
        if (route.Table is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n[RoutingPolicyRule]\nPriority={route.Priority}\nFrom={route.From}\n{table}");
            text.Append(route.Protocol is { } protocol ? $"IPProtocol={protocol}\n" : string.Empty);
            text.Append(route.Port > 0 ? string.Create(CultureInfo.InvariantCulture, $"SourcePort={route.Port}\n") : string.Empty);
        }
    }
}
