<#
.SYNOPSIS
    Takes one real server out of all its services, works on it, and gives it back when it is healthy.
.DESCRIPTION
    Drained at every director, with the reason remembered there: nobody's Sync gives it traffic meanwhile. If the work or the check fails, it stays suspended, and says so.
    Invoke-ServerMaintenance.Tests.ps1 verifies that it is out (-Phase During) and that it is back (-Phase After).
.EXAMPLE
    ./Invoke-ServerMaintenance.ps1 192.0.2.21 -Director @{ HostName = 'lb1', 'lb2' } -Reason 'new disk' -Work { ssh rs1 systemctl restart nginx } -Check { Test-LvsRealServerVip -HostName rs1 -Quiet }

    Without a connection that breaks, and back with its old weight within a minute.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    # The real server's own address.
    [Parameter(Mandatory, Position = 0)]
    [string] $RealServer,

    # The director, or all of them, by the host parameters of a cmdlet.
    [hashtable] $Director = @{},

    # What is done to it.
    [Parameter(Mandatory)]
    [scriptblock] $Work,

    # Tells whether it is healthy afterwards.
    [scriptblock] $Check = { $true },

    # Why, for those who find it suspended.
    [string] $Reason = 'maintenance',

    # For how long its connections may go on, in seconds.
    [int] $DrainTimeout = 300,

    # The time over which it gets its old weight back, in seconds; 0 at once.
    [int] $RampUp = 0
)

$ErrorActionPreference = 'Stop'
if (-not $PSCmdlet.ShouldProcess($RealServer, "Suspend at $($Director.Values -join ', '), drain, work, check, resume")) { return }

Suspend-LvsRealServer * $RealServer -Reason $Reason @Director
try {
    Wait-LvsRealServer * $RealServer -Drained -Timeout $DrainTimeout @Director
    & $Work
    if (-not (& $Check)) { throw "$RealServer is not healthy after the work on it." }
}
catch {
    $PSCmdlet.WriteWarning("$RealServer stays suspended: Resume-LvsRealServer * $RealServer gives it back.")
    throw
}

$ramp = if ($RampUp) { @{ RampUp = $RampUp } } else { @{} }
Resume-LvsRealServer * $RealServer @ramp @Director
Get-LvsRealServer * $RealServer @Director
