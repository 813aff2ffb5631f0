using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>The way of NAT's answers back through the director: as the host's default route, or for packets from its own address only.</summary>
internal sealed record PersistentRoute
{
    /// <summary>The director's address on the link.</summary>
    public required LvsAddress Director { get; init; }

    /// <summary>The routing table of the policy route; null where the director is the default route of table main.</summary>
    public int? Table { get; init; }

    /// <summary>The priority of the rule that leads to the table.</summary>
    public int Priority { get; init; }

    /// <summary>The real server's own address, from which the rule takes packets; null for a default route.</summary>
    public LvsAddress? From { get; init; }

    /// <summary>The protocol that the rule is for: <c>tcp</c>, <c>udp</c>, <c>sctp</c>; null for all.</summary>
    public string? Protocol { get; init; }

    /// <summary>The port of the service that the rule is for; 0 for all.</summary>
    public int Port { get; init; }

    /// <summary>A network that the table leaves to table main (the host's own link), in CIDR form; null where the rule is for one port only.</summary>
    public string? Throw { get; init; }
}
