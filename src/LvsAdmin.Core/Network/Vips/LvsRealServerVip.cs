using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>A virtual IP that a real server serves, as observed: for direct routing and tunnelling it holds the VIP, for NAT its answers go through the director.</summary>
public sealed record LvsRealServerVip
{
    /// <summary>The virtual IP.</summary>
    public required LvsAddress Address { get; init; }

    /// <summary>The length of its prefix in bits; 32 or 128 for a VIP as it should be.</summary>
    public int PrefixLength { get; init; }

    /// <summary>The interface that holds it; for NAT, the one towards the director.</summary>
    public required string Interface { get; init; }

    /// <summary>The label of an IPv4 address, such as <c>lo:0</c>; null when it is the interface's name or the address is IPv6.</summary>
    public string? Label { get; init; }

    /// <summary>What it serves: <see cref="LvsForwardingMethod.DirectRouting"/> on lo or a dummy, <see cref="LvsForwardingMethod.Tunnel"/> on a tunnel, <see cref="LvsForwardingMethod.Nat"/> where nothing holds it.</summary>
    public LvsForwardingMethod Forwarding { get; init; }

    /// <summary>What its tunnel receives; null without one.</summary>
    public LvsTunnelType? TunnelType { get; init; }

    /// <summary>The UDP port on which GUE is received; null for others.</summary>
    public int? TunnelPort { get; init; }

    /// <summary>The director's address to which NAT's answers go; null for other methods.</summary>
    public LvsAddress? Director { get; init; }

    /// <summary>The weakest effective arp_ignore among the interfaces that can be asked for the VIP; null for IPv6, which needs none, and for NAT.</summary>
    public LvsArpIgnore? ArpIgnore { get; init; }

    /// <summary>The weakest effective arp_announce among the same interfaces; null for IPv6 and NAT.</summary>
    public LvsArpAnnounce? ArpAnnounce { get; init; }

    /// <summary>Whether the interface that holds it is up.</summary>
    public bool InterfaceUp { get; init; }

    /// <summary>The effective rp_filter of the tunnel: 0 off, 1 strict, 2 loose; null where no tunnel holds the VIP, and for IPv6.</summary>
    public int? ReversePathFilter { get; init; }

    /// <summary>The largest packet, in bytes, that fits through the tunnel unbroken: the MTU of the real server's own link without what the tunnel adds; null without a tunnel.</summary>
    public int? TunnelMtu { get; init; }

    /// <summary>The largest TCP segment, in bytes, that such a packet holds (MSS, RFC 9293 section 3.7.1); null without a tunnel.</summary>
    public int? MaximumSegmentSize { get; init; }

    /// <summary>Who brings it back after a boot; null when it is not known to come back.</summary>
    public LvsPersistence? Persistence { get; init; }

    /// <summary>What keeps it from working, or takes the VIP away from the director; empty when all is well.</summary>
    public IReadOnlyList<string> Problems => [.. Findings.Select(finding => finding.Problem)];

    /// <summary>What else should be known: how large packets get through a tunnel.</summary>
    public IReadOnlyList<string> Advice { get; init; } = [];

    /// <summary>The problems, each with the short name of what was looked at.</summary>
    internal IReadOnlyList<(string Check, string Problem)> Findings { get; init; } = [];

    /// <summary>The host that it was read from; <c>localhost</c> for this machine.</summary>
    public string HostName { get; init; } = string.Empty;

    /// <summary>The network namespace that it was read in; null for the host's own.</summary>
    public string? NetworkNamespace { get; init; }
}
