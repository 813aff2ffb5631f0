using System.Management.Automation;
using LvsAdmin.Core.Fleet;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Cmdlets;

/// <summary>Roll-outs over directors: two simulated pairs, of which lb1 and lb4 hold the virtual IPs. Only their tables tell who belongs to whom.</summary>
[Collection(CmdletGroup.Name)]
[Trait("Level", "Cmdlets")]
public sealed class DirectorRolloutTests(CmdletFixture fixture)
{
    private const string Pairs = """
        $lb1, $lb2, $lb3, $lb4 = $all = 'lb1', 'lb2', 'lb3', 'lb4' | New-LvsSession -Simulated
        $first = @{ LvsSession = $lb1, $lb2 }
        $second = @{ LvsSession = $lb3, $lb4 }
        New-LvsVirtualService 192.0.2.10:80 -Scheduler wrr @first
        Add-LvsRealServer 192.0.2.10:80 192.0.2.21, 192.0.2.22 -Weight 5 @first
        New-LvsVirtualService 192.0.2.20:80 -Scheduler rr @second
        Add-LvsRealServer 192.0.2.20:80 192.0.2.21, 192.0.2.22 @second
        Enable-LvsDirectorVip 192.0.2.10 -LvsSession $lb1
        Enable-LvsDirectorVip 192.0.2.20 -LvsSession $lb4
        $log = [System.Collections.Concurrent.ConcurrentQueue[string]]::new()
        # Fails over, as Switch-Director.ps1 does.
        $move = {
            ($using:log).Enqueue("move $($_.HeldVips) from $_ to $($_.Peers)")
            Disable-LvsDirectorVip $_.HeldVips -Force -HostName $_.HostName
            Enable-LvsDirectorVip $_.HeldVips -HostName $_.Peers[0].HostName
        }

        """;

    [Fact]
    public void Never_two_of_a_pair_are_in_one_batch_and_who_serves_gives_its_virtual_IPs_away_before_its_script()
    {
        EngineResult result = Run("""
            Invoke-LvsRollout -Director $all -BatchSize 100% -Evacuate $move -HealthCheck { $true } -ScriptBlock {
                ($using:log).Enqueue("$_ $(@($_ | Get-LvsDirectorVip).Count) $($_.VirtualServices) $($_.HeldVips.Count)")
                "done $_"
            }
            $log.ToArray()
            Get-LvsDirectorVip -LvsSession $all | ForEach-Object { "$($_.HostName) $($_.Address)" }
            """);

        Assert.Empty(result.Errors);
        LvsRolloutResult[] results = Results(result);
        Assert.Equal(["1 lb2 done lb2", "1 lb3 done lb3", "2 lb1 done lb1", "2 lb4 done lb4"], results.Select(each => $"{each.Batch} {each.HostName} {Assert.Single(each.Output)}").Order());
        Assert.All(results, each => Assert.Equal((LvsRolloutState.Succeeded, false, 1), (each.State, each.IsSuspended, each.Attempts)));
        string[] text = Texts(result);
        Assert.Equal(["lb2 0 tcp/192.0.2.10:80 0", "lb3 0 tcp/192.0.2.20:80 0"], text[..2].Order());
        Assert.Equal(
            ["lb1 0 tcp/192.0.2.10:80 1", "lb4 0 tcp/192.0.2.20:80 1", "move 192.0.2.10 from lb1 to lb2", "move 192.0.2.20 from lb4 to lb3"], text[2..6].Order());
        Assert.Equal(["lb2 192.0.2.10", "lb3 192.0.2.20"], text[6..].Order());
    }

