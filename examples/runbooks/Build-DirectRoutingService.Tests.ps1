#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0.0' }
# What Build-DirectRoutingService.ps1 promises. Run against an estate:
#   Invoke-Pester -Container (New-PesterContainer -Path ./Build-DirectRoutingService.Tests.ps1 -Data @{ VirtualService = '192.0.2.10:80'; ... })
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSReviewUnusedParameter', '', Justification = 'Pester reads them in its blocks.')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester hands them from block to block.')]
param(
    [Parameter(Mandatory)] [string] $VirtualService,
    [Parameter(Mandatory)] [string[]] $RealServer,
    [hashtable] $Director = @{},
    [Parameter(Mandatory)] [hashtable[]] $RealServerHost,
    # A host on the virtual IP's link, from which the service is asked.
    [Parameter(Mandatory)] [hashtable] $Client
)

BeforeDiscovery {
    $cases = @($RealServer | ForEach-Object { @{ Address = $_ } })
    $hosts = @($RealServerHost | ForEach-Object { @{ At = $_; Name = "$($_.Values)" } })
}

BeforeAll {
    Import-Module LvsAdmin
    Import-LvsShouldOperator
    $vip = (Get-LvsVirtualService $VirtualService @Director -ErrorAction Stop).VirtualService.Address
}

Describe "The service $VirtualService by direct routing" {
    It 'has the real server <Address>' -ForEach $cases {
        $VirtualService | Should -HaveLvsRealServer $Address -Forwarding DirectRouting -On $Director
    }

    It 'has a server that takes new connections' {
        @(Get-LvsRealServer $VirtualService @Director | Where-Object Weight -GT 0).Count | Should -BeGreaterThan 0
    }

    It 'is served by <Name>' -ForEach $hosts {
        $vip | Should -BeServedByLvsHost $At
    }

    It 'is answered for by the director alone' {
        $vip | Should -AnswerArpOnlyFromDirector $Director -From $Client
    }

    It 'has nothing wrong with it' {
        $faults = Test-LvsDeployment $VirtualService -RealServerHost $RealServerHost @Director | Where-Object Outcome -EQ 'Failed'
        $faults | Should -BeNullOrEmpty
    }

    It 'is answered by every server that takes connections' {
        $answers = Test-LvsVirtualService $VirtualService -From $Client -Count 20 @Director
        $answers.Failed | Should -Be 0
    }
}
