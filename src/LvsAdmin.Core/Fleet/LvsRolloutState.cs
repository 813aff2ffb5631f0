namespace LvsAdmin.Core.Fleet;

/// <summary>What became of a host in a roll-out.</summary>
public enum LvsRolloutState
{
    /// <summary>Its turn did not come: the roll-out stopped before, or the user said no to its batch. Nothing was changed.</summary>
    NotAttempted,

    /// <summary>It was left out, because an earlier roll-out had done it. Nothing was changed.</summary>
    Skipped,

    /// <summary>The script ran, the host is healthy, and it has its weight again.</summary>
    Succeeded,

    /// <summary>A phase failed. Whether it gets traffic, <see cref="LvsRolloutResult.IsSuspended"/> says.</summary>
    Failed,
}