    [Fact]
    public void Who_serves_is_refused_without_a_way_to_move_its_virtual_IPs_and_by_Force_worked_on()
    {
        EngineResult result = Run("""
            Invoke-LvsRollout -Director $lb1, $lb2 -ScriptBlock { ($using:log).Enqueue("$_") } -ErrorAction SilentlyContinue -ErrorVariable failures
            $failures | ForEach-Object { $_.FullyQualifiedErrorId.Split(',')[0] }
            Invoke-LvsRollout -Director $lb1, $lb2 -ScriptBlock { ($using:log).Enqueue("$_") } -Force
            $log.ToArray() -join ' '
            """);

        LvsRolloutResult[] results = Results(result);
        Assert.Equal(["lb2 Succeeded", "lb1 Failed", "lb2 Succeeded", "lb1 Succeeded"], results.Select(each => $"{each.HostName} {each.State}"));
        Assert.Equal((LvsRolloutPhase.Drain, 0), (results[1].FailedPhase, results[1].Attempts));
        Assert.Equal(
            "Drain failed: it holds 192.0.2.10. Move that before, by -Evacuate: a script block with the director as $_, which fails over or lowers the priority of VRRP; "
                + "-Force works on a director that is in service. Its script was not begun. 192.0.2.10 is held by lb1.",
            results[1].Error);
        Assert.Equal(["DirectorInService", "RolloutStopped", "lb2 lb2 lb1"], Texts(result));
        Assert.Contains("lb1: it holds 192.0.2.10. Because of -Force", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Disable-LvsDirectorVip $_.HeldVips -Force -HostName $_.HostName", LvsRolloutPhase.Drain, "no other director of its pair holds 192.0.2.10", "192.0.2.10 is held by none of its pair!")]
    [InlineData("Enable-LvsDirectorVip $_.HeldVips -HostName $_.Peers[0].HostName", LvsRolloutPhase.Drain, "it holds 192.0.2.10", "192.0.2.10 is held by lb1 and lb2.")]
    [InlineData("throw 'no fail-over'", LvsRolloutPhase.Drain, "no fail-over", "Its script was not begun. 192.0.2.10 is held by lb1.")]
    public void A_fail_over_that_does_not_come_to_its_end_fails_before_the_script(string evacuate, LvsRolloutPhase phase, string why, string state)
    {
        LvsRolloutResult[] results = Results(Run(
            $"Invoke-LvsRollout -Director $lb1, $lb2 -DrainTimeout 200ms -Evacuate {{ {evacuate} }} -ScriptBlock {{ }} -ErrorAction SilentlyContinue"));

        Assert.Equal((LvsRolloutState.Failed, phase, "lb1", 0), (results[1].State, results[1].FailedPhase, results[1].HostName, results[1].Attempts));
        Assert.Contains(why, results[1].Error, StringComparison.Ordinal);
        Assert.EndsWith(state, results[1].Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_comes_back_without_its_table_has_failed_and_its_pair_is_not_touched_until_it_is_mended()
    {
        EngineResult result = Run("""
            $result = Invoke-LvsRollout -Director $all -MaxFailures 1 -HealthTimeout 100ms -Evacuate $move -ErrorAction SilentlyContinue -ScriptBlock {
                if ("$_" -eq 'lb2') { Clear-LvsTable -HostName $_.HostName -Confirm:$false }
            }
            $result
            try { Invoke-LvsRollout -Director $all -ResumeFrom $result -ScriptBlock { } } catch { $_.FullyQualifiedErrorId.Split(',')[0] }
            Sync-LvsConfiguration -Configuration (Checkpoint-LvsTable -LvsSession $lb1).Configuration -LvsSession $lb2
            Invoke-LvsRollout -Director $all -ResumeFrom $result -Evacuate $move -ScriptBlock { }
            Invoke-LvsRollout -Director $lb1, $lb2 -HealthTimeout 100ms -ErrorAction SilentlyContinue -ScriptBlock { Set-LvsRealServer 192.0.2.10:80 192.0.2.22 -Weight 6 -HostName $_.HostName }
            """);

        Assert.Empty(result.Errors);
        LvsRolloutResult[] results = Results(result);
        Assert.Equal(["lb1 NotAttempted", "lb2 Failed", "lb3 Succeeded", "lb4 Succeeded"], results[..4].Select(each => $"{each.HostName} {each.State}").Order());
        LvsRolloutResult failed = results.Single(each => each.State == LvsRolloutState.Failed && each.HostName == "lb2");
        Assert.Equal(LvsRolloutPhase.HealthCheck, failed.FailedPhase);
        Assert.Contains("its table is empty: it was another one before the work, and its pair has another one too (Sync-LvsConfiguration", failed.Error, StringComparison.Ordinal);
        Assert.EndsWith("keep the virtual IPs away from it until it is mended. 192.0.2.10 is held by lb1.", failed.Error, StringComparison.Ordinal);
        Assert.Contains("0 of the 1 others of its pair can (lb2: it failed in this roll-out)", results.First(each => each.State == LvsRolloutState.NotAttempted).Error, StringComparison.Ordinal);
        Assert.Equal(["DirectorEmpty"], Texts(result));
        Assert.Equal(["lb1 Succeeded", "lb2 Succeeded", "lb3 Skipped", "lb4 Skipped"], results[4..8].Select(each => $"{each.HostName} {each.State}").Order());
        Assert.Contains("its table lacks 1 of 3 lines, such as 'tcp/192.0.2.10:80 -> 192.0.2.22:80 Forwarding=", results[8].Error, StringComparison.Ordinal);
        Assert.Equal(["lb1", "lb2"], results[8..].Select(each => each.HostName));
    }

    [Fact]
    public void Two_holders_of_one_virtual_IP_after_the_work_are_no_success()
    {
        LvsRolloutResult[] results = Results(Run(
            "Invoke-LvsRollout -Director $lb2, $lb1 -HealthTimeout 100ms -ScriptBlock { Enable-LvsDirectorVip 192.0.2.10 -HostName $_.HostName } -ErrorAction SilentlyContinue"));

        Assert.Equal(["lb2 Failed", "lb1 NotAttempted"], results.Select(each => $"{each.HostName} {each.State}"));
        Assert.Contains("lb1 and lb2 hold 192.0.2.10, and one of them did before", string.Join(' ', results[0].Error!.Replace("lb2 and lb1", "lb1 and lb2", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Director $lb2", "MinimumNotKept", "none of the other directors has a service of it")]
    [InlineData("-Director $lb1, $lb2, $lb3", "MinimumNotKept", "lb3 cannot be taken out: at least 1 other director")]
    [InlineData("-Director $lb1, $lb2 -MinimumAvailable 100%", "MinimumNotKept", "at least 2 other directors have to be able to stand in for it, and 1 of the 1 others of its pair can")]
    [InlineData("-Director ($all + $empty)", "DirectorEmpty", "empty has no virtual services")]
    [InlineData("-Director $lb1, $lb2 -LvsSession $lb1", "HostNamedTwice", "-Director")]
    [InlineData("-Director $lb1, $lb2 -RealServer 192.0.2.21", "AmbiguousParameterSet", "")]
    [InlineData("-Director $lb1, $lb2 -ResumeFrom 'text'", "InvalidRolloutResult", "-ResumeFrom beside -Director")]
    [InlineData("-Director $lb1, netns:nosuch", "RolloutNotBegun", "Nothing was begun")]
    public void What_cannot_be_done_is_told_before_anything_starts(string parameters, string id, string words)
    {
        EngineResult result = Run(
            $"$empty = New-LvsSession -Simulated empty; try {{ Invoke-LvsRollout {parameters} -ScriptBlock {{ ($using:log).Enqueue('ran') }} -ErrorAction SilentlyContinue }} catch {{ $_.FullyQualifiedErrorId; \"$_\" }}; $log.Count; Remove-LvsSession $empty");

        Assert.StartsWith($"{id},", $"{result.Output[0]}", StringComparison.Ordinal);
        Assert.Contains(words, $"{result.Output[1]}", StringComparison.Ordinal);
        Assert.Equal("0", $"{result.Output[2]}");
    }

    [Fact]
    public void Another_roll_out_leaves_the_pair_alone_meanwhile_and_by_Force_it_does_not()
    {
        EngineResult result = Run("""
            Invoke-LvsRollout -Director $lb1, $lb2 -Evacuate $move -ScriptBlock {
                # Whoever stands in for this one now is the first that the other roll-out would take.
                if ("$_" -eq 'lb1') { Invoke-LvsRollout -Director $using:lb1, $using:lb2 -ScriptBlock { 'never' } -ErrorAction SilentlyContinue }
                if ("$_" -eq 'lb2') { Invoke-LvsRollout -Director $using:lb3, $using:lb4 -MaxFailures 1 -ScriptBlock { 'of another pair' } -ErrorAction SilentlyContinue }
            }
            Invoke-LvsRollout -Director $lb2, $lb1 -Force -ScriptBlock {
                if ("$_" -eq 'lb1') { Invoke-LvsRollout -Director $using:lb1 -MinimumAvailable 0 -ScriptBlock { 'not asked' } -ErrorAction SilentlyContinue }
                if ("$_" -eq 'lb2') { Invoke-LvsRollout -Director $using:lb2 -MinimumAvailable 0 -Force -ScriptBlock { 'by force' } -WarningAction SilentlyContinue -WarningVariable warned; "$warned" }
            }
            """);

        Assert.Empty(result.Errors);
        Assert.Null(result.Terminating);
        LvsRolloutResult[] results = Results(result);
        Assert.Equal(["lb2 Succeeded", "lb1 Succeeded", "lb1 Succeeded", "lb2 Succeeded"], results.Select(each => $"{each.HostName} {each.State}"));
        Assert.Equal(["lb3 of another pair", "lb4 "], Inner(results[0]).Select(each => $"{each.HostName} {string.Join(' ', each.Output)}"));
        LvsRolloutResult refused = Inner(results[1])[0];
        Assert.Equal(("lb1", LvsRolloutState.Failed, LvsRolloutPhase.Drain, 0), (refused.HostName, refused.State, refused.FailedPhase, refused.Attempts));
        Assert.Matches(@"^Drain failed: another roll-out is at work in its pair: .*@.* \(roll-out \d+\.\d+\) works on lb1 since .*Z\. Wait for it; .* Its script was not begun\.", refused.Error);
        Assert.Equal("lb2 NotAttempted", string.Join(' ', Inner(results[1]).Skip(1).Select(each => $"{each.HostName} {each.State}")));
        Assert.Equal(LvsRolloutState.Failed, Assert.Single(Inner(results[2])).State);
        Assert.Equal("by force", Assert.Single(Assert.Single(Inner(results[3])).Output).ToString());
        Assert.Contains("lb2: another roll-out is at work in its pair", $"{results[3].Output[^1]}", StringComparison.Ordinal);
    }

    [Fact]
    public void A_director_alone_is_worked_on_where_that_is_meant()
    {
        LvsRolloutResult[] results = Results(Run("Invoke-LvsRollout -Director $lb2, $lb3 -MinimumAvailable 0 -ScriptBlock { }; Invoke-LvsRollout -Director $lb1 -MinimumAvailable 0 -Force -ScriptBlock { } -WarningAction Ignore"));

        Assert.Equal(["lb2 Succeeded", "lb3 Succeeded", "lb1 Succeeded"], results.Select(each => $"{each.HostName} {each.State}"));
    }

    [Fact]
    public void WhatIf_tells_batches_and_steps_and_does_nothing()
    {
        EngineResult result = Run("""
            Invoke-LvsRollout -Director $all -BatchSize 2 -Evacuate $move -HealthCheck { $true } -WhatIf -ScriptBlock { ($using:log).Enqueue('ran') }
            $log.Count
            """);

        Assert.Equal(["0"], result.Output.Select(value => $"{value}"));
        Assert.Contains("\"Run the script, wait until its table is back and it is healthy (up to 60 s)\" on target \"batch 1 of 2: lb2, lb3\"", result.HostText, StringComparison.Ordinal);
        Assert.Contains(
            "\"Move the virtual IPs of lb1, lb4 away (up to 300 s), run the script, wait until its table is back and it is healthy (up to 60 s)\" on target \"batch 2 of 2: lb1, lb4\"",
            result.HostText, StringComparison.Ordinal);
    }

    private EngineResult Run(string script) => fixture.Engine.Run($"{Pairs}{script}\nRemove-LvsSession $all");

    private static LvsRolloutResult[] Results(EngineResult result) => [.. result.Output.Select(value => value.BaseObject).OfType<LvsRolloutResult>()];

    private static LvsRolloutResult[] Inner(LvsRolloutResult result) => [.. result.Output.Select(value => value is PSObject wrapped ? wrapped.BaseObject : value).OfType<LvsRolloutResult>()];

    private static string[] Texts(EngineResult result) => [.. result.Output.Where(value => value.BaseObject is not LvsRolloutResult).Select(value => $"{value}")];
}
