namespace LvsAdmin.Core.Diagnosis;

/// <summary>What one check found: what every Test- cmdlet of LvsAdmin writes. Name of check and outcome are for scripts, the words for people.</summary>
public sealed record LvsCheckResult
{
    /// <summary>What was checked: a virtual IP, an interface, a service.</summary>
    public required string Subject { get; init; }

    /// <summary>Which check it was: a short name that does not change.</summary>
    public required string Check { get; init; }

    /// <summary>How it ended.</summary>
    public required LvsCheckOutcome Outcome { get; init; }

    /// <summary>What was seen, in a sentence.</summary>
    public required string Message { get; init; }

    /// <summary>What to do about it; null where nothing needs to be done, or nothing is known to help.</summary>
    public string? Remedy { get; init; }

    /// <summary>The host on which it was checked; <c>localhost</c> for this machine.</summary>
    public string HostName { get; init; } = string.Empty;

    /// <summary>The network namespace in which it was checked; null for the host's own.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>The result as a person would read it.</summary>
    public override string ToString() => $"{Subject}: {Check} {Outcome}: {Message}{(Remedy is null ? string.Empty : $" {Remedy}")}";
}
