<#
.SYNOPSIS
Plays a runbook statement by statement, as somebody would type it at a prompt: its comments, the statement, what comes of it.
.DESCRIPTION
The first error ends it with exit status 1; an exit in the runbook gives that status.
The hosted engine does the same on a machine without pwsh (tests/LvsAdmin.Engine/Runbook.cs).
.EXAMPLE
pwsh -NoProfile -File lab/play.ps1 examples/first-light.ps1
#>
[CmdletBinding()]
param(
    # The runbook.
    [Parameter(Mandatory, Position = 0)]
    [string] $Path
)

# The statements run in this scope, which is why what is ours carries a prefix.
$ErrorActionPreference = 'Stop'
Import-Module (Join-Path $PSScriptRoot '../LvsAdmin.psd1')
$playTokens = $playErrors = $null
$playScript = [System.Management.Automation.Language.Parser]::ParseFile((Resolve-Path $Path), [ref] $playTokens, [ref] $playErrors)
if ($playErrors) {
    $playErrors | ForEach-Object { $Host.UI.WriteErrorLine("$Path, line $($_.Extent.StartLineNumber): $($_.Message)") }
    exit 1
}

function Write-PlayStatement {
    [CmdletBinding()]
    param($Statement, [int] $From)
    $Host.UI.WriteLine('')
    foreach ($token in $playTokens) {
        $isAbove = $token.Extent.StartOffset -ge $From -and $token.Extent.EndOffset -le $Statement.Extent.StartOffset
        # A block comment is help for the file's reader.
        if ($isAbove -and $token.Kind -eq 'Comment' -and $token.Text.StartsWith('#')) {
            $Host.UI.WriteLine($token.Text)
        }
    }

    $prompt = 'PS> '
    # What a function does is shown where it is called; its text would only hide the commands.
    $text = if ($Statement.Name -and $Statement.Body) { "function $($Statement.Name) { ... }" } else { $Statement.Extent.Text }
    foreach ($line in $text -split '\r?\n') {
        $Host.UI.WriteLine($prompt + $line)
        $prompt = '>> '
    }
}

$play = @{ From = 0; Failed = $false }
$ErrorActionPreference = 'Continue'
foreach ($playStatement in $playScript.EndBlock.Statements) {
    Write-PlayStatement $playStatement $play.From
    $play.From = $playStatement.Extent.EndOffset
    try {
        # What programs write to standard error arrives as error records too, and is none.
        . ([scriptblock]::Create($playStatement.Extent.Text)) 2>&1 | ForEach-Object {
            if ($_ -is [System.Management.Automation.ErrorRecord] -and $_.FullyQualifiedErrorId -notlike 'NativeCommandError*') {
                $play.Failed = $true
            }

            $_
        } | Out-Default
    }
    catch {
        $_ | Out-Default
        $play.Failed = $true
    }

    if ($play.Failed) {
        exit 1
    }
}
