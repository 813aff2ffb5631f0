<#
.SYNOPSIS
    Fails a pair of directors over by hand, with the connections that the other one knows.
.DESCRIPTION
    Refuses when the standby has another table or no sync daemon that receives. Then the standby takes the virtual IPs over and announces them, the active one lets them go, and
    the sync daemons change roles. Established connections go on, for their entries were synchronised. Switch-Director.Tests.ps1 verifies the result. Where VRRP moves the
    virtual IPs, let it do so (a lower priority on the active one), and use the checks of this runbook before.
.EXAMPLE
    ./Switch-Director.ps1 -Active @{ HostName = 'lb1' } -Standby @{ HostName = 'lb2' }

    lb2 takes over; the same with the names exchanged takes it back.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    # The director that has the virtual IPs, by the host parameters of a cmdlet.
    [Parameter(Mandatory)]
    [hashtable] $Active,

    # The one that shall have them.
    [Parameter(Mandatory)]
    [hashtable] $Standby,

    # Fail over although the standby does not receive connections: those that are established break.
    [switch] $WithoutSync
)

$ErrorActionPreference = 'Stop'

# The same table: what the standby lacks, its clients would miss.
# The sync daemons are counterparts, and are looked at below.
$table = (Checkpoint-LvsTable @Active).Configuration
$differences = @(Compare-LvsConfiguration -Configuration $table @Standby | Where-Object { $_.Action -ne 'Held' -and $_.Subject -ne 'SyncDaemon' })
if ($differences) { throw "The standby has another table; Sync-LvsConfiguration there first:`n$($differences -join "`n")" }

$vips = @(Get-LvsDirectorVip @Active)
if (-not $vips) { throw 'The active director holds no virtual IP of its services: is it the active one?' }

$sending = @(Get-LvsSyncDaemon @Active | Where-Object Role -EQ 'Master')
$receiving = @(Get-LvsSyncDaemon @Standby | Where-Object Role -EQ 'Backup')
$synchronised = $sending -and $receiving -and $receiving[0].SyncId -in 0, $sending[0].SyncId
if (-not $synchronised -and -not $WithoutSync) { throw 'The standby does not receive the connections of the active director (Get-LvsSyncDaemon on both): -WithoutSync fails over all the same.' }

if (-not $PSCmdlet.ShouldProcess("$(@($vips | ForEach-Object { $_.Address }) -join ', ')", "Move from $($Active.Values) to $($Standby.Values)")) { return }

# Taken over before it is let go: for a moment both answer, and both know every connection.
$addresses = @($vips | ForEach-Object { $_.Address })
Enable-LvsDirectorVip $addresses -Force @Standby
# Its services go on to know them, and so the standby can take them back.
Disable-LvsDirectorVip $addresses -Force @Active
# Whoever asked in that moment may have heard the other one.
Enable-LvsDirectorVip $addresses -Announce @Standby

if ($synchronised) {
    Stop-LvsSyncDaemon Master @Active
    Stop-LvsSyncDaemon Backup @Standby
    Start-LvsSyncDaemon Backup -Interface $sending[0].Interface -SyncId $sending[0].SyncId @Active
    Start-LvsSyncDaemon Master -Interface $receiving[0].Interface -SyncId $sending[0].SyncId @Standby
}
Get-LvsDirectorVip @Standby
