using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>
/// Profiles of NetworkManager in its keyfile format (nm-settings-keyfile(5)), for IPv4 VIPs on dummies. All else goes to our own unit: what no profile can say
/// (that an IPv6 address is deprecated, tunnels that take packets from anywhere, GUE, additions to somebody else's profile of a network card), and lo.
/// NetworkManager 1.42 and later can manage lo, but takes it over whole: the moment it reads a profile for it, it removes every address that the profile does
/// not name, VIPs that were enabled without it included. Without a profile it leaves lo as it is.
/// </summary>
internal static class NetworkManagerFiles
{
    internal const string Directory = "/etc/NetworkManager/system-connections";

    /// <summary>How the names of our profiles begin.</summary>
    internal const string Prefix = "lvsadmin-";

    /// <summary>How the names of profiles end.</summary>
    internal const string Suffix = ".nmconnection";

    /// <summary>Whether a profile can say all of a VIP.</summary>
    internal static bool CanSay(PersistentVip vip) => vip is
    {
        InterfaceKind: "dummy",
        DeviceArguments: [] or ["type", "dummy"],
        Address.Family: LvsAddressFamily.IPv4,
        Held: { Scope: "global", Label: null, OwnBroadcast: false, IsDeprecated: false },
        HostRoute: false,
        GuePort: 0,
        Route: null,
    };

    internal static IEnumerable<PersistentFile> Render(IReadOnlyList<PersistentVip> vips) =>
        vips.GroupBy(vip => vip.Interface).Select(group => Profile(group.Key, [.. group]));

    private static PersistentFile Profile(string name, IReadOnlyList<PersistentVip> vips)
    {
        string id = Prefix + name;
        StringBuilder text = new(PersistentFile.Heading);
        text.Append(CultureInfo.InvariantCulture, $"[connection]\nid={id}\nuuid={Identifier(id)}\ntype=dummy\ninterface-name={name}\nautoconnect=true\n\n[ipv4]\nmethod=manual\n");
        text.AppendJoin(string.Empty, vips.Select((vip, at) => string.Create(CultureInfo.InvariantCulture, $"address{at + 1}={vip.Address}/{vip.Held!.PrefixLength}\n")));
        text.Append("\n[ipv6]\nmethod=disabled\n");
        return new PersistentFile($"{Directory}/{id}{Suffix}", text.ToString(), PersistentFile.Secret);
    }

    // The same for the same name on every host, so that a profile which is written again is the same one (RFC 9562, version 8).
    private static Guid Identifier(string id)
    {
        Span<byte> bytes = SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 16);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
