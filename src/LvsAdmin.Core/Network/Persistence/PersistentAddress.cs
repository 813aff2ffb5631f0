namespace LvsAdmin.Core.Network;

/// <summary>How a VIP is added to its interface.</summary>
internal sealed record PersistentAddress
{
    /// <summary>The length of the prefix; 32 or 128, except where a director's VIP has that of its network.</summary>
    public required int PrefixLength { get; init; }

    /// <summary>The scope, in ip(8)'s words: <c>global</c> or <c>host</c>.</summary>
    public string Scope { get; init; } = "global";

    /// <summary>The label of an IPv4 address, such as <c>lo:0</c>; null for none.</summary>
    public string? Label { get; init; }

    /// <summary>Whether the VIP is its own broadcast address (IPv4 on lo).</summary>
    public bool OwnBroadcast { get; init; }

    /// <summary>Whether it is never chosen as source (IPv6: preferred_lft 0). IPv6 VIPs are always without duplicate-address detection.</summary>
    public bool IsDeprecated { get; init; }
}
