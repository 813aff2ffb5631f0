using System.Text.Json;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>One interface of a host with its addresses, from <c>ip -details -json address</c>.</summary>
internal sealed record HostInterface(string Name, IReadOnlySet<string> Flags)
{
    private static readonly HashSet<string> TunnelKinds = new(StringComparer.Ordinal) { "ipip", "sit", "gre", "ip6tnl", "ip6gre" };

    /// <summary>The kernel's name of its kind, such as dummy or ipip; empty for lo and for real network cards.</summary>
    internal string Kind { get; init; } = string.Empty;

    /// <summary>Its address on the link, as neighbours know it; null where it has none.</summary>
    internal string? MacAddress { get; init; }

    /// <summary>Whether a tunnel takes packets from any sender.</summary>
    internal bool AcceptsAnyRemote { get; init; }

    /// <summary>The address to which a tunnel is bound; null for any, and for what is no tunnel.</summary>
    internal LvsAddress? Local { get; init; }

    /// <summary>What an ip6tnl takes: <c>any</c>, <c>ip6ip6</c>, <c>ipip6</c>; null for what has no such choice.</summary>
    internal string? Protocol { get; init; }

    /// <summary>Whether a GRE tunnel takes only packets with a checksum, and one without this only those that have none.</summary>
    internal bool ExpectsChecksum { get; init; }

    /// <summary>The largest packet that it sends, in bytes.</summary>
    internal int Mtu { get; init; }

    internal IReadOnlyList<InterfaceAddress> Addresses { get; init; } = [];

    internal bool IsUp => Flags.Contains("UP");

    internal bool IsLoopback => Flags.Contains("LOOPBACK");

    internal bool IsTunnel => TunnelKinds.Contains(Kind);

    /// <summary>The family of what a tunnel wraps packets in.</summary>
    internal LvsAddressFamily OuterFamily => Kind is "ip6tnl" or "ip6gre" ? LvsAddressFamily.IPv6 : LvsAddressFamily.IPv4;

    /// <summary>Whether addresses on it serve direct routing: nothing comes in by it, so nobody can ask for them there.</summary>
    internal bool IsSilent => IsLoopback || Kind == "dummy";

    /// <summary>Whether neighbours ask for addresses by ARP on it now.</summary>
    internal bool HearsArp => IsUp && !IsLoopback && !Flags.Contains("NOARP") && Flags.Contains("BROADCAST");

    /// <summary>Whether an address of this interface is a VIP in the sense of LVS.</summary>
    internal bool HoldsAsVip(InterfaceAddress address)
    {
        // fe80::/10 and 127.0.0.0/8 and ::1 are every host's own.
        bool ordinary = address.Scope == "link" || address.Address.IsLinkLocalV6 || (IsLoopback && IsLoopbackAddress(address.Address))
            // The kernel gives each sit device all IPv4 addresses of the host in the old ::192.0.2.21/96 form (sit_add_v4_addrs, net/ipv6/addrconf.c).
            || (Kind == "sit" && address.PrefixLength == 96);
        return !ordinary && !address.HasPeer && (IsSilent || (IsTunnel && (AcceptsAnyRemote || address.IsHostPrefix)));
    }

    /// <summary>What ip(8) is asked for them.</summary>
    internal static string[] Arguments => ["-details", "-json", "address", "show"];

    /// <summary>Reads the interfaces of a host.</summary>
    /// <exception cref="LvsHostException">ip(8) is missing or failed, or what it printed cannot be understood.</exception>
    internal static async ValueTask<IReadOnlyList<HostInterface>> ReadAsync(ILvsHost host, CancellationToken cancellationToken) =>
        Parse(host, await IpCommand.QueryAsync(host, cancellationToken, Arguments).ConfigureAwait(false));

    /// <summary>The interfaces of a host from what ip(8) printed for <see cref="Arguments"/>.</summary>
    /// <exception cref="LvsHostException">It cannot be understood.</exception>
    internal static IReadOnlyList<HostInterface> Parse(ILvsHost host, JsonElement[] elements)
    {
        try
        {
            // Interfaces that a filter leaves out are printed as empty objects by some releases.
            return [.. elements.Where(element => element.TryGetProperty("ifname", out _)).Select(Parse)];
        }
        catch (Exception exception) when (exception is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new LvsHostException(
                LvsHostError.BadReply, $"What 'ip {string.Join(' ', Arguments)}' printed on {host.Name} cannot be understood: {exception.Message}", exception);
        }
    }

    /// <summary>Where an address is, as a VIP or otherwise.</summary>
    internal static IEnumerable<(HostInterface Interface, InterfaceAddress Address)> Holders(IEnumerable<HostInterface> interfaces, LvsAddress address) =>
        from each in interfaces
        from held in each.Addresses
        where held.Address == address
        select (each, held);

    internal static bool IsLoopbackAddress(LvsAddress address) => System.Net.IPAddress.IsLoopback(address.ToIPAddress());

    private static HostInterface Parse(JsonElement element)
    {
        JsonElement info = element.TryGetProperty("linkinfo", out JsonElement link) ? link : default;
        JsonElement data = info.ValueKind == JsonValueKind.Object && info.TryGetProperty("info_data", out JsonElement given) ? given : default;
        return new HostInterface(IpCommand.Text(element, "ifname")!, element.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()!).ToHashSet())
        {
            Kind = IpCommand.Text(info, "info_kind") ?? string.Empty,
            MacAddress = IpCommand.Text(element, "link_type") == "ether" ? IpCommand.Text(element, "address") : null,
            AcceptsAnyRemote = IpCommand.Text(data, "remote") == "any",
            Local = LvsAddress.TryParse(IpCommand.Text(data, "local"), out LvsAddress local, out _) ? local : null,
            Protocol = IpCommand.Text(data, "proto"),
            ExpectsChecksum = data.ValueKind == JsonValueKind.Object && data.TryGetProperty("icsum", out JsonElement checksum) && checksum.ValueKind == JsonValueKind.True,
            Mtu = element.TryGetProperty("mtu", out JsonElement mtu) && mtu.TryGetInt32(out int bytes) ? bytes : 0,
            Addresses = element.TryGetProperty("addr_info", out JsonElement addresses)
                ? [.. addresses.EnumerateArray().Where(address => address.TryGetProperty("local", out _)).Select(ParseAddress)]
                : [],
        };
    }

    private static InterfaceAddress ParseAddress(JsonElement element) =>
        new(LvsAddress.Parse(IpCommand.Text(element, "local")!), element.GetProperty("prefixlen").GetInt32(), IpCommand.Text(element, "scope") ?? "global")
        {
            Label = IpCommand.Text(element, "label"),
            Broadcast = IpCommand.Text(element, "broadcast") is { } broadcast ? LvsAddress.Parse(broadcast) : null,
            HasPeer = element.TryGetProperty("address", out _),
            IsDeprecated = element.TryGetProperty("deprecated", out JsonElement deprecated) && deprecated.ValueKind == JsonValueKind.True,
        };
}
