<#
.SYNOPSIS
    Moves a director's virtual services from keepalived to LvsAdmin, without a moment in which the table is empty.
.DESCRIPTION
    Reads keepalived's configuration, shows in which it differs from the live table, keeps the table, and writes the document that takes its place. keepalived would take
    its services away when it ends as it should, so it is ended in a way that leaves them. Then the document is applied, which changes nothing where the two agree.
    What keepalived did besides the table (health checks, VRRP) is not taken over: the warnings name the lines. Move-FromKeepalived.Tests.ps1 verifies the result.
.EXAMPLE
    ./Move-FromKeepalived.ps1 /etc/keepalived/keepalived.conf ./web.json -WhatIf

    On the director itself: says what there is to do, with the differences.
.EXAMPLE
    ./Move-FromKeepalived.ps1 ./lb1-keepalived.conf ./web.json -Director @{ HostName = 'lb1' } -StopKeepalived { ssh lb1 'systemctl disable keepalived; systemctl kill --signal=STOP keepalived; systemctl kill --signal=KILL keepalived' }

    From the administrator's machine, with a copy of the file.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    # keepalived's configuration.
    [Parameter(Mandatory, Position = 0)]
    [string] $KeepalivedConfiguration,

    # The document to write: JSON.
    [Parameter(Mandatory, Position = 1)]
    [string] $Document,

    # The director, by the host parameters of a cmdlet.
    [hashtable] $Director = @{},

    # Ends keepalived, at once and for good.
    [scriptblock] $StopKeepalived = {
        systemctl disable keepalived
        # Halted first: a child that sees its parent gone takes its services away before it is killed itself.
        systemctl kill --signal=STOP keepalived
        systemctl kill --signal=KILL keepalived
    },

    # Keep the table over a boot.
    [switch] $Persistent
)

$ErrorActionPreference = 'Stop'
$wanted = Import-LvsConfiguration $KeepalivedConfiguration -Format Keepalived

# What a health check has taken out at present shows here as a difference: better to wait until it is back.
Compare-LvsConfiguration -Configuration $wanted @Director

if (-not $PSCmdlet.ShouldProcess("$($Director.Values)", "Write $Document, end keepalived, apply the document")) { return }
$before = Checkpoint-LvsTable @Director
$wanted | ConvertTo-LvsConfiguration -Format Json | ForEach-Object { [System.IO.File]::WriteAllText($PSCmdlet.GetUnresolvedProviderPathFromPSPath($Document), $_) }

$null = & $StopKeepalived
try {
    $keep = if ($Persistent) { @{ Persistent = $true } } else { @{} }
    Sync-LvsConfiguration -Path $Document @Director @keep
}
catch {
    $PSCmdlet.WriteWarning('The table is put back as it was under keepalived.')
    $before | Restore-LvsTable
    throw
}
Test-LvsConfiguration -Path $Document @Director
