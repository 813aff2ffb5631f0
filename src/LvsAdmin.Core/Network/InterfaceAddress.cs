using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>One address of an interface, as ip(8) shows it.</summary>
internal sealed record InterfaceAddress(LvsAddress Address, int PrefixLength, string Scope)
{
    internal string? Label { get; init; }

    internal LvsAddress? Broadcast { get; init; }

    /// <summary>Whether the address names a peer: both ends of a point-to-point link, which no VIP is.</summary>
    internal bool HasPeer { get; init; }

    /// <summary>Whether it is never chosen as source of new connections (preferred_lft 0).</summary>
    internal bool IsDeprecated { get; init; }

    /// <summary>Whether it is for this one host, as a VIP must be.</summary>
    internal bool IsHostPrefix => PrefixLength == Address.BitLength;

    /// <summary>Whether another address lies in the network of this one.</summary>
    internal bool Contains(LvsAddress other)
    {
        if (other.Family != Address.Family)
        {
            return false;
        }

        Span<byte> left = stackalloc byte[16];
        Span<byte> right = stackalloc byte[16];
        other.WriteBytes(left);
        Address.WriteBytes(right);
        int whole = PrefixLength / 8;
        int rest = PrefixLength % 8;
        return left[..whole].SequenceEqual(right[..whole]) && (rest == 0 || ((left[whole] ^ right[whole]) >> (8 - rest)) == 0);
    }
}
