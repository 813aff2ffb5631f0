<#
.SYNOPSIS
    Upgrades the kernels of a farm's real servers, batch by batch, under traffic.
.DESCRIPTION
    One server first, then a quarter of the farm at a time: each drained at every director, upgraded, booted, checked, and given back slowly. It stops at the first server that
    does not come back healthy, with that one suspended and all others in service; called again with -ResumeFrom it goes on where it stopped.
    Invoke-KernelUpgrade.Tests.ps1 verifies the result.
.EXAMPLE
    $result = ./Invoke-KernelUpgrade.ps1 -Director @{ HostName = 'lb1', 'lb2' } -RealServerHost @{ HostName = 'rs[01-20]' }
    ./Invoke-KernelUpgrade.ps1 -Director @{ HostName = 'lb1', 'lb2' } -RealServerHost @{ HostName = 'rs[01-20]' } -ResumeFrom $result

    The whole farm, and the rest of it after what stopped it was mended.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    # The directors, by the host parameters of a cmdlet.
    [hashtable] $Director = @{},

    # The real servers' hosts, in the same way.
    [Parameter(Mandatory)]
    [hashtable[]] $RealServerHost,

    # What is done for one host; $_ is the server as the roll-out knows it.
    [scriptblock] $Upgrade = {
        ssh $_.HostName 'apt-get --quiet update && DEBIAN_FRONTEND=noninteractive apt-get --quiet --yes full-upgrade && systemctl reboot'
    },

    # Tells whether the host is back and healthy; asked again until it is, or the time is over.
    [scriptblock] $Check = { Test-LvsRealServerVip -HostName $_.HostName -Quiet -ErrorAction SilentlyContinue },

    # How many at a time.
    [string[]] $BatchSize = @('1', '25%'),

    # For how long a host may take to be healthy again, in seconds.
    [int] $HealthTimeout = 600,

    # The time over which a server gets its old weight back, in seconds.
    [int] $RampUp = 60,

    # An earlier result.
    [object[]] $ResumeFrom
)

$ErrorActionPreference = 'Stop'
$rollout = @{
    RealServerHost = $RealServerHost
    ScriptBlock    = $Upgrade
    HealthCheck    = $Check
    HealthTimeout  = $HealthTimeout
    BatchSize      = $BatchSize
    RampUp         = $RampUp
    Reason         = 'kernel upgrade'
}
if ($ResumeFrom) { $rollout.ResumeFrom = $ResumeFrom }
Invoke-LvsRollout @rollout @Director
