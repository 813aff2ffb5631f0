#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0.0' }
# What Add-TunnelSite.ps1 promises.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSReviewUnusedParameter', '', Justification = 'Pester reads them in its blocks.')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester hands them from block to block.')]
param(
    [Parameter(Mandatory)] [string] $VirtualService,
    [Parameter(Mandatory)] [string[]] $RealServer,
    [hashtable] $Director = @{},
    [Parameter(Mandatory)] [hashtable[]] $RealServerHost,
    # A host from which clients ask.
    [Parameter(Mandatory)] [hashtable] $Client
)

BeforeDiscovery {
    $cases = @($RealServer | ForEach-Object { @{ Address = $_ } })
    $hosts = @($RealServerHost | ForEach-Object { @{ At = $_; Name = "$($_.Values)" } })
}

BeforeAll {
    Import-Module LvsAdmin
    Import-LvsShouldOperator
    $vip = @(Get-LvsVirtualService $VirtualService @Director -ErrorAction Stop)[0].VirtualService.Address
}

Describe "The tunnelled servers of $VirtualService" {
    It 'has the real server <Address> by a tunnel' -ForEach $cases {
        $VirtualService | Should -HaveLvsRealServer $Address -Forwarding Tunnel -On $Director
    }

    It 'gives <Address> new connections' -ForEach $cases {
        (Get-LvsRealServer $VirtualService $Address @Director).Weight | Should -BeGreaterThan 0
    }

    It 'is served by <Name>' -ForEach $hosts {
        $vip | Should -BeServedByLvsHost $At
    }

    It 'receives by the kind of tunnel that the director sends' -ForEach $hosts {
        $sent = @(Get-LvsRealServer $VirtualService $RealServer @Director | ForEach-Object { "$($_.TunnelType)" } | Sort-Object -Unique)
        "$((Get-LvsRealServerVip $vip @At).TunnelType)" | Should -BeIn $sent
    }

    It 'has nothing wrong with it' {
        Test-LvsDeployment $VirtualService -RealServerHost $RealServerHost @Director | Where-Object Outcome -EQ 'Failed' | Should -BeNullOrEmpty
    }

    It 'answers through the virtual IP' {
        (Test-LvsVirtualService $VirtualService -From $Client -Count 20 @Director).Failed | Should -Be 0
    }
}
