using System.Management.Automation;

namespace LvsAdmin.Commands;

/// <summary>
/// Brings the Should-operators of this module into Pester: HaveLvsRealServer, BeDrained, BeServedByLvsHost, AnswerArpOnlyFromDirector and BeInLvsState. Where Pester is
/// loaded when the module is imported, as in a test's BeforeAll, that has been done already.
/// </summary>
[Cmdlet(VerbsData.Import, "LvsShouldOperator")]
[OutputType(typeof(void))]
public sealed class ImportLvsShouldOperatorCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!ShouldOperators.IsPesterLoaded())
        {
            ThrowTerminatingError(new ErrorRecord(
                new InvalidOperationException("Pester 5 or later is not loaded here: Import-Module Pester before, or call this in a test that Invoke-Pester runs."),
                "PesterNotLoaded", ErrorCategory.ResourceUnavailable, null));
        }

        try
        {
            ShouldOperators.Add();
        }
        catch (RuntimeException refused)
        {
            ThrowTerminatingError(new ErrorRecord(refused, "ShouldOperatorRefused", ErrorCategory.InvalidOperation, null));
        }
    }
}
