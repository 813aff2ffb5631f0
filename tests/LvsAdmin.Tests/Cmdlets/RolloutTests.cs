using LvsAdmin.Core.Fleet;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Cmdlets;

/// <summary>Roll-outs on simulated directors: their whole course, and what becomes of each failure.</summary>
[Collection(CmdletGroup.Name)]
[Trait("Level", "Cmdlets")]
public sealed class RolloutTests(CmdletFixture fixture)
{
    // A pair of directors with the same table: four web servers, of which the last is in a second service too.
    private const string Pair = """
        $a = New-LvsSession -Simulated lb1
        $b = New-LvsSession -Simulated lb2
        $pair = @{ LvsSession = $a, $b }
        New-LvsVirtualService 192.0.2.10:80 -Scheduler wrr @pair
        New-LvsVirtualService udp/192.0.2.10:53 -Scheduler wrr @pair
        21..24 | ForEach-Object { Add-LvsRealServer 192.0.2.10:80 "192.0.2.$_" -Weight (10 * $_) @pair }
        23, 24 | ForEach-Object { Add-LvsRealServer udp/192.0.2.10:53 "192.0.2.$_" -Weight 7 @pair }
        $log = [System.Collections.Concurrent.ConcurrentQueue[string]]::new()
        function Connect($Server, $Lifetime) {
            $kernel = [LvsAdmin.Commands.LvsSession].GetProperty('Host', [System.Reflection.BindingFlags]'NonPublic, Instance').GetValue($b).Kernel
            $null = $kernel.OpenConnections([LvsAdmin.Core.Ipvs.LvsServiceId]::Parse('tcp/192.0.2.10:80'), [LvsAdmin.Core.Ipvs.LvsServerId]::Parse("${Server}:80"), 2, 0, $Lifetime, 0)
        }
        function State {
            $lines = [string[]](Get-LvsRealServer @pair | ForEach-Object { "$($_.HostName) $($_.RealServer) $($_.Weight)" })
            [array]::Sort($lines, [System.StringComparer]::Ordinal)
            $lines -join ';'
        }

        """;

    private static readonly string Whole = string.Join(';', new[] { "lb1", "lb2" }.SelectMany(host => new[]
    {
        $"{host} 192.0.2.21:80 210", $"{host} 192.0.2.22:80 220", $"{host} 192.0.2.23:80 230", $"{host} 192.0.2.24:80 240", $"{host} 192.0.2.23:53 7", $"{host} 192.0.2.24:53 7",
    }).Order(StringComparer.Ordinal));

    [Fact]
    public void Each_host_is_out_of_all_services_at_both_directors_while_its_script_runs_and_back_after_it()
    {
        EngineResult result = Run("""
            Invoke-LvsRollout 192.0.2.10:80 * @pair -BatchSize 1, 100% -MinimumAvailable 0 -ArgumentList 'v2' -Reason 'kernel' -ScriptBlock {
                param($version)
                $log = $using:log
                $out = Get-LvsRealServer -LvsSession $using:a, $using:b | Where-Object { $_.Weight -eq 0 } | ForEach-Object { "$($_.HostName)/$($_.RealServer)" }
                $reasons = Get-LvsRealServer -Held -LvsSession $using:a
                $out = [string[]]($out -like "*/${_}:*")
                [array]::Sort($out, [System.StringComparer]::Ordinal)
                $log.Enqueue("$_ $version $($_.VirtualServices.Count): $($out -join ' ') $($reasons[0].Hold.Reason)")
                "done $_"
            }
            $log.ToArray()
            State
            @(Get-LvsRealServer -Held @pair).Count
            """);

        Assert.Empty(result.Errors);
        LvsRolloutResult[] results = Results(result);
        Assert.All(results, each => Assert.Equal((LvsRolloutState.Succeeded, false, 1), (each.State, each.IsSuspended, each.Attempts)));
        Assert.Equal([1, 2, 2, 2], results.Select(each => each.Batch));
        Assert.All(results, each => Assert.Equal($"done {each.HostName}", $"{Assert.Single(each.Output)}"));
        string[] text = Texts(result);
        Assert.Equal("192.0.2.21 v2 1: lb1/192.0.2.21:80 lb2/192.0.2.21:80 Invoke-LvsRollout: kernel", text[0]);
        Assert.Contains("192.0.2.24 v2 2: lb1/192.0.2.24:53 lb1/192.0.2.24:80 lb2/192.0.2.24:53 lb2/192.0.2.24:80 Invoke-LvsRollout: kernel", text);
        Assert.Equal([Whole, "0"], text[^2..]);
    }

