<#
.SYNOPSIS
    Upgrades the kernels of a farm, batch by batch, under traffic: of its real servers, or of its directors.
.DESCRIPTION
    Real servers: one first, then a quarter of the farm at a time, each drained at every director, upgraded, booted, checked, and given back slowly. Directors: never two of a pair
    at once, the standby before the active one, which fails over before its turn; each has to have its table again before the next one.
    It stops at the first host that does not come back healthy, with that one out of service and all others in it; called again with -ResumeFrom it goes on where it stopped.
    Invoke-KernelUpgrade.Tests.ps1 verifies the result.
.EXAMPLE
    $result = ./Invoke-KernelUpgrade.ps1 -Director @{ HostName = 'lb1', 'lb2' } -RealServerHost @{ HostName = 'rs[01-20]' }
    ./Invoke-KernelUpgrade.ps1 -Director @{ HostName = 'lb1', 'lb2' } -RealServerHost @{ HostName = 'rs[01-20]' } -ResumeFrom $result

    All real servers, and the rest of them after what stopped it was mended.
.EXAMPLE
    ./Invoke-KernelUpgrade.ps1 -DirectorHost @{ HostName = 'lb[1-4]' } -BatchSize 2

    The directors of two pairs, one of each at a time.
#>
[CmdletBinding(SupportsShouldProcess, DefaultParameterSetName = 'RealServers')]
param(
    # The directors of the real servers, by the host parameters of a cmdlet.
    [Parameter(ParameterSetName = 'RealServers')]
    [hashtable] $Director = @{},

    # The real servers' hosts, in the same way.
    [Parameter(Mandatory, ParameterSetName = 'RealServers')]
    [hashtable[]] $RealServerHost,

    # The directors that are upgraded themselves, in the same way: all of each pair.
    [Parameter(Mandatory, ParameterSetName = 'Directors')]
    [hashtable[]] $DirectorHost,

    # How a director gives its virtual IPs to another one; $_ is the director as the roll-out knows it. Where VRRP moves them, lower its priority here.
    [Parameter(ParameterSetName = 'Directors')]
    [scriptblock] $Evacuate = {
        $active, $standby = foreach ($each in $_, $_.Peers[0]) { if ($each.NetworkNamespace) { @{ NetworkNamespace = $each.NetworkNamespace } } else { @{ HostName = $each.HostName } } }
        & "$using:PSScriptRoot/Switch-Director.ps1" -Active $active -Standby $standby
    },

    # What is done for one host; $_ is the host as the roll-out knows it. It ends when the new kernel runs: before, a check would be answered by the old one.
    [scriptblock] $Upgrade = {
        $name = $_.HostName
        $boot = ssh $name cat /proc/sys/kernel/random/boot_id
        ssh $name 'apt-get --quiet update && DEBIAN_FRONTEND=noninteractive apt-get --quiet --yes full-upgrade'
        # The connection ends with the host, and that is no failure.
        try { ssh $name systemctl reboot } catch { Write-Verbose "$_" }
        foreach ($try in 1..300) {
            Start-Sleep -Seconds 2
            $now = try { ssh -o ConnectTimeout=5 $name cat /proc/sys/kernel/random/boot_id } catch { Write-Verbose "$_" }
            if ($now -and $now -ne $boot) { return }
        }
        throw "$name did not come back within ten minutes."
    },

    # Tells whether the host is healthy; asked again until it is, or the time is over. That a director has its table again is looked at in any case.
    [scriptblock] $Check = {
        $at = if ($_.NetworkNamespace) { @{ NetworkNamespace = $_.NetworkNamespace } } else { @{ HostName = $_.HostName } }
        if ($_.RealServers) { Test-LvsRealServerVip -Quiet @at } else { (Get-LvsDirector @at).IpvsLoaded }
    },

    # How many at a time.
    [string[]] $BatchSize = @('1', '25%'),

    # For how long a host may take to be healthy again, in seconds.
    [int] $HealthTimeout = 600,

    # The time over which a real server gets its old weight back, in seconds.
    [Parameter(ParameterSetName = 'RealServers')]
    [int] $RampUp = 60,

    # An earlier result.
    [object[]] $ResumeFrom
)

$ErrorActionPreference = 'Stop'
$rollout = @{
    ScriptBlock   = $Upgrade
    HealthCheck   = $Check
    HealthTimeout = $HealthTimeout
    BatchSize     = $BatchSize
    # What fails is in the results: they are needed to go on.
    ErrorAction   = 'Continue'
}
if ($ResumeFrom) { $rollout.ResumeFrom = $ResumeFrom }
if ($DirectorHost) {
    Invoke-LvsRollout -Director $DirectorHost -Evacuate $Evacuate @rollout
}
else {
    Invoke-LvsRollout -RealServerHost $RealServerHost -RampUp $RampUp -Reason 'kernel upgrade' @rollout @Director
}
