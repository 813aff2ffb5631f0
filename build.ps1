<#
.SYNOPSIS
    Builds, tests, analyzes, packs or shows LvsAdmin.
.DESCRIPTION
    For those who have pwsh. It calls what everybody else calls: dotnet build, lab/lab test and lab/lab demo.
.EXAMPLE
    ./build.ps1
    Builds the module, so that Import-Module ./LvsAdmin.psd1 works.
.EXAMPLE
    ./build.ps1 Build, Test
    Builds, and runs every level of tests that this machine can run, with Pester and PSScriptAnalyzer from the gallery.
.EXAMPLE
    ./build.ps1 Pack
    Makes the module as users get it: out/LvsAdmin, out/LvsAdmin.zip, and out/LvsAdmin.VERSION.nupkg for a gallery.
#>
[CmdletBinding()]
param(
    # What to do, in this order.
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Analyze', 'Pack', 'Demo')]
    [string[]] $Task = 'Build'
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
Set-StrictMode -Version Latest

# True when the module is here, or could be fetched; says why not when not.
function Get-Tool([string] $Name) {
    if (Get-Module -ListAvailable $Name) { return $true }
    try {
        Write-Information "$Name is missing: fetching it from the PowerShell gallery." -InformationAction Continue
        Install-PSResource $Name -Repository PSGallery -Scope CurrentUser -TrustRepository -Quiet
        return $true
    }
    catch {
        Write-Warning "$Name is missing and could not be fetched, so what needs it is not run: $($_.Exception.Message)"
        return $false
    }
}

function Invoke-Build {
    dotnet build (Join-Path $PSScriptRoot 'LvsAdmin.sln') -c Release --nologo -v quiet
}

function Invoke-Test {
    # The lab uses them when they are there.
    $null = Get-Tool Pester
    $null = Get-Tool PSScriptAnalyzer
    & (Join-Path $PSScriptRoot 'lab/lab') test
}

function Invoke-Analyze {
    if (-not (Get-Tool PSScriptAnalyzer)) { return }
    & (Join-Path $PSScriptRoot 'lab/analyze.ps1')
    # A script's exit status, unlike a program's, is no error by itself.
    if ($LASTEXITCODE -ne 0) { throw 'PSScriptAnalyzer has found something.' }
}

function Invoke-Demo {
    & (Join-Path $PSScriptRoot 'lab/lab') demo
}

function Invoke-Pack {
    # The build makes the package: src/LvsAdmin/LvsAdmin.csproj has the list of what is in it.
    Invoke-Build
    $out = Join-Path $PSScriptRoot 'out'
    $module = Join-Path $out 'LvsAdmin'
    if (Test-Path $out) { Remove-Item $out -Recurse -Force }
    $null = New-Item $module -ItemType Directory
    $version = (Import-PowerShellDataFile $PSScriptRoot/LvsAdmin.psd1).ModuleVersion
    Copy-Item $PSScriptRoot/src/LvsAdmin/bin/Release/LvsAdmin.$version.nupkg $out
    [System.IO.Compression.ZipFile]::ExtractToDirectory("$out/LvsAdmin.$version.nupkg", $module)
    # What NuGet puts around the files; some of it is hidden.
    Remove-Item -LiteralPath $module/_rels, $module/package, "$module/[Content_Types].xml", $module/LvsAdmin.nuspec -Recurse -Force

    # The packed module must stand on its own.
    $null = Test-ModuleManifest $module/LvsAdmin.psd1
    pwsh -NoProfile -Command "Import-Module '$($module.Replace("'", "''"))/LvsAdmin.psd1' -ErrorAction Stop"
    [System.IO.Compression.ZipFile]::CreateFromDirectory($module, "$out/LvsAdmin.zip", 'Optimal', $true)
    Write-Information "LvsAdmin ${version}: $module, $out/LvsAdmin.zip, and $out/LvsAdmin.$version.nupkg for Publish-PSResource -NupkgPath" -InformationAction Continue
}

foreach ($name in $Task) {
    & "Invoke-$name"
}