    [Theory]
    [InlineData("", "21|22,23|24")]
    [InlineData("-MinimumAvailable 0", "21|22,23,24")]
    [InlineData("-MinimumAvailable 75% -RealServer 192.0.2.21, 192.0.2.22", "21|22")]
    public void Batches_get_smaller_where_a_service_would_have_less_than_its_minimum(string minimum, string batches)
    {
        EngineResult result = Run($"Invoke-LvsRollout 192.0.2.10:80 @pair -BatchSize 1, 100% {minimum} -ScriptBlock {{ }}");

        Assert.Empty(result.Errors);
        Assert.Equal(batches, string.Join('|', Results(result).GroupBy(each => each.Batch).Select(batch => string.Join(',', batch.Select(each => each.HostName[^2..]).Order()))));
    }

    [Fact]
    public void What_a_minimum_never_lets_go_is_refused_before_anything_starts()
    {
        EngineResult result = Run("try { Invoke-LvsRollout 192.0.2.10:80 * @pair -MinimumAvailable 2 -ScriptBlock { ($using:log).Enqueue('ran') } } catch { $_.FullyQualifiedErrorId; \"$_\" }; State; $log.Count");

        Assert.Equal("MinimumNotKept,LvsAdmin.Commands.InvokeLvsRolloutCommand", $"{result.Output[0]}");
        Assert.Equal(
            "udp/192.0.2.10:53 on lb1 has 2 real servers that take new connections, and at least 2 of them are to go on: 192.0.2.23 cannot be taken out. Lower the minimum (-MinimumAvailable 1) if this is meant. Nothing was begun.",
            $"{result.Output[1]}");
        Assert.Equal([Whole, "0"], result.Output.Skip(2).Select(value => $"{value}"));
    }

