<#
.SYNOPSIS
Runs PSScriptAnalyzer over every script and manifest of the checkout; ends with the kind of summary that lab/test.sh reads.
#>
[CmdletBinding()]
param()

$root = Split-Path $PSScriptRoot
$settings = Join-Path $root 'PSScriptAnalyzerSettings.psd1'
$built = '[\\/](bin|obj|out|TestResults)[\\/]'
$files = Get-ChildItem $root -Recurse -File -Include *.ps1, *.psm1, *.psd1 | Where-Object FullName -NotMatch $built
$bad = 0
foreach ($file in $files) {
    $findings = Invoke-ScriptAnalyzer -Path $file.FullName -Settings $settings
    if ($findings) {
        $bad++
        $findings | ForEach-Object { '    {0}:{1}: {2} [{3}]' -f $_.ScriptPath, $_.Line, $_.Message, $_.RuleName }
    }
}

"   PSScriptAnalyzer  Total: $(@($files).Count), Errors: 0, Failed: $bad, Skipped: 0, Not Run: 0"
exit [int]($bad -gt 0)
