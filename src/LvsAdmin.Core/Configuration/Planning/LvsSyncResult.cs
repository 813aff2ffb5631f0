namespace LvsAdmin.Core.Configuration;

/// <summary>What became of a plan on a director.</summary>
public sealed class LvsSyncResult
{
    internal LvsSyncResult(LvsPlan plan, IReadOnlyList<LvsSyncStep> steps, IReadOnlyList<LvsSyncFailure> failures, TimeSpan duration)
    {
        HostName = plan.HostName;
        NetworkNamespace = plan.NetworkNamespace;
        Steps = steps;
        Failures = failures;
        Duration = duration;
    }

    /// <summary>Whether the director is as the plan wanted it.</summary>
    public bool Succeeded => Failures.Count == 0 && Steps.All(step => step.State is LvsSyncState.Done or LvsSyncState.Unneeded);

    /// <summary>How many steps were done.</summary>
    public int ChangeCount => Steps.Count(step => step.State == LvsSyncState.Done && step.Planned is not PlanStep.Drain);

    /// <summary>The steps, object by object.</summary>
    public IReadOnlyList<LvsSyncStep> Steps { get; }

    /// <summary>What failed.</summary>
    public IReadOnlyList<LvsSyncFailure> Failures { get; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; }

    /// <summary>The director.</summary>
    public string HostName { get; }

    /// <summary>The network namespace of the director; null for the one that the process runs in.</summary>
    public string? NetworkNamespace { get; }
}
