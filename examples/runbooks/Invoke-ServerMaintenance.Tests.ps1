#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0.0' }
# What Invoke-ServerMaintenance.ps1 promises: during the work, nobody is sent to the server; after it, it is as it was.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSReviewUnusedParameter', '', Justification = 'Pester reads them in its blocks.')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester hands them from block to block.')]
param(
    [Parameter(Mandatory)] [string] $RealServer,
    [hashtable] $Director = @{},
    # During, or After.
    [ValidateSet('During', 'After')] [string] $Phase = 'After'
)

BeforeAll {
    Import-Module LvsAdmin
    Import-LvsShouldOperator
    $servers = @(Get-LvsRealServer * $RealServer @Director)
    $services = @($servers | ForEach-Object { "$($_.VirtualService)" } | Sort-Object -Unique)
}

Describe "Maintenance of $RealServer" {
    It 'has services to be taken out of' {
        $servers.Count | Should -BeGreaterThan 0
    }

    It 'is drained everywhere' -Skip:($Phase -ne 'During') {
        $servers | Should -BeDrained
    }

    It 'is held, with a reason' -Skip:($Phase -ne 'During') {
        $held = @(Get-LvsRealServer * $RealServer -Held @Director)
        $held.Count | Should -Be $servers.Count
        $held.Hold.Reason | Should -Not -BeNullOrEmpty
    }

    It 'leaves each of its services a server that takes connections' {
        foreach ($service in $services) {
            @(Get-LvsRealServer $service @Director | Where-Object Weight -GT 0).Count | Should -BeGreaterThan 0 -Because "$service must go on"
        }
    }

    It 'takes connections again' -Skip:($Phase -ne 'After') {
        foreach ($server in $servers) { $server.Weight | Should -BeGreaterThan 0 -Because "$($server.VirtualService) had it before" }
    }

    It 'is held no more' -Skip:($Phase -ne 'After') {
        Get-LvsRealServer * $RealServer -Held @Director | Should -BeNullOrEmpty
    }
}
