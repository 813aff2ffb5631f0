namespace LvsAdmin.Core.Diagnosis;

/// <summary>How a check ended.</summary>
public enum LvsCheckOutcome
{
    /// <summary>What was looked at is as it has to be.</summary>
    Passed,

    /// <summary>What was looked at does not work, or does harm.</summary>
    Failed,

    /// <summary>It could not be looked at from here, or need not be: neither good nor bad is known of it.</summary>
    NotChecked,
}