    [Theory]
    [InlineData("{ if (\"$_\" -eq '192.0.2.22') { throw 'disk full' } }", "", LvsRolloutPhase.Script, "Script failed: disk full")]
    [InlineData("{ if (\"$_\" -eq '192.0.2.22') { Get-LvsTimeout -NetworkNamespace nosuch } }", "", LvsRolloutPhase.Script, "nosuch")]
    [InlineData("{ }", "-HealthTimeout 100ms -HealthCheck { \"$_\" -ne '192.0.2.22' }", LvsRolloutPhase.HealthCheck, "): the health check wrote 'False'")]
    [InlineData("{ }", "-HealthTimeout 100ms -HealthCheck { if (\"$_\" -eq '192.0.2.22') { throw 'no answer' } }", LvsRolloutPhase.HealthCheck, "no answer")]
    [InlineData("{ }", "-HealthTimeout 100ms -HealthCheck { while (\"$_\" -eq '192.0.2.22') { } }", LvsRolloutPhase.HealthCheck, "had not come to its end")]
    public void Who_fails_stays_suspended_with_the_reason_and_a_second_roll_out_goes_on_there(string script, string more, LvsRolloutPhase phase, string why)
    {
        EngineResult result = Run($$"""
            $first = Invoke-LvsRollout 192.0.2.10:80 * @pair -BatchSize 2, 1 -MinimumAvailable 0 -ScriptBlock {{script}} {{more}} -ErrorAction SilentlyContinue -ErrorVariable failures
            $first
            $failures | ForEach-Object { $_.FullyQualifiedErrorId }
            Get-LvsRealServer -Held @pair | ForEach-Object { "$($_.HostName) $($_.RealServer) $($_.Weight) $($_.Hold.Reason)" }
            Invoke-LvsRollout @pair -ResumeFrom $first -ScriptBlock { ($using:log).Enqueue("$_") }
            $log.ToArray() -join ' '
            State
            """);

        Assert.Empty(result.Errors);
        LvsRolloutResult[] results = Results(result);
        Assert.Equal(["21 Succeeded", "22 Failed", "23 NotAttempted", "24 NotAttempted"], results[..4].Select(each => $"{each.HostName[^2..]} {each.State}").Order());
        LvsRolloutResult failed = results.Single(each => each.State == LvsRolloutState.Failed);
        Assert.Equal((phase, true), (failed.FailedPhase, failed.IsSuspended));
        Assert.Contains(why, failed.Error, StringComparison.Ordinal);
        Assert.EndsWith(" It stays suspended at lb1, lb2 and gets no new connections.", failed.Error, StringComparison.Ordinal);
        Assert.Equal(["21 Skipped", "22 Succeeded", "23 Succeeded", "24 Succeeded"], results[4..].Select(each => $"{each.HostName[^2..]} {each.State}").Order());
        string[] text = Texts(result);
        Assert.Equal(["RolloutHostFailed,LvsAdmin.Commands.InvokeLvsRolloutCommand", "RolloutStopped,LvsAdmin.Commands.InvokeLvsRolloutCommand"], text[..2]);
        Assert.All(text[2..4], held => Assert.Matches($"^lb[12] 192.0.2.22:80 0 Invoke-LvsRollout: {phase} failed: ", held));
        Assert.Equal(["192.0.2.22 192.0.2.23 192.0.2.24", Whole], text[^2..]);
    }

