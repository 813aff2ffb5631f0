using System.Management.Automation;
using LvsAdmin.Core.Diagnosis;

namespace LvsAdmin.Commands;

/// <summary>A cmdlet that checks something and changes nothing: it writes a result for each check, or with -Quiet one answer for all of them.</summary>
public abstract class TestCommand : LvsHostCommand
{
    private readonly QuietAnswer _answer = new();

    /// <summary>Write one Boolean instead of the results: true if something was found good and nothing bad.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    private protected override void Lost(HostReference host) => _answer.Fail();

    // One answer for all hosts is made here.
    private protected override IReadOnlyCollection<string> LocalParameters => [nameof(Quiet)];

    private protected override bool TakeFromSession(PSObject value)
    {
        _answer.Note(value);
        return Quiet;
    }

    /// <inheritdoc/>
    protected override async Task FinishAsync()
    {
        if (Quiet)
        {
            await OutputAsync(_answer.IsGood);
        }
    }

    /// <summary>Does checks. An error in them is non-terminating, and no good answer.</summary>
    /// <param name="target">The object that the checks are about.</param>
    /// <param name="checks">The checks; their results are written as they come.</param>
    protected async ValueTask CheckAsync(object? target, Func<IAsyncEnumerable<LvsCheckResult>> checks)
    {
        ArgumentNullException.ThrowIfNull(checks);
        bool isFinished = await AttemptAsync(target, async () =>
        {
            await foreach (LvsCheckResult result in checks().WithCancellation(StopToken))
            {
                await ReportAsync(result);
            }
        });
        if (!isFinished)
        {
            _answer.Fail();
        }
    }

    /// <summary>Writes a result, unless only the answer for all is wanted.</summary>
    protected async ValueTask ReportAsync(LvsCheckResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        _answer.Note(result.Outcome);
        if (!Quiet)
        {
            await OutputAsync(result);
        }
    }
}
