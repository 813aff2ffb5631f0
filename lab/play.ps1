<#
.SYNOPSIS
    Plays a runbook as somebody would type it: the comments of each statement, the statement, what comes of it.
.DESCRIPTION
    The first error ends it, with exit status 1. The hosted engine does the same on a machine without pwsh (LvsAdmin.Lab play).
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string] $Runbook
)

if ([Console]::IsOutputRedirected) { $PSStyle.OutputRendering = 'PlainText' }
Import-Module (Join-Path $PSScriptRoot '../LvsAdmin.psd1') -ErrorAction Stop

$playTokens = $playErrors = $null
$playScript = [System.Management.Automation.Language.Parser]::ParseFile((Resolve-Path -LiteralPath $Runbook), [ref] $playTokens, [ref] $playErrors)
if ($playErrors) {
    $playErrors | Out-Default
    exit 1
}

$play = @{ From = 0; Line = 0; Failed = $false }
foreach ($playStep in $playScript.EndBlock.Statements) {
    ''
    # Comments above the statement; not one at the end of the last one's line, nor a block that is help for the file's reader.
    $playTokens.Where{
        $_.Kind -eq 'Comment' -and $_.Text[0] -eq '#' -and $_.Extent.StartLineNumber -gt $play.Line -and
        $_.Extent.StartOffset -ge $play.From -and $_.Extent.EndOffset -le $playStep.Extent.StartOffset
    }.Text
    $play.From = $playStep.Extent.EndOffset
    $play.Line = $playStep.Extent.EndLineNumber

    # What a function does is shown where it is called; its text would only hide the commands.
    if ($playStep -is [System.Management.Automation.Language.FunctionDefinitionAst]) { "PS> function $($playStep.Name) { ... }" }
    else { 'PS> ' + $playStep.Extent.Text.ReplaceLineEndings("`n>> ") }

    try {
        # Errors travel with the output, so that both appear in their order. A native command's standard error is not yet an error.
        . ([scriptblock]::Create($playStep.Extent.Text)) 2>&1 | ForEach-Object {
            if ($_ -is [System.Management.Automation.ErrorRecord] -and $_.FullyQualifiedErrorId -notlike 'NativeCommandError*') { $play.Failed = $true }
            $_
        } | Out-Default
    }
    catch {
        $_ | Out-Default
        $play.Failed = $true
    }
    if ($play.Failed) { exit 1 }
}
exit 0
