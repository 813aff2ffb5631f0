namespace LvsAdmin.Core.Configuration;

/// <summary>What became of a step.</summary>
public enum LvsSyncState
{
    /// <summary>It was not come to: an earlier step of the same object failed, or the work was stopped.</summary>
    NotDone,

    /// <summary>It was done.</summary>
    Done,

    /// <summary>It was so already: somebody else did the same meanwhile.</summary>
    Unneeded,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>It was done and taken back.</summary>
    TakenBack,
}
