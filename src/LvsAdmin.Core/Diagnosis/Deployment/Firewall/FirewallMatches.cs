using System.Globalization;
using System.Net;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>What rules of firewalls ask of packets, however their programs write it.</summary>
internal static class FirewallMatches
{
    /// <summary>What cannot be told from outside.</summary>
    internal static Func<FirewallPacket, bool?> Unknown { get; } = _ => null;

    /// <summary>The opposite.</summary>
    internal static Func<FirewallPacket, bool?> Not(Func<FirewallPacket, bool?> match) => packet => !match(packet);

    /// <summary>Whether any of several matches: yes if one does; not known if none does but of one it cannot be told.</summary>
    internal static bool? Any<T>(IEnumerable<T> several, Func<T, bool?> match)
    {
        bool? result = false;
        foreach (T one in several)
        {
            switch (match(one))
            {
                case true:
                    return true;
                case null:
                    result = null;
                    break;
            }
        }

        return result;
    }

    /// <summary>The name of an interface, with an end that stands for any: <c>eth+</c> or <c>eth*</c>.</summary>
    internal static bool? Interface(string? actual, string pattern) =>
        actual is null ? null : pattern is [.. var start, '+' or '*'] ? actual.StartsWith(start, StringComparison.Ordinal) : actual == pattern;

    /// <summary>An address or a network: <c>192.0.2.0/24</c>, <c>192.0.2.0/255.255.255.0</c>, <c>192.0.2.1</c>. One of the other family is not meant.</summary>
    internal static bool? Network(LvsAddress? actual, FirewallPacket packet, string text)
    {
        string[] parts = text.Split('/');
        if (!LvsAddress.TryParse(parts[0], out LvsAddress network, out _))
        {
            return null;
        }

        if (network.Family != packet.Family)
        {
            return false;
        }

        if (actual is not { } address)
        {
            return parts.Length == 2 && parts[1] == "0" ? true : null;
        }

        int? length = parts.Length == 1 ? network.BitLength
            : int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int bits) ? bits
            : IPAddress.TryParse(parts[1], out IPAddress? mask) ? mask.GetAddressBytes().Sum(part => int.PopCount(part)) : null;
        return length is { } prefix ? new IPNetworkBits(network, prefix).Contains(address) : null;
    }

    /// <summary>A port or a range of ports.</summary>
    internal static bool? Port(int? actual, int first, int last) =>
        actual is { } port ? port >= first && port <= last : first <= 0 && last >= ushort.MaxValue ? true : null;

    /// <summary>A protocol by name or number; those that carry tunnels have several names.</summary>
    internal static bool? Protocol(FirewallPacket packet, string text) => Canonical(text) == Canonical(packet.Protocol) || text is "all" or "0";

    private static string Canonical(string text) => text.ToLowerInvariant() switch
    {
        "6" => "tcp",
        "17" => "udp",
        "132" => "sctp",
        "4" or "ipip" => "ipencap",
        "41" => "ipv6",
        "47" => "gre",
        "1" => "icmp",
        "58" or "icmpv6" => "ipv6-icmp",
        var other => other,
    };

    private readonly record struct IPNetworkBits(LvsAddress Network, int Length)
    {
        internal bool Contains(LvsAddress address)
        {
            byte[] first = Network.ToIPAddress().GetAddressBytes();
            byte[] second = address.ToIPAddress().GetAddressBytes();
            for (int bit = 0; bit < Length && bit < first.Length * 8; bit++)
            {
                int mask = 0x80 >> (bit % 8);
                if ((first[bit / 8] & mask) != (second[bit / 8] & mask))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
