namespace LvsAdmin.Core.Configuration;

/// <summary>How a desired state is planned and applied.</summary>
public sealed record SyncOptions
{
    /// <summary>How long connections are waited for, unless said otherwise.</summary>
    public static TimeSpan DefaultDrainTimeout { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether services within the scope that the document does not name are removed.</summary>
    public bool Prune { get; init; }

    /// <summary>How long to wait for the connections of what is to be removed; zero removes it with its connections.</summary>
    public TimeSpan DrainTimeout { get; init; } = DefaultDrainTimeout;

    /// <summary>
    /// How many real servers of a service must be there to take new connections, for all services and whatever the document says; null for what the
    /// document says, or 1.
    /// </summary>
    public int? MinimumAvailable { get; init; }

    /// <summary>Whether <see cref="MinimumAvailable"/> is in percent of the servers that the document names.</summary>
    public bool MinimumIsPercent { get; init; }

    /// <summary>Whether what was done is taken back when something fails.</summary>
    public bool Rollback { get; init; }

    /// <summary>Whether what belongs to the document shall come back after a boot too.</summary>
    public bool Persistent { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
