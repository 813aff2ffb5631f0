namespace LvsAdmin.Core.Configuration;

/// <summary>Why a desired state cannot be applied. Each kind is an error id of the cmdlets.</summary>
public enum LvsSyncError
{
    /// <summary>None of the others.</summary>
    SyncFailed,

    /// <summary>The director is no longer as it was when the plan was made.</summary>
    PlanOutdated,

    /// <summary>Fewer real servers than the minimum would take new connections.</summary>
    MinimumNotKept,

    /// <summary>Somebody else has changed the object meanwhile, to something else.</summary>
    ChangedMeanwhile,
}
