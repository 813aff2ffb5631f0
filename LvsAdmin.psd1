@{
    RootModule           = 'bin/LvsAdmin.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = '5f0c2f43-7d1e-4a0b-9a55-6d1f0c2be7a4'
    Author               = 'The LvsAdmin authors'
    CompanyName          = 'The LvsAdmin authors'
    Copyright            = 'Copyright (c) 2026 the LvsAdmin authors. MIT licence.'
    Description          = 'Administers Linux Virtual Server: directors over netlink IPVS, real servers with their virtual IPs and ARP policies.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('bin/LvsAdmin.Format.ps1xml')
    TypesToProcess       = @('bin/LvsAdmin.Types.ps1xml')
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    CmdletsToExport      = @(
        'Add-LvsRealServer'
        'Checkpoint-LvsTable'
        'Clear-LvsTable'
        'Compare-LvsConfiguration'
        'ConvertFrom-LvsConfiguration', 'ConvertTo-LvsConfiguration'
        'Disable-LvsDirectorVip'
        'Disable-LvsForwarding'
        'Disable-LvsRealServerVip'
        'Enable-LvsDirectorVip'
        'Enable-LvsForwarding'
        'Enable-LvsRealServerVip'
        'Export-LvsConfiguration'
        'Get-LvsArpPolicy'
        'Get-LvsConnection'
        'Get-LvsDirector'
        'Get-LvsDirectorVip'
        'Get-LvsKernelParameter'
        'Get-LvsRealServer'
        'Get-LvsRealServerVip'
        'Get-LvsSession'
        'Get-LvsStatistics'
        'Get-LvsSyncDaemon'
        'Get-LvsTimeout'
        'Get-LvsVirtualService'
        'Import-LvsConfiguration'
        'Import-LvsShouldOperator'
        'Install-LvsModule'
        'Invoke-LvsRollout'
        'New-LvsRunbook'
        'New-LvsSession'
        'New-LvsVirtualService'
        'Remove-LvsRealServer'
        'Remove-LvsSession'
        'Remove-LvsVirtualService'
        'Reset-LvsArpPolicy'
        'Reset-LvsStatistics'
        'Restore-LvsTable'
        'Resume-LvsRealServer'
        'Set-LvsArpPolicy'
        'Set-LvsKernelParameter'
        'Set-LvsRealServer'
        'Set-LvsTimeout'
        'Set-LvsVirtualService'
        'Start-LvsSyncDaemon'
        'Stop-LvsSyncDaemon'
        'Suspend-LvsRealServer'
        'Sync-LvsConfiguration'
        'Test-LvsArpPolicy'
        'Test-LvsConfiguration'
        'Test-LvsDeployment'
        'Test-LvsRealServer'
        'Test-LvsRealServerVip'
        'Test-LvsVirtualService'
        'Wait-LvsRealServer'
    )
    PrivateData          = @{
        PSData = @{
            Tags       = @('LVS', 'IPVS', 'ipvsadm', 'LoadBalancer', 'Linux', 'DirectRouting', 'Networking')
            Prerelease = ''
        }
    }
}
