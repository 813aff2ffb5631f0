<#
.SYNOPSIS
Runs Pester suites; ends with the kind of summary that lab/test.sh reads.
#>
[CmdletBinding()]
param(
    # The folder of the suites.
    [Parameter(Mandatory, Position = 0)]
    [string] $Path
)

$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Detailed'
$configuration.Output.RenderMode = 'Plaintext'
$result = Invoke-Pester -Configuration $configuration

# A suite whose own set-up fails runs no tests, and counts as an error.
$errors = $result.FailedBlocksCount + $result.FailedContainersCount
$total = $result.TotalCount + $errors
"   Pester  Total: $total, Errors: $errors, Failed: $($result.FailedCount), Skipped: $($result.SkippedCount), " +
"Not Run: $($result.NotRunCount + $result.InconclusiveCount)"
exit [int]($errors + $result.FailedCount -gt 0)
