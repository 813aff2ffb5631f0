#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0.0' }
# What Invoke-KernelUpgrade.ps1 promises: every host has the new kernel, every server is back in service, and directors have the same table and one holder of each virtual IP.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSReviewUnusedParameter', '', Justification = 'Pester reads them in its blocks.')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester hands them from block to block.')]
param(
    # As the runbook takes them: real servers with their directors, or directors. One table names one host here.
    [hashtable] $Director = @{},
    [hashtable[]] $RealServerHost = @(),
    [hashtable[]] $DirectorHost = @(),
    # The release that all of them must run.
    [string] $KernelRelease,
    # Tells it in another way; $_ is the table of host parameters.
    [scriptblock] $IsUpgraded = { (Get-LvsDirector @_).KernelRelease -eq $KernelRelease }
)

BeforeDiscovery {
    $hosts = @($RealServerHost + $DirectorHost | ForEach-Object { @{ At = $_; Name = "$($_.Values)" } })
}

BeforeAll {
    Import-Module LvsAdmin
    Import-LvsShouldOperator
}

Describe 'The hosts after the upgrade' {
    It 'has upgraded <Name>' -ForEach $hosts {
        $At | ForEach-Object $IsUpgraded | Should -BeTrue
    }
}

Describe 'The real servers after the upgrade' -Skip:(-not $RealServerHost) {
    It 'has every server back in service' {
        $servers = @(Get-LvsRealServer @Director)
        $servers.Count | Should -BeGreaterThan 0
        foreach ($server in $servers) { $server.Weight | Should -BeGreaterThan 0 -Because "$server of $($server.VirtualService) was in service before" }
    }

    It 'holds no server any more' {
        Get-LvsRealServer -Held @Director | Should -BeNullOrEmpty
    }
}

Describe 'The directors after the upgrade' -Skip:(-not $DirectorHost) {
    It 'has services on each' {
        foreach ($at in $DirectorHost) { Get-LvsVirtualService @at | Should -Not -BeNullOrEmpty -Because "$($at.Values) had some before" }
    }

    It 'has one holder of each virtual IP' {
        $services = @(foreach ($at in $DirectorHost) { Get-LvsVirtualService @at })
        $held = @(foreach ($at in $DirectorHost) { Get-LvsDirectorVip @at })
        foreach ($vip in $services | ForEach-Object { $_.Address } | Sort-Object -Unique) {
            @($held | Where-Object { $_.Address -eq $vip }).Count | Should -Be 1 -Because "somebody has to answer for $vip, and one alone"
        }
    }
}
