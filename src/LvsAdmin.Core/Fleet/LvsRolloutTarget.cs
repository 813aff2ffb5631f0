using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Fleet;

/// <summary>A host that a roll-out changes: what its script and its health check see as <c>$_</c>.</summary>
public sealed record LvsRolloutTarget
{
    /// <summary>The host: its name where the real servers' hosts were named, its address where not.</summary>
    public required string HostName { get; init; }

    /// <summary>Its network namespace of this machine; null for the host's own.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>Its addresses as the directors have them; none for a host that is a director itself.</summary>
    public required IReadOnlyList<LvsAddress> Addresses { get; init; }

    /// <summary>The first of them; null for a director.</summary>
    public LvsAddress? Address => Addresses.Count == 0 ? null : Addresses[0];

    /// <summary>The virtual services that have it as a real server, at any director; those of its own table for a director.</summary>
    public IReadOnlyList<LvsServiceId> VirtualServices { get; init; } = [];

    /// <summary>The real servers that it is in them, with their ports.</summary>
    public IReadOnlyList<LvsServerId> RealServers { get; init; } = [];

    /// <summary>The other directors of its pair; none for a real server.</summary>
    public IReadOnlyList<LvsRolloutPeer> Peers { get; init; } = [];

    /// <summary>The virtual IPs of its pair's services that it holds when its turn begins; none for a standby and for a real server.</summary>
    public IReadOnlyList<LvsAddress> HeldVips { get; init; } = [];

    /// <summary>The host.</summary>
    public override string ToString() => NetworkNamespace ?? HostName;
}
