<#
.SYNOPSIS
    Adds real servers of another site to a virtual service, by tunnels.
.DESCRIPTION
    First each new server gets its tunnel device and the virtual IP, then it is checked, and only then does the director send to it. Running it again changes nothing.
    Add-TunnelSite.Tests.ps1 verifies the result.
.EXAMPLE
    ./Add-TunnelSite.ps1 192.0.2.10:80 -RealServer 203.0.113.31, 203.0.113.32 -Director @{ HostName = 'lb1', 'lb2' } -RealServerHost @{ HostName = 'far1', 'far2' }

    Two servers of a far site join the service on both directors.
.EXAMPLE
    ./Add-TunnelSite.ps1 192.0.2.10:80 -RealServer 203.0.113.31 -TunnelType Gue -TunnelPort 6080 -Director @{ HostName = 'lb1' } -RealServerHost @{ HostName = 'far1' }

    Through routers that pass UDP only.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    # The virtual service, which is there already.
    [Parameter(Mandatory, Position = 0)]
    [string] $VirtualService,

    # The new real servers' own addresses.
    [Parameter(Mandatory)]
    [string[]] $RealServer,

    # Their share of new connections.
    [int] $Weight = 1,

    # How packets are wrapped.
    [ValidateSet('IpIp', 'Gue', 'Gre')]
    [string] $TunnelType = 'IpIp',

    # The UDP port of GUE.
    [int] $TunnelPort,

    # The director, or several that shall have the same, by the host parameters of a cmdlet.
    [hashtable] $Director = @{},

    # The real servers' hosts, in the same way.
    [Parameter(Mandatory)]
    [hashtable[]] $RealServerHost,

    # Keep it over a boot of the real servers. The directors' table is kept by Sync-LvsConfiguration -Persistent.
    [switch] $Persistent
)

$ErrorActionPreference = 'Stop'
$keep = if ($Persistent) { @{ Persistent = $true } } else { @{} }
$tunnel = @{ TunnelType = $TunnelType }
if ($TunnelPort) { $tunnel.TunnelPort = $TunnelPort }

$service = @(Get-LvsVirtualService $VirtualService @Director)[0].VirtualService

foreach ($at in $RealServerHost) {
    Enable-LvsRealServerVip $service.Address -Forwarding Tunnel @tunnel @at @keep
    if ($WhatIfPreference) { continue }
    $faults = @(Test-LvsRealServerVip $service.Address -Port $service.Port -Protocol $service.Protocol @at | Where-Object Outcome -EQ 'Failed')
    if ($faults) { throw "$($at.Values) is not ready for ${VirtualService}: $($faults.Message -join ' ')" }
}

$there = @(Get-LvsRealServer $VirtualService @Director | ForEach-Object { "$($_.Address)" })
$new = @($RealServer | Where-Object { $_ -notin $there })
if ($new) { Add-LvsRealServer $VirtualService $new -Forwarding Tunnel -Weight $Weight @tunnel @Director }
Get-LvsRealServer $VirtualService $RealServer @Director -ErrorAction SilentlyContinue
