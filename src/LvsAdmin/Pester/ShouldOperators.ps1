<#
.SYNOPSIS
Should-operators for tests of Linux Virtual Server, for Pester 5 and later. Import-LvsShouldOperator runs this.
.DESCRIPTION
Five, because Pester has room for 32 and brings 26. Each asks the host anew: an object that was read before a change is not what is judged. What cannot be asked is an
error, also after -Not: a host that does not answer proves nothing.
#>

# A module of its own: the operators are called from within Pester's, and find what they need here.
$null = New-Module -Name LvsAdmin.Should -ScriptBlock {
    # What an operator tells Pester.
    function Get-Verdict([bool] $Met, [bool] $Negate, [string] $Because, [string] $Subject, [string] $Wanted, [string] $Found) {
        $reason = if ($Because) { ", because $($Because -replace '^because ')" }
        $not = if ($Negate) { 'not ' }
        [pscustomobject]@{
            Succeeded      = $Met -ne $Negate
            FailureMessage = if ($Met -eq $Negate) { "Expected $Subject ${not}to $Wanted$reason, but $Found." }
        }
    }

    # Real servers as their director has them now: of an object that tells its director, or of a service by its name, on the director that -On names.
    function Read-RealServer([object] $Actual, [object] $RealServer, [hashtable] $On) {
        $problems = $null
        $at = if ($On) { $On } else { @{} }
        $quiet = @{ ErrorAction = 'SilentlyContinue'; ErrorVariable = 'problems' }
        if ($Actual.HostName -and -not $On) {
            $of = if ($RealServer) { @{ RealServer = $RealServer } } else { @{} }
            $Actual | LvsAdmin\Get-LvsRealServer @of @quiet
        }
        else {
            $service = if ($Actual.VirtualService) { $Actual.VirtualService } else { $Actual }
            $which = if ($RealServer) { $RealServer } else { $Actual.RealServer }
            LvsAdmin\Get-LvsRealServer -VirtualService $service -RealServer $which @at @quiet
        }
        foreach ($problem in $problems) {
            if ($problem.FullyQualifiedErrorId -notlike 'RealServerNotFound,*' -and $problem.FullyQualifiedErrorId -notlike 'ServiceNotFound,*') { throw $problem }
        }
    }

    # The host that a table of host parameters names.
    function Show-Host([System.Collections.IDictionary] $On) {
        if (-not $On.Count) { return 'this machine' }
        @('HostName', 'NetworkNamespace', 'LvsSession' | Where-Object { $On[$_] } | ForEach-Object { $On[$_] } | ForEach-Object { if ($_.HostName) { $_.HostName } else { $_ } }) -join ', '
    }

    function Show-RealServer([object] $Server) {
        "$($Server.RealServer) ($($Server.Forwarding), weight $($Server.Weight), $($Server.ActiveConnections) active, $($Server.InactiveConnections) inactive, " +
        "$($Server.PersistentConnections) persistent)"
    }

    # 'tcp/192.0.2.10:80' | Should -HaveLvsRealServer 192.0.2.21 -Weight 100 -Forwarding DirectRouting -On @{ HostName = 'lb1' }
    function Assert-HaveLvsRealServer {
        param($ActualValue, [Parameter(Mandatory)] $RealServer, [Nullable[int]] $Weight, [string] $Forwarding, [hashtable] $On, [switch] $Negate, [string] $Because, $CallerSessionState)
        $null = $CallerSessionState
        $found = @(Read-RealServer -Actual $ActualValue -RealServer $RealServer -On $On)
        $wanted = "have the real server $RealServer"
        if ($null -ne $Weight) { $wanted += " with weight $Weight" }
        if ($Forwarding) { $wanted += " by $Forwarding" }
        $fitting = @($found | Where-Object { ($null -eq $Weight -or $_.Weight -eq $Weight) -and (-not $Forwarding -or "$($_.Forwarding)" -eq $Forwarding) })
        $but = if ($found) { "it has $(@($found | ForEach-Object { Show-RealServer $_ }) -join ', ')" } else { 'it has none such' }
        Get-Verdict -Met ($fitting.Count -gt 0) -Negate $Negate -Because $Because -Subject $(if ($ActualValue.VirtualService) { $ActualValue.VirtualService } else { $ActualValue }) -Wanted $wanted -Found $but
    }

    # Get-LvsRealServer 192.0.2.10:80 192.0.2.21 -HostName lb1 | Should -BeDrained
    function Assert-BeDrained {
        param($ActualValue, [hashtable] $On, [switch] $Negate, [string] $Because, $CallerSessionState)
        $null = $CallerSessionState
        if (-not $ActualValue.RealServer) { throw "Should -BeDrained judges real servers, such as Get-LvsRealServer writes, and '$ActualValue' is none." }
        $found = @(Read-RealServer -Actual $ActualValue -RealServer $ActualValue.RealServer -On $On)
        $busy = @($found | Where-Object Weight -NE 0)
        if ($found -and -not $busy) {
            # Which connections count is for Wait-LvsRealServer to say: those that were closed a moment ago do not, and need up to three seconds to tell.
            $left = $null
            $found | LvsAdmin\Wait-LvsRealServer -Drained -Timeout 5 -ErrorAction SilentlyContinue -ErrorVariable left -WarningAction SilentlyContinue
            foreach ($problem in $left) {
                if ($problem.FullyQualifiedErrorId -notlike 'DrainTimeout,*') { throw $problem }
            }
            $busy = @($left)
        }
        $but = if ($found) { "it is $(@($found | ForEach-Object { Show-RealServer $_ }) -join ', ')" } else { 'its service does not have it' }
        Get-Verdict -Met ($found.Count -gt 0 -and $busy.Count -eq 0) -Negate $Negate -Because $Because -Subject "the real server $($ActualValue.RealServer)" -Wanted 'be drained (weight 0, no connections)' -Found $but
    }

    # '192.0.2.10' | Should -BeServedByLvsHost @{ HostName = 'rs1' }
    function Assert-BeServedByLvsHost {
        param($ActualValue, [Parameter(Mandatory)] [hashtable] $On, [switch] $Negate, [string] $Because, $CallerSessionState)
        $null = $CallerSessionState
        $checks = @(LvsAdmin\Test-LvsRealServerVip -Address "$ActualValue" @On -ErrorAction Stop)
        $bad = @($checks | Where-Object Outcome -EQ 'Failed')
        $where = Show-Host $On
        $but = if ($bad) { (@($bad | ForEach-Object { $_.Message }) -join ' ').TrimEnd('.') } else { "all of $($checks.Count) checks passed" }
        Get-Verdict -Met ($checks.Count -gt 0 -and $bad.Count -eq 0) -Negate $Negate -Because $Because -Subject "the VIP $ActualValue" -Wanted "be served by $where" -Found $but
    }

    # '192.0.2.10' | Should -AnswerArpOnlyFromDirector @{ HostName = 'lb1' } -From @{ HostName = 'client' }
    function Assert-AnswerArpOnlyFromDirector {
        param($ActualValue, [Parameter(Mandatory)] [hashtable] $Director, [Parameter(Mandatory)] [hashtable] $From, [switch] $Negate, [string] $Because, $CallerSessionState)
        $null = $CallerSessionState
        $sentence = @{ Subject = "the VIP $ActualValue"; Wanted = 'be answered for by the director alone' }
        $absent = $null
        $macs = @(LvsAdmin\Get-LvsDirectorVip -Address "$ActualValue" @Director -ErrorAction SilentlyContinue -ErrorVariable absent | ForEach-Object { $_.MacAddress })
        foreach ($problem in $absent) {
            if ($problem.FullyQualifiedErrorId -notlike 'VipNotFound,*') { throw $problem }
        }
        if (-not $macs) {
            return Get-Verdict -Met $false -Negate $Negate -Because $Because @sentence -Found 'the director does not hold it'
        }
        $checks = @(LvsAdmin\Test-LvsArpPolicy -Address "$ActualValue" -MacAddress $macs @From -ErrorAction Stop)
        if ($checks.Outcome -contains 'NotChecked') { throw "Who answers for $ActualValue cannot be asked from there: $($checks.Message -join ' ')" }
        $bad = @($checks | Where-Object Outcome -EQ 'Failed')
        $but = if ($bad) { (@($bad | ForEach-Object { $_.Message }) -join ' ').TrimEnd('.') } else { (@($checks | ForEach-Object { $_.Message }) -join ' ').TrimEnd('.') }
        Get-Verdict -Met ($checks.Count -gt 0 -and $bad.Count -eq 0) -Negate $Negate -Because $Because @sentence -Found $but
    }

    # @{ HostName = 'lb1' } | Should -BeInLvsState ./web.json
    function Assert-BeInLvsState {
        param($ActualValue, [Parameter(Mandatory)] $Configuration, [switch] $Negate, [string] $Because, $CallerSessionState)
        $null = $CallerSessionState
        $on = if ($ActualValue -is [System.Collections.IDictionary]) { $ActualValue } else { @{ HostName = "$ActualValue" } }
        $what = if ($Configuration -is [string]) { @{ Path = $Configuration } } else { @{ Configuration = $Configuration } }
        $changes = @(LvsAdmin\Compare-LvsConfiguration @what @on -ErrorAction Stop)
        $drift = @($changes | Where-Object Action -NE 'Held')
        $but = if ($drift) { "$($drift.Count) differences: $(@($drift | ForEach-Object { "$($_.Action) $($_.Identity) $($_.Property)".TrimEnd() }) -join '; ')" } else { 'there is no difference' }
        Get-Verdict -Met ($drift.Count -eq 0) -Negate $Negate -Because $Because -Subject "the director $(Show-Host $on)" -Wanted 'be in the state that the document wants' -Found $but
    }

    $operators = 'HaveLvsRealServer', 'BeDrained', 'BeServedByLvsHost', 'AnswerArpOnlyFromDirector', 'BeInLvsState'
    foreach ($operator in $operators) {
        if (-not (Pester\Get-ShouldOperator | Where-Object Name -EQ $operator)) {
            Pester\Add-ShouldOperator -Name $operator -InternalName "Assert-$operator" -Test (Get-Command "Assert-$operator").ScriptBlock
        }
    }
}
