using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Fleet;

/// <summary>What became of one host in a roll-out. A later one can go on from it.</summary>
public sealed record LvsRolloutResult
{
    /// <summary>The host.</summary>
    public required string HostName { get; init; }

    /// <summary>Its network namespace of this machine; null for the host's own.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>Its addresses as the directors have them; none for a director.</summary>
    public required IReadOnlyList<LvsAddress> Addresses { get; init; }

    /// <summary>The batch that it was in, from 1; 0 for none.</summary>
    public int Batch { get; init; }

    /// <summary>What became of it.</summary>
    public required LvsRolloutState State { get; init; }

    /// <summary>The phase that failed; null when none did.</summary>
    public LvsRolloutPhase? FailedPhase { get; init; }

    /// <summary>Whether it is kept out of its services at any director, until it is resumed or another roll-out succeeds there.</summary>
    public bool IsSuspended { get; init; }

    /// <summary>When its turn began; null when it did not.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>How long it took until it was drained.</summary>
    public TimeSpan DrainTime { get; init; }

    /// <summary>How long the script took, with its repetitions after errors of the connection.</summary>
    public TimeSpan ScriptTime { get; init; }

    /// <summary>How long it took until it was healthy.</summary>
    public TimeSpan HealthCheckTime { get; init; }

    /// <summary>How long it took until it had its weight again.</summary>
    public TimeSpan ResumeTime { get; init; }

    /// <summary>All together.</summary>
    public TimeSpan Duration => DrainTime + ScriptTime + HealthCheckTime + ResumeTime;

    /// <summary>How often the script was begun: more than once after errors of the connection.</summary>
    public int Attempts { get; init; }

    /// <summary>What the script wrote.</summary>
    public IReadOnlyList<object> Output { get; init; } = [];

    /// <summary>Why it failed, was left out or was not attempted, and in what state it is; null for one that succeeded.</summary>
    public string? Error { get; init; }

    /// <summary>The host and what became of it.</summary>
    public override string ToString() => $"{NetworkNamespace ?? HostName}: {State}{(Error is null ? string.Empty : $": {Error}")}";
}
