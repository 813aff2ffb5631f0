using System.Management.Automation;
using LvsAdmin.Core.Diagnosis;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Cmdlets;

/// <summary>Test-LvsDeployment as a user meets it, on a simulated director: what it writes, what -Repair asks and does, and its errors. What it finds is held in the lab.</summary>
[Collection(CmdletGroup.Name)]
[Trait("Level", "Cmdlets")]
public sealed class DeploymentCmdletTests(CmdletFixture fixture)
{
    private const string Director = """
        $s = New-LvsSession -Simulated
        New-LvsVirtualService 192.0.2.10:80 -LvsSession $s
        Add-LvsRealServer 192.0.2.10:80 192.0.2.21 -LvsSession $s
        """;

    [Fact]
    public void A_cause_comes_with_its_host_its_reason_and_the_line_that_mends_it()
    {
        LvsDeploymentCheck[] checks = Checks("Test-LvsDeployment -LvsSession $s");

        LvsDeploymentCheck failed = Assert.Single(checks, check => check.Outcome == LvsCheckOutcome.Failed);
        Assert.Equal(LvsDeploymentCause.DirectorVipMissing, failed.Cause);
        Assert.Equal("simulated", failed.HostName);
        Assert.Equal("192.0.2.10", $"{failed.Vip}");
        Assert.NotNull(failed.Reason);
        Assert.Equal("Enable-LvsDirectorVip 192.0.2.10 -HostName simulated", $"{failed.Remedy}");
        // A real server whose host nobody named is no failure, but told.
        Assert.Contains(checks, check => check is { Cause: LvsDeploymentCause.HostUnreachable, Outcome: LvsCheckOutcome.NotChecked });
        Assert.Contains(checks, check => check is { Cause: LvsDeploymentCause.SchedulerMissing, Outcome: LvsCheckOutcome.Passed });
    }

    [Fact]
    public void Only_what_failed_is_written_when_only_that_is_wanted() =>
        Assert.Equal(LvsDeploymentCause.DirectorVipMissing, Assert.Single(Checks("Test-LvsDeployment 192.0.2.10:80 -LvsSession $s -FailedOnly")).Cause);

    [Fact]
    public void Quiet_gives_one_answer()
    {
        EngineResult result = Run("Test-LvsDeployment -LvsSession $s -Quiet; Enable-LvsDirectorVip 192.0.2.10 -LvsSession $s; Test-LvsDeployment -LvsSession $s -Quiet");

        Assert.Empty(result.Errors);
        Assert.Equal([false, true], result.Output.Select(answer => (bool)answer.BaseObject));
    }

