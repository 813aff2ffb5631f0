using System.Management.Automation;
using LvsAdmin.Core.Diagnosis;

namespace LvsAdmin.Commands;

/// <summary>The one answer that a cmdlet writes with -Quiet for all that it has looked at: whether something was found good and nothing bad. Safe for concurrent use.</summary>
internal sealed class QuietAnswer
{
    private volatile bool _passed;
    private volatile bool _failed;

    /// <summary>The answer so far.</summary>
    internal bool IsGood => _passed && !_failed;

    /// <summary>Something could not be looked at, of which nothing good is known then.</summary>
    internal void Fail() => _failed = true;

    /// <summary>Takes a finding.</summary>
    internal void Note(bool passed)
    {
        _passed |= passed;
        _failed |= !passed;
    }

    /// <summary>Takes a finding; one that was not checked is neither good nor bad.</summary>
    internal void Note(LvsCheckOutcome outcome)
    {
        _passed |= outcome == LvsCheckOutcome.Passed;
        _failed |= outcome == LvsCheckOutcome.Failed;
    }

    /// <summary>Takes a finding that came from a session, by its property Outcome; what has none is no finding.</summary>
    internal void Note(PSObject result)
    {
        if (Enum.TryParse(result.Properties[nameof(LvsCheckResult.Outcome)]?.Value?.ToString(), out LvsCheckOutcome outcome))
        {
            Note(outcome);
        }
    }
}
