<#
.SYNOPSIS
    Builds a virtual service by direct routing, in the order in which no client is ever sent to a server that is not ready.
.DESCRIPTION
    First the table of the director, where nobody asks yet, since the virtual IP is not there; then the virtual IP on each real server, silent to ARP; last the virtual IP
    on the director, which announces it. Running it again changes nothing. Build-DirectRoutingService.Tests.ps1 verifies the result.
.EXAMPLE
    ./Build-DirectRoutingService.ps1 192.0.2.10:80 -RealServer 192.0.2.21, 192.0.2.22 -Director @{ HostName = 'lb1' } -RealServerHost @{ HostName = 'rs1', 'rs2' }

    Builds it on hosts that are reached over SSH.
.EXAMPLE
    ./Build-DirectRoutingService.ps1 192.0.2.10:80 -RealServer 192.0.2.21 -Director @{ HostName = 'lb1' } -RealServerHost @{ HostName = 'rs1' } -WhatIf

    Shows each step with old and new value, and takes none.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    # The virtual service: [tcp/]ADDRESS:PORT, udp/ADDRESS:PORT, [IPV6]:PORT.
    [Parameter(Mandatory, Position = 0)]
    [string] $VirtualService,

    # The real servers' own addresses, on the director's link.
    [Parameter(Mandatory)]
    [string[]] $RealServer,

    # The scheduler.
    [string] $Scheduler = 'wlc',

    # The director, by the host parameters of a cmdlet; this machine unless said otherwise.
    [hashtable] $Director = @{},

    # The real servers' hosts, in the same way.
    [Parameter(Mandatory)]
    [hashtable[]] $RealServerHost,

    # Keep all of it over a boot.
    [switch] $Persistent
)

$ErrorActionPreference = 'Stop'
$keep = if ($Persistent) { @{ Persistent = $true } } else { @{} }

# The scope is this service alone: whatever else the director has is not touched.
$wanted = @{
    Scope           = $VirtualService
    VirtualServices = @{ VirtualService = $VirtualService; Scheduler = $Scheduler; RealServers = @($RealServer | ForEach-Object { @{ RealServer = $_; Forwarding = 'DirectRouting' } }) }
}
Sync-LvsConfiguration -Configuration $wanted @Director @keep

# The table says what each real server has to hold. Those of other hosts are passed over on each.
foreach ($at in $RealServerHost) {
    if ($WhatIfPreference) { Enable-LvsRealServerVip ($VirtualService -replace '^\w+/' -replace ':\d+$').Trim('[', ']') @at @keep }
    else { Get-LvsRealServer $VirtualService @Director | Enable-LvsRealServerVip @at @keep }
}

$VirtualService | Enable-LvsDirectorVip @Director @keep
if (-not $WhatIfPreference) { Get-LvsRealServer $VirtualService @Director }
