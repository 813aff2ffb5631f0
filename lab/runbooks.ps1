<#
.SYNOPSIS
Plays the runbooks of examples/runbooks on the lab's network, each between two runs of its Pester tests; ends with the kind of summary that lab/tests.bash reads.
.DESCRIPTION
Before a runbook its tests must not all pass, or they prove nothing; after it they must. For the network of lab/topology with three real servers: the third plays the standby
of a pair of directors.
#>
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'
$root = Split-Path $PSScriptRoot
$runbooks = Join-Path $root 'examples/runbooks'
# The tests import the module by its name, as it is where it was installed.
$modules = New-Item -ItemType Directory (Join-Path ([System.IO.Path]::GetTempPath()) "lvs-modules-$PID")
$null = New-Item -ItemType SymbolicLink -Path (Join-Path $modules LvsAdmin) -Target $root
$env:PSModulePath = "$modules$([System.IO.Path]::PathSeparator)$env:PSModulePath"
Import-Module LvsAdmin
if (-not (Get-Module Pester)) { Import-Module Pester }

$lb1 = @{ NetworkNamespace = 'director' }
$lb2 = @{ NetworkNamespace = 'rs3' }
$rs1 = @{ NetworkNamespace = 'rs1' }
$rs2 = @{ NetworkNamespace = 'rs2' }
$client = @{ NetworkNamespace = 'client' }
$web = '192.0.2.10:80'
$count = @{ Total = 0; Failed = 0 }

# Runs the tests of a runbook, and counts them.
function Test-Runbook([string] $Name, [hashtable] $Data, [switch] $Before) {
    $configuration = New-PesterConfiguration
    $configuration.Run.Container = New-PesterContainer -Path (Join-Path $runbooks "$Name.Tests.ps1") -Data $Data
    $configuration.Run.PassThru = $true
    $configuration.Output.Verbosity = if ($Before) { 'None' } else { 'Detailed' }
    $configuration.Output.RenderMode = 'Plaintext'
    $result = Invoke-Pester -Configuration $configuration
    if ($Before) {
        $count.Total++
        if ($result.Result -ne 'Passed') { return }
        $count.Failed++
        "  [-] the tests of $Name pass before it has run, so they prove nothing"
        return
    }
    $broken = $result.FailedBlocksCount + $result.FailedContainersCount
    $count.Total += $result.TotalCount - $result.SkippedCount + $broken
    $count.Failed += $result.FailedCount + $broken
}

function Invoke-Step([string] $Name, [hashtable] $Parameters, [hashtable] $Data, [hashtable] $BeforeData = $Data) {
    Test-Runbook $Name $BeforeData -Before
    & (Join-Path $runbooks "$Name.ps1") @Parameters | Out-Host
    Test-Runbook $Name $Data
}

try {
    $build = @{ VirtualService = $web; RealServer = '192.0.2.21'; Director = $lb1; RealServerHost = , $rs1 }
    Invoke-Step -Name Build-DirectRoutingService -Parameters ($build + @{ Scheduler = 'rr' }) -Data ($build + @{ Client = $client })

    $site = @{ VirtualService = $web; RealServer = '192.0.2.22'; Director = $lb1; RealServerHost = , $rs2 }
    Invoke-Step -Name Add-TunnelSite -Parameters $site -Data ($site + @{ Client = $client })

    # Its tests tell the two phases apart: during the work, and after it.
    $server = @{ RealServer = '192.0.2.21'; Director = $lb1 }
    Test-Runbook Invoke-ServerMaintenance ($server + @{ Phase = 'During' }) -Before
    & (Join-Path $runbooks Invoke-ServerMaintenance.ps1) @server -Reason 'new disk' -Work {
        Test-Runbook Invoke-ServerMaintenance ($server + @{ Phase = 'During' }) | Out-Host
        Test-Runbook Invoke-ServerMaintenance ($server + @{ Phase = 'After' }) -Before | Out-Host
    } -Check { Test-LvsRealServerVip -NetworkNamespace rs1 -Quiet } | Out-Host
    Test-Runbook Invoke-ServerMaintenance ($server + @{ Phase = 'After' })

    # No kernel is changed here: a mark on each host stands for it.
    $marks = Join-Path $modules 'upgraded'
    $null = New-Item -ItemType Directory $marks
    $farm = @{ Director = $lb1; RealServerHost = $rs1, $rs2 }
    $env:LVS_UPGRADED = $marks
    $upgrade = { $null = New-Item -ItemType File -Force "$env:LVS_UPGRADED/$($_.NetworkNamespace)" }
    $isUpgraded = { Test-Path "$env:LVS_UPGRADED/$($_.NetworkNamespace)" }
    Invoke-Step -Name Invoke-KernelUpgrade -Parameters ($farm + @{ Upgrade = $upgrade; Check = { Test-LvsRealServerVip -NetworkNamespace $_.NetworkNamespace -Quiet }; RampUp = 0 }) -Data ($farm + @{ IsUpgraded = $isUpgraded })

    # A pair: the same table on both, and connections that are told of.
    Sync-LvsConfiguration -Configuration (Checkpoint-LvsTable @lb1).Configuration @lb2
    Start-LvsSyncDaemon Backup eth0 -SyncId 7 @lb2
    Start-LvsSyncDaemon Master eth0 -SyncId 7 @lb1
    Invoke-Step -Name Switch-Director -Parameters @{ Active = $lb1; Standby = $lb2 } -Data @{ Active = $lb2; Standby = $lb1; Client = $client }

    # Back again, one after the other: each is upgraded while the other one has the virtual IPs.
    Remove-Item "$marks/*"
    $pair = @{ DirectorHost = $lb1, $lb2 }
    Invoke-Step -Name Invoke-KernelUpgrade -Parameters ($pair + @{ Upgrade = $upgrade }) -Data ($pair + @{ IsUpgraded = $isUpgraded })

    if (Get-Command keepalived -CommandType Application -ErrorAction Ignore) {
        $file = Join-Path $modules keepalived.conf
        Set-Content $file @'
virtual_server 192.0.2.13 80 {
    lvs_sched rr
    lvs_method DR
    protocol TCP
    real_server 192.0.2.21 80 { weight 1 }
    real_server 192.0.2.22 80 { weight 1 }
}
'@
        # Only the director's table is looked at: what else a service needs is the other runbooks' matter.
        $null = Start-Process ip "netns exec director keepalived -n -C -f $file -p $file.1 -c $file.2" -PassThru
        for ($i = 0; $i -lt 100 -and -not (Get-LvsVirtualService 192.0.2.13:* @lb1); $i++) { Start-Sleep -Milliseconds 200 }
        $move = @{ KeepalivedConfiguration = $file; Document = (Join-Path $modules web.json); Director = $lb1 }
        Invoke-Step -Name Move-FromKeepalived -Parameters ($move + @{ StopKeepalived = { sh -c "kill -STOP `$(cat $file.1 $file.2); kill -KILL `$(cat $file.1 $file.2)" } }) -Data $move
    }
}
finally {
    Remove-Item $modules -Recurse -Force
}

"   Runbooks  Total: $($count.Total), Errors: 0, Failed: $($count.Failed), Skipped: 0, Not Run: 0"
exit [int]($count.Failed -gt 0)
