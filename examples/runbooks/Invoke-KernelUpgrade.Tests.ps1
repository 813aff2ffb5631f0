#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0.0' }
# What Invoke-KernelUpgrade.ps1 promises: every host has the new kernel, and every server is back in service.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSReviewUnusedParameter', '', Justification = 'Pester reads them in its blocks.')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester hands them from block to block.')]
param(
    [hashtable] $Director = @{},
    [Parameter(Mandatory)] [hashtable[]] $RealServerHost,
    # The release that all of them must run.
    [string] $KernelRelease,
    # Tells it in another way; $_ is the table of host parameters.
    [scriptblock] $IsUpgraded = { (Get-LvsDirector @_).KernelRelease -eq $KernelRelease }
)

BeforeDiscovery {
    $hosts = @($RealServerHost | ForEach-Object { @{ At = $_; Name = "$($_.Values)" } })
}

BeforeAll {
    Import-Module LvsAdmin
    Import-LvsShouldOperator
    $servers = @(Get-LvsRealServer @Director)
}

Describe 'The farm after the upgrade' {
    It 'has upgraded <Name>' -ForEach $hosts {
        $At | ForEach-Object $IsUpgraded | Should -BeTrue
    }

    It 'has every server back in service' {
        $servers.Count | Should -BeGreaterThan 0
        foreach ($server in $servers) { $server.Weight | Should -BeGreaterThan 0 -Because "$server of $($server.VirtualService) was in service before" }
    }

    It 'holds no server any more' {
        Get-LvsRealServer -Held @Director | Should -BeNullOrEmpty
    }
}
