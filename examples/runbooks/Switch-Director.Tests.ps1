#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0.0' }
# What Switch-Director.ps1 promises: Active is the director that has taken over.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSReviewUnusedParameter', '', Justification = 'Pester reads them in its blocks.')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester hands them from block to block.')]
param(
    [Parameter(Mandatory)] [hashtable] $Active,
    [Parameter(Mandatory)] [hashtable] $Standby,
    # A host on the virtual IPs' link, from which the services are asked.
    [Parameter(Mandatory)] [hashtable] $Client
)

BeforeDiscovery {
    $services = @(Get-LvsVirtualService @Active | Where-Object { $_.VirtualService.Address } | ForEach-Object { @{ Service = $_.VirtualService; Vip = $_.VirtualService.Address } })
}

BeforeAll {
    Import-Module LvsAdmin
    Import-LvsShouldOperator
}

Describe 'The pair of directors after the fail-over' {
    It 'has services' {
        Get-LvsVirtualService @Active | Should -Not -BeNullOrEmpty
    }

    It 'answers for <Vip> on the new active director alone' -ForEach $services {
        $Vip | Should -AnswerArpOnlyFromDirector $Active -From $Client
    }

    It 'has let <Vip> go on the other' -ForEach $services {
        Get-LvsDirectorVip @Standby | Where-Object Address -EQ $Vip | Should -BeNullOrEmpty
    }

    It 'has the same table on both' {
        Compare-LvsConfiguration -Configuration (Checkpoint-LvsTable @Active).Configuration @Standby | Where-Object Subject -NE 'SyncDaemon' | Should -BeNullOrEmpty
    }

    It 'sends connections from the active director and receives them on the other' {
        (Get-LvsSyncDaemon @Active).Role | Should -Be 'Master'
        (Get-LvsSyncDaemon @Standby).Role | Should -Be 'Backup'
        (Get-LvsSyncDaemon @Active).SyncId | Should -Be (Get-LvsSyncDaemon @Standby).SyncId
    }

    It 'serves <Service>' -ForEach $services {
        (Test-LvsVirtualService $Service -From $Client -Count 10 @Active).Failed | Should -Be 0
    }
}
