# Run in the session of Install-LvsModule: where this version of the module belongs on this host, and whether it is there.
param([string] $scope, [string] $version)
$ErrorActionPreference = 'Stop'
$windows = [System.IO.Path]::DirectorySeparatorChar -eq '\'
$base = if ($scope -eq 'AllUsers') {
    if ($windows) { [System.IO.Path]::Combine([System.Environment]::GetFolderPath('ProgramFiles'), 'PowerShell', 'Modules') }
    else { [System.Management.Automation.Platform]::SelectProductNameForDirectory('SHARED_MODULES') }
}
else {
    if ($windows) { [System.IO.Path]::Combine([System.Environment]::GetFolderPath('MyDocuments'), 'PowerShell', 'Modules') }
    else { [System.Management.Automation.Platform]::SelectProductNameForDirectory('USER_MODULES') }
}
$path = [System.IO.Path]::Combine($base, 'LvsAdmin', $version)
$loaded = Get-Module -Name LvsAdmin
[pscustomobject]@{
    PowerShell = [string]$PSVersionTable.PSVersion.Major + '.' + $PSVersionTable.PSVersion.Minor
    Path       = $path
    Present    = [System.IO.File]::Exists([System.IO.Path]::Combine($path, 'LvsAdmin.psd1'))
    Loaded     = if ($loaded) { [string]$loaded.Version }
}
