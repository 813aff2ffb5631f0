using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>A virtual IP on a director, which answers its link for it; as observed.</summary>
public sealed record LvsDirectorVip
{
    /// <summary>The virtual IP.</summary>
    public required LvsAddress Address { get; init; }

    /// <summary>The length of its prefix in bits; 32 or 128 unless it was asked for otherwise.</summary>
    public int PrefixLength { get; init; }

    /// <summary>The interface that holds it.</summary>
    public required string Interface { get; init; }

    /// <summary>The interface's address on the link, which neighbours shall know for the VIP; null where it has none.</summary>
    public string? MacAddress { get; init; }

    /// <summary>Whether the interface that holds it is up.</summary>
    public bool InterfaceUp { get; init; }

    /// <summary>
    /// Whether the director never speaks from it of its own accord, as an IPv6 VIP needs: tunnelled packets whose sender is the VIP are dropped by the real
    /// servers, which own it too (ip6_tnl_rcv_ctl, net/ipv6/ip6_tunnel.c). IPv4 has no such thing.
    /// </summary>
    public bool IsDeprecated { get; init; }

    /// <summary>The host that it was read from; <c>localhost</c> for this machine.</summary>
    public string HostName { get; init; } = string.Empty;

    /// <summary>The network namespace that it was read in; null for the host's own.</summary>
    public string? NetworkNamespace { get; init; }
}
