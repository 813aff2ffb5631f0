using System.Management.Automation;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Cmdlets;

/// <summary>Taking servers out and giving them back, on simulated directors.</summary>
[Collection(CmdletGroup.Name)]
[Trait("Level", "Cmdlets")]
public sealed class DrainCmdletTests(CmdletFixture fixture)
{
    private const string Director = """
        $s = New-LvsSession -Simulated
        New-LvsVirtualService 192.0.2.10:80 -Scheduler wrr -LvsSession $s
        Add-LvsRealServer 192.0.2.10:80 192.0.2.21 -Weight 100 -LvsSession $s
        Add-LvsRealServer 192.0.2.10:80 192.0.2.22 -Weight 50 -LvsSession $s

        """;

    [Fact]
    public void A_server_without_connections_is_drained_when_it_has_weight_0_and_not_before()
    {
        EngineResult result = Run("""
            Suspend-LvsRealServer 192.0.2.10:80 192.0.2.21 -LvsSession $s
            Wait-LvsRealServer 192.0.2.10:80 * -Drained -Timeout 0 -PassThru -LvsSession $s | ForEach-Object { "$($_.RealServer)" }
            """);

        Assert.Equal("192.0.2.21:80", $"{Assert.Single(result.Output)}");
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith("DrainTimeout,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.OperationTimeout, error.CategoryInfo.Category);
        Assert.Contains("192.0.2.22:80", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("Suspend-LvsRealServer tcp/192.0.2.10:80 192.0.2.22:80", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Servers_from_the_pipeline_are_waited_for_together()
    {
        EngineResult result = Run("""
            $watch = [Diagnostics.Stopwatch]::StartNew()
            Get-LvsRealServer -LvsSession $s | Wait-LvsRealServer -Timeout 1s -WarningAction Ignore -ErrorAction SilentlyContinue -ErrorVariable left
            $watch.Elapsed.TotalSeconds -lt 2
            $left.Count
            """);

        Assert.Equal(["True", "2"], result.Output.Select(value => $"{value}"));
    }

    [Fact]
    public void The_weight_comes_back_in_steps_for_all_servers_together_and_the_hold_ends_with_the_last()
    {
        EngineResult result = Run("""
            Suspend-LvsRealServer * * -LvsSession $s
            Get-LvsRealServer -LvsSession $s | Resume-LvsRealServer -RampUp 200ms -RampUpSteps 3 -Verbose -PassThru | ForEach-Object { "$($_.RealServer) $($_.Weight)" }
            @(Get-LvsRealServer -Held -LvsSession $s).Count
            """);

        Assert.Empty(result.Errors);
        Assert.Equal(["192.0.2.21:80 100", "192.0.2.22:80 50", "0"], result.Output.Select(value => $"{value}"));
        Assert.Equal(
            ["0 -> 33 of 100", "0 -> 16 of 50", "33 -> 66 of 100", "16 -> 33 of 50", "66 -> 100 of 100", "33 -> 50 of 50"],
            result.Verbose.Where(line => line.Contains(": weight ", StringComparison.Ordinal)).Select(line => line.Split(": weight ")[1]));
    }

    [Fact]
    public void What_somebody_else_sets_on_the_way_stays_and_the_hold_still_knows_the_weight()
    {
        EngineResult result = Run("""
            Suspend-LvsRealServer 192.0.2.10:80 192.0.2.21 -LvsSession $s
            $job = Resume-LvsRealServer 192.0.2.10:80 192.0.2.21 -RampUp 4s -RampUpSteps 3 -LvsSession $s -AsJob
            while ((Get-LvsRealServer 192.0.2.10:80 192.0.2.21 -LvsSession $s).Weight -ne 33) { }
            "$((Get-LvsRealServer -Held -LvsSession $s).Hold)"
            Suspend-LvsRealServer 192.0.2.10:80 192.0.2.21 -LvsSession $s
            (Get-LvsRealServer -Held -LvsSession $s).Hold.Weight
            while ($job.State -eq 'Running') { }
            $job.ChildJobs[0].Error.FullyQualifiedErrorId
            (Get-LvsRealServer 192.0.2.10:80 192.0.2.21 -LvsSession $s).Weight
            """);

        Assert.StartsWith("on its way back at weight 33 of 100, held by ", $"{result.Output[0]}", StringComparison.Ordinal);
        Assert.Equal("100", $"{result.Output[1]}");
        Assert.StartsWith("RampUpDisturbed,", $"{result.Output[2]}", StringComparison.Ordinal);
        Assert.Equal("0", $"{result.Output[3]}");
    }

    [Theory]
    [InlineData("rr", 100, "does not heed weights")]
    [InlineData("wlc", 1, "there is no step")]
    [InlineData("wlc", 100, null)]
    public void What_makes_steps_useless_is_said(string scheduler, int weight, string? warning)
    {
        EngineResult result = Run($"""
            Set-LvsVirtualService 192.0.2.10:80 -Scheduler {scheduler} -LvsSession $s
            Set-LvsRealServer 192.0.2.10:80 192.0.2.21 -Weight {weight} -LvsSession $s
            Suspend-LvsRealServer 192.0.2.10:80 192.0.2.21 -LvsSession $s
            Resume-LvsRealServer 192.0.2.10:80 192.0.2.21 -RampUp 0.1 -RampUpSteps 2 -LvsSession $s
            """);

        Assert.Empty(result.Errors);
        if (warning is null)
        {
            Assert.Empty(result.Warnings);
        }
        else
        {
            Assert.Contains(warning, Assert.Single(result.Warnings), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Wait-LvsRealServer 192.0.2.10:80 192.0.2.21 -Timeout soon")]
    [InlineData("Wait-LvsRealServer 192.0.2.10:80 192.0.2.21 -Timeout -3")]
    [InlineData("Resume-LvsRealServer 192.0.2.10:80 192.0.2.21 -RampUp 25h")]
    public void What_is_no_duration_is_refused(string line) =>
        Assert.StartsWith("ParameterArgumentTransformationError", Assert.Single(fixture.Engine.Run(line).Errors).FullyQualifiedErrorId, StringComparison.Ordinal);

    private EngineResult Run(string script) => fixture.Engine.Run($"{Director}{script}\nRemove-LvsSession $s");
}