    [Fact]
    public void An_empty_table_is_a_finding_and_no_service_is_not_good()
    {
        EngineResult result = Run("""
            Enable-LvsDirectorVip 192.0.2.10 -LvsSession $s
            Test-LvsDeployment 'udp/*' -LvsSession $s -Quiet
            Clear-LvsTable -LvsSession $s -Confirm:$false
            Test-LvsDeployment -LvsSession $s -Quiet
            Test-LvsDeployment -LvsSession $s -FailedOnly
            """);

        Assert.Empty(result.Errors);
        Assert.Equal([false, false], result.Output.Take(2).Select(answer => answer.BaseObject));
        LvsDeploymentCheck found = (LvsDeploymentCheck)Assert.Single(result.Output.Skip(2)).BaseObject;
        Assert.Equal((LvsDeploymentCause.TableEmpty, "simulated"), (found.Cause, found.HostName));
        Assert.Contains("Sync-LvsConfiguration", found.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void What_one_of_a_pair_has_the_other_lacks_and_both_empty_tables_are_told()
    {
        const string Causes = "| Where-Object Outcome -eq Failed | ForEach-Object { \"$($_.HostName) $($_.Cause)\" }";
        EngineResult result = fixture.Engine.Run($$"""
            $s = 'one', 'two' | New-LvsSession -Simulated
            Test-LvsDeployment -LvsSession $s {{Causes}}
            New-LvsVirtualService 192.0.2.10:80 -LvsSession $s[0] -PassThru | Add-LvsRealServer -RealServer 192.0.2.21 -PassThru | Enable-LvsDirectorVip
            Test-LvsDeployment -LvsSession $s {{Causes}}
            Remove-LvsSession $s
            """);

        Assert.Empty(result.Errors);
        Assert.Equal(["one TableEmpty", "two TableEmpty", "two TablesDiffer"], result.Output.Select(line => $"{line}"));
    }

    [Fact]
    public void Repair_mends_and_tells_what_it_mended()
    {
        LvsDeploymentCheck[] checks = Checks("Test-LvsDeployment -LvsSession $s -Repair -Confirm:$false");

        Assert.DoesNotContain(checks, check => check.Outcome == LvsCheckOutcome.Failed);
        Assert.Equal(LvsDeploymentCause.DirectorVipMissing, Assert.Single(checks, check => check.Repaired).Cause);
    }

    [Fact]
    public void What_was_mended_is_written_when_only_what_failed_is_wanted()
    {
        LvsDeploymentCheck mended = Assert.Single(Checks("Test-LvsDeployment -LvsSession $s -FailedOnly -Repair -Confirm:$false"));

        Assert.Equal((LvsDeploymentCause.DirectorVipMissing, LvsCheckOutcome.Passed, true), (mended.Cause, mended.Outcome, mended.Repaired));
    }

    [Fact]
    public void Repair_with_WhatIf_changes_nothing()
    {
        EngineResult result = Run("Test-LvsDeployment -LvsSession $s -Repair -WhatIf -FailedOnly; Test-LvsDeployment -LvsSession $s -Quiet");

        Assert.Equal(LvsDeploymentCause.DirectorVipMissing, ((LvsDeploymentCheck)result.Output[0].BaseObject).Cause);
        Assert.Equal(false, result.Output[^1].BaseObject);
    }

    [Fact]
    public void A_line_that_fails_is_an_error_and_leaves_the_rest_as_it_is()
    {
        EngineResult result = Run("""
            New-LvsVirtualService 203.0.113.10:80 -LvsSession $s
            Test-LvsDeployment -LvsSession $s -Repair -Confirm:$false | Where-Object Cause -eq DirectorVipMissing | ForEach-Object { "$($_.Vip) $($_.Repaired)" }
            """);

        // The director has no network with that address: the line says so by itself.
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith("InterfaceMissing,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(["192.0.2.10 True", "203.0.113.10 False"], result.Output.Select(line => $"{line}").Order());
    }

    [Theory]
    [InlineData("Test-LvsDeployment 192.0.2.99:80 -LvsSession $s", "ServiceNotFound", "New-LvsVirtualService")]
    [InlineData("Test-LvsDeployment 192.0.2.10 -LvsSession $s", "InvalidVirtualService", "port is missing")]
    [InlineData("Test-LvsDeployment -LvsSession $s -From 'rs[1-2]'", "InvalidHost", "one at a time")]
    [InlineData("5 | Test-LvsDeployment", "VirtualServiceMissing", "no virtual service")]
    [InlineData("Test-LvsDeployment -HostName lb1 -LvsSession $s", "HostNamedTwice", "one way")]
    public void A_slip_is_one_error(string script, string id, string words)
    {
        EngineResult result = Run(script);

        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(words, $"{error}", StringComparison.Ordinal);
    }

    [Fact]
    public void Services_of_several_directors_are_judged_together()
    {
        EngineResult result = fixture.Engine.Run("""
            $s = 'one', 'two' | New-LvsSession -Simulated
            New-LvsVirtualService 192.0.2.10:80 -LvsSession $s
            Enable-LvsDirectorVip 192.0.2.10 -LvsSession $s
            $show = { "$($_.HostName): $($_.Found): $($_.Remedy)" }
            $s | ForEach-Object { Get-LvsVirtualService -LvsSession $_ } | Test-LvsDeployment | Where-Object Cause -eq VipOnTwoDirectors | ForEach-Object $show
            Remove-LvsSession $s
            """);

        Assert.Empty(result.Errors);
        Assert.Equal("two: 192.0.2.10 is on one and on two: Disable-LvsDirectorVip 192.0.2.10 -Force -HostName two", $"{Assert.Single(result.Output)}");
    }

    [Fact]
    public void Directors_come_as_they_were_named_and_not_as_they_answer()
    {
        EngineResult result = fixture.Engine.Run("""
            $s = 1..16 | ForEach-Object { "d$_" } | New-LvsSession -Simulated
            New-LvsVirtualService 192.0.2.10:80 -LvsSession $s
            1..25 | ForEach-Object { (Test-LvsDeployment -LvsSession $s | Where-Object Cause -eq IpvsMissing | ForEach-Object HostName) -join ' ' }
            Remove-LvsSession $s
            """);

        Assert.Empty(result.Errors);
        Assert.Equal(25, result.Output.Count);
        Assert.All(result.Output, text => Assert.Equal(string.Join(' ', Enumerable.Range(1, 16).Select(number => $"d{number}")), $"{text}"));
    }

    private LvsDeploymentCheck[] Checks(string line)
    {
        EngineResult result = Run(line);
        Assert.True(!result.HadErrors, string.Join('\n', result.Errors.Select(error => $"{error}")));
        return [.. result.Output.Select(each => (LvsDeploymentCheck)each.BaseObject)];
    }

    private EngineResult Run(string script) => fixture.Engine.Run($"{Director}\ntry {{ {script} }} finally {{ Remove-LvsSession $s }}");
}
