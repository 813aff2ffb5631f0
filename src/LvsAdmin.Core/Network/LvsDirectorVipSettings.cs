namespace LvsAdmin.Core.Network;

/// <summary>How a director shall hold a virtual IP: what is configured, in contrast to <see cref="LvsDirectorVip"/>, which is observed.</summary>
public sealed record LvsDirectorVipSettings
{
    /// <summary>The interface to hold it; null for the one on whose link it lies.</summary>
    public string? Interface { get; init; }

    /// <summary>The length of the prefix in bits; null for 32 or 128: this address alone.</summary>
    public int? PrefixLength { get; init; }

    /// <summary>Whether it is taken over where another host answers for it.</summary>
    public bool TakeOver { get; init; }

    /// <summary>Whether an IPv4 VIP that the director has already is announced once more, so that who knows another host for it learns better. A new one always is.</summary>
    public bool IsAnnounced { get; init; }

    /// <summary>Whether it survives a boot.</summary>
    public bool IsPersistent { get; init; }

    /// <summary>Who brings it back then; null for who manages the interface.</summary>
    public LvsPersistence? Persistence { get; init; }
}