    [Fact]
    public void Who_is_not_drained_in_time_is_given_back_untouched_or_by_Force_worked_on()
    {
        EngineResult result = Run("""
            Connect 192.0.2.21 ([timespan]'00:01:00')
            Invoke-LvsRollout -RealServer 192.0.2.21 @pair -DrainTimeout 200ms -ScriptBlock { ($using:log).Enqueue('ran') } -ErrorAction SilentlyContinue
            "$($log.Count)"
            State
            Invoke-LvsRollout -RealServer 192.0.2.21 @pair -DrainTimeout 200ms -Force -ScriptBlock { ($using:log).Enqueue('ran') }
            "$($log.Count)"
            Invoke-LvsRollout -RealServer 192.0.2.22 @pair -ScriptBlock { }
            Connect 192.0.2.22 ([timespan]'00:00:00.7')
            Invoke-LvsRollout -RealServer 192.0.2.22 @pair -ScriptBlock { }
            """);

        LvsRolloutResult[] results = Results(result);
        Assert.Equal((LvsRolloutState.Failed, LvsRolloutPhase.Drain, false), (results[0].State, results[0].FailedPhase, results[0].IsSuspended));
        Assert.StartsWith("Drain failed: not drained at lb2 after 0.2 s: 192.0.2.21:80 of tcp/192.0.2.10:80 (2 active, 0 inactive", results[0].Error, StringComparison.Ordinal);
        Assert.EndsWith(" It is in service as before, and nothing was done to it.", results[0].Error, StringComparison.Ordinal);
        Assert.Equal(["0", Whole, "1"], Texts(result));
        Assert.Equal(LvsRolloutState.Succeeded, results[1].State);
        Assert.Contains("Because of -Force it is worked on nevertheless", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.True(results[2].DrainTime < TimeSpan.FromMilliseconds(600), $"{results[2].DrainTime}");
        Assert.True(results[3].DrainTime > TimeSpan.FromMilliseconds(600), $"{results[3].DrainTime}");
    }

    [Fact]
    public void Errors_of_a_connection_are_tried_again_and_no_others()
    {
        EngineResult result = Run("""
            Invoke-LvsRollout -RealServer 192.0.2.21 @pair -RetryCount 1 -ScriptBlock {
                $log = $using:log
                $log.Enqueue('try')
                if ($log.Count -eq 1) { throw [System.Net.Sockets.SocketException]::new(111) }
            }
            Invoke-LvsRollout -RealServer 192.0.2.22 @pair -RetryCount 1 -ScriptBlock { throw 'no' } -ErrorAction SilentlyContinue
            """);

        Assert.Equal([(LvsRolloutState.Succeeded, 2), (LvsRolloutState.Failed, 1)], Results(result).Select(each => (each.State, each.Attempts)));
        Assert.EndsWith("The script is begun again.", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void What_somebody_else_keeps_out_is_worked_on_and_stays_out()
    {
        EngineResult result = Run("""
            Suspend-LvsRealServer 192.0.2.10:80 192.0.2.21 -Reason 'memory is being changed' @pair
            Set-LvsRealServer 192.0.2.10:80 192.0.2.22 -Weight 0 @pair
            Invoke-LvsRollout -RealServer 192.0.2.21, 192.0.2.22 -BatchSize 100% @pair -ScriptBlock { } | ForEach-Object { "$($_.State)" }
            Get-LvsRealServer 192.0.2.10:80 192.0.2.21, 192.0.2.22 @pair | ForEach-Object { "$($_.Weight)" }
            Get-LvsRealServer -Held @pair | ForEach-Object { "$($_.RealServer) $($_.Hold.Reason)" }
            """);

        Assert.Empty(result.Errors);
        Assert.Equal(
            ["Succeeded", "Succeeded", "0", "0", "0", "0", "192.0.2.21:80 memory is being changed", "192.0.2.21:80 memory is being changed"], Texts(result));
    }

    [Fact]
    public void A_host_on_which_another_roll_out_is_at_work_is_refused_and_by_Force_taken_over()
    {
        EngineResult result = Run("""
            Invoke-LvsRollout -RealServer 192.0.2.21 @pair -Reason 'kernel' -ScriptBlock {
                Invoke-LvsRollout -RealServer 192.0.2.21 -LvsSession $using:a, $using:b -ScriptBlock { throw 'too' } -ErrorAction SilentlyContinue
                Get-LvsRealServer -Held -LvsSession $using:a | ForEach-Object { $_.Hold.By }
            }
            State
            Invoke-LvsRollout -RealServer 192.0.2.22 @pair -ErrorAction SilentlyContinue -ScriptBlock {
                Invoke-LvsRollout -RealServer 192.0.2.22 -LvsSession $using:a, $using:b -Force -ScriptBlock { }
            }
            State
            """);

        LvsRolloutResult[] results = Results(result);
        LvsRolloutResult inner = (LvsRolloutResult)((System.Management.Automation.PSObject)results[0].Output[0]).BaseObject;
        Assert.Equal((LvsRolloutState.Succeeded, LvsRolloutState.Failed, 0), (results[0].State, inner.State, inner.Attempts));
        Assert.Contains("another roll-out works on 192.0.2.21:80 of tcp/192.0.2.10:80 on lb1: held by ", inner.Error, StringComparison.Ordinal);
        Assert.EndsWith("-Force goes on from there. It is as before, and nothing was done to it.", inner.Error, StringComparison.Ordinal);
        Assert.Matches(@"^\S+@\S+ \(roll-out \d+\.\d+\)$", $"{results[0].Output[1]}");
        Assert.Equal([Whole, Whole], Texts(result));
    }

    [Fact]
    public void Each_batch_is_asked_for_and_hosts_of_one_that_is_declined_are_not_attempted()
    {
        fixture.Engine.UserInterface.Answers.Enqueue("N");
        fixture.Engine.UserInterface.Answers.Enqueue("Y");
        EngineResult result = Run("Invoke-LvsRollout -RealServer 192.0.2.21, 192.0.2.22 @pair -Confirm -ScriptBlock { ($using:log).Enqueue(\"$_\") }; $log.ToArray(); State");

        Assert.Empty(result.Errors);
        Assert.Equal(["192.0.2.21 NotAttempted", "192.0.2.22 Succeeded"], Results(result).Select(each => $"{each.HostName} {each.State}"));
        Assert.Equal("The user said no to its batch.", Results(result)[0].Error);
        Assert.Equal(["192.0.2.22", Whole], Texts(result));
        Assert.Contains("batch 1 of 2: 192.0.2.21", result.HostText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", 1, 3)]
    [InlineData("1", 2, 2)]
    [InlineData("50%", 3, 1)]
    [InlineData("100%", 4, 0)]
    public void So_many_may_fail_before_it_stops(string most, int failed, int left)
    {
        LvsRolloutResult[] results = Results(Run($"Invoke-LvsRollout 192.0.2.10:80 * @pair -MaxFailures {most} -MinimumAvailable 0 -ScriptBlock {{ throw 'no' }} -ErrorAction SilentlyContinue"));

        Assert.Equal((failed, left), (results.Count(each => each.State == LvsRolloutState.Failed), results.Count(each => each.State == LvsRolloutState.NotAttempted)));
    }

    [Fact]
    public void Failures_that_use_up_a_minimum_stop_the_roll_out_too()
    {
        LvsRolloutResult[] results = Results(Run(
            "Invoke-LvsRollout 192.0.2.10:80 192.0.2.21, 192.0.2.22 { throw 'no' } @pair -MaxFailures 100% -MinimumAvailable 75% -ErrorAction SilentlyContinue"));

        Assert.Equal(["Failed", "NotAttempted"], results.Select(each => $"{each.State}"));
        Assert.Contains("tcp/192.0.2.10:80 on lb1 has 3 real servers", results[1].Error, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIf_tells_batches_and_steps_and_does_nothing()
    {
        EngineResult result = Run("""
            Invoke-LvsRollout 192.0.2.10:80 * @pair -BatchSize 1, 50% -RampUp 5m -HealthCheck { $true } -Pause 1h -WhatIf -ScriptBlock { ($using:log).Enqueue('ran') }
            State
            $log.Count
            """);

        Assert.Equal([Whole, "0"], result.Output.Select(value => $"{value}"));
        Assert.Contains(
            "\"Drain at lb1, lb2 (up to 300 s), run the script, wait until healthy (up to 60 s), resume in 10 steps over 300 s\" on target \"batch 2 of 3: 192.0.2.22, 192.0.2.23\"",
            result.HostText, StringComparison.Ordinal);
    }

    [Fact]
    public void The_hosts_of_a_batch_are_worked_on_at_once_and_the_weight_comes_back_in_steps()
    {
        EngineResult result = Run("""
            $gate = [System.Threading.Barrier]::new(3)
            Invoke-LvsRollout -RealServer 192.0.2.21, 192.0.2.22, 192.0.2.23 @pair -RampUp 300ms -RampUpSteps 3 -HealthCheck {
                $log = $using:log
                $log.Enqueue("$_")
                # Healthy when asked the second time.
                @($log.ToArray() -eq "$_").Count -gt 1
            } -BatchSize 3 -ScriptBlock { if (-not ($using:gate).SignalAndWait(5000)) { throw 'alone' } }
            State
            """);

        Assert.Empty(result.Errors);
        LvsRolloutResult[] results = Results(result);
        Assert.Equal(3, results.Length);
        Assert.All(results, each => Assert.True(each.HealthCheckTime > TimeSpan.FromSeconds(0.9) && each.ResumeTime > TimeSpan.FromMilliseconds(250), $"{each.HealthCheckTime} {each.ResumeTime}"));
        Assert.Equal([Whole], Texts(result));
    }

    [Theory]
    [InlineData("-RealServer 192.0.2.99 @pair", "RealServerNotFound")]
    [InlineData("192.0.2.99:80 @pair", "ServiceNotFound")]
    [InlineData("192.0.2.10:80 -NetworkNamespace nosuch", "NamespaceMissing")]
    public void What_is_missing_is_told_before_anything_starts(string chosen, string id)
    {
        EngineResult result = Run($"try {{ Invoke-LvsRollout {chosen} -ScriptBlock {{ ($using:log).Enqueue('ran') }} }} catch {{ $_.FullyQualifiedErrorId }}; $log.Count");

        Assert.StartsWith($"{id},", result.Errors[0].FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(["RolloutNotBegun,LvsAdmin.Commands.InvokeLvsRolloutCommand", "0"], result.Output.Select(value => $"{value}"));
    }

    [Theory]
    [InlineData("-BatchSize 0", "InvalidQuantity")]
    [InlineData("-BatchSize many", "InvalidQuantity")]
    [InlineData("-MaxFailures 101%", "InvalidQuantity")]
    [InlineData("-ResumeFrom 'text'", "InvalidRolloutResult")]
    public void What_makes_no_sense_is_refused(string parameters, string id) =>
        Assert.StartsWith($"{id},", $"{Run($"try {{ Invoke-LvsRollout 192.0.2.10:80 @pair {parameters} -ScriptBlock {{ }} }} catch {{ $_.FullyQualifiedErrorId }}").Output[^1]}", StringComparison.Ordinal);

    [Fact]
    public async Task A_stop_gives_back_who_is_only_drained_and_leaves_suspended_whose_script_has_begun()
    {
        EngineResult made = fixture.Engine.Run(Pair + "Connect 192.0.2.22 ([timespan]'00:01:00'); $a; $b");
        using SemaphoreSlim begun = new(0);
        Task<EngineResult> run = Task.Run(
            () => fixture.Engine.Run(
                "$a, $b, $begun = @($input); Invoke-LvsRollout -RealServer 192.0.2.21, 192.0.2.22 -LvsSession $a, $b -BatchSize 2 -ScriptBlock { $null = ($using:begun).Release(); while ($true) { } }",
                new object[] { made.Output[0], made.Output[1], begun }),
            TestContext.Current.CancellationToken);
        Assert.True(await begun.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        fixture.Engine.Stop();

        EngineResult stopped = await run;
        Assert.True(stopped.Stopped);
        Assert.Contains("192.0.2.21: Script was interrupted. It stays suspended at lb1, lb2", stopped.HostText, StringComparison.Ordinal);
        Assert.Contains("192.0.2.22: Drain was interrupted. It is in service as before", stopped.HostText, StringComparison.Ordinal);
        EngineResult after = fixture.Engine.Run(
            "$a, $b = @($input); Get-LvsRealServer 192.0.2.10:80 192.0.2.21, 192.0.2.22 -LvsSession $a, $b | ForEach-Object { \"$($_.RealServer) $($_.Weight)\" }; Remove-LvsSession $a, $b", new object[] { made.Output[0], made.Output[1] });
        // Both directors are asked at once, and answer in any order.
        Assert.Equal(["192.0.2.21:80 0", "192.0.2.21:80 0", "192.0.2.22:80 220", "192.0.2.22:80 220"], after.Output.Select(value => $"{value}").Order());
    }

    private EngineResult Run(string script) => fixture.Engine.Run($"{Pair}{script}\nRemove-LvsSession $a, $b");

    private static LvsRolloutResult[] Results(EngineResult result) => [.. result.Output.Select(value => value.BaseObject).OfType<LvsRolloutResult>()];

    private static string[] Texts(EngineResult result) => [.. result.Output.Where(value => value.BaseObject is not LvsRolloutResult).Select(value => $"{value}")];
}
