#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.0.0' }
# What Move-FromKeepalived.ps1 promises.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSReviewUnusedParameter', '', Justification = 'Pester reads them in its blocks.')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester hands them from block to block.')]
param(
    # keepalived's configuration, as it was.
    [Parameter(Mandatory)] [string] $KeepalivedConfiguration,
    # The document that took its place.
    [Parameter(Mandatory)] [string] $Document,
    [hashtable] $Director = @{}
)

BeforeAll {
    Import-Module LvsAdmin
    Import-LvsShouldOperator
    $old = Import-LvsConfiguration $KeepalivedConfiguration -Format Keepalived -WarningAction SilentlyContinue
}

Describe "The move from keepalived to $Document" {
    It 'has written a document' {
        $Document | Should -Exist
    }

    It 'wants what keepalived wanted' {
        $new = Import-LvsConfiguration $Document
        @($new.VirtualServices.VirtualService | ForEach-Object { "$_" } | Sort-Object) |
            Should -Be @($old.VirtualServices.VirtualService | ForEach-Object { "$_" } | Sort-Object)
    }

    It 'has the director in that state' {
        $Director | Should -BeInLvsState $Document
    }

    It 'has left every service a server' {
        foreach ($service in $old.VirtualServices) {
            @(Get-LvsRealServer $service.VirtualService @Director | Where-Object Weight -GT 0).Count | Should -BeGreaterThan 0 -Because "$($service.VirtualService) must go on"
        }
    }
}
