using System.Management.Automation;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Cmdlets;

/// <summary>Sessions to simulated hosts: every cmdlet works on them, on any machine, and objects find their way back.</summary>
[Collection(CmdletGroup.Name)]
[Trait("Level", "Cmdlets")]
public sealed class SimulatedSessionTests(CmdletFixture fixture)
{
    [Fact]
    public void A_simulated_director_takes_services_and_servers_and_objects_go_back_to_it()
    {
        EngineResult result = fixture.Engine.Run("""
            $s = New-LvsSession -Simulated
            New-LvsVirtualService 192.0.2.10:80 -LvsSession $s
            Get-LvsVirtualService -LvsSession $s | Add-LvsRealServer 192.0.2.21, 192.0.2.22
            $kept = Get-LvsRealServer -LvsSession $s
            $kept | Set-LvsRealServer -Weight 7
            Get-LvsRealServer -LvsSession $s | ForEach-Object { "$($_.HostName) $($_.RealServer) $($_.Weight)" }
            Remove-LvsSession $s
            """);

        Assert.True(!result.HadErrors, string.Join('\n', result.Errors.Select(error => $"{error}")));
        Assert.Equal(["simulated 192.0.2.21:80 7", "simulated 192.0.2.22:80 7"], result.Output.Select(line => $"{line}"));
    }

    [Fact]
    public void Simulated_hosts_are_listed_with_their_names_and_closed()
    {
        EngineResult result = fixture.Engine.Run("""
            $s = 'sim-a', 'sim-b' | New-LvsSession -Simulated -Name first
            Get-LvsSession -HostName sim-* | ForEach-Object { "$($_.HostName) $($_.State) $($_.Simulated) $($_.KernelRelease)" }
            $s[0].Name
            New-LvsVirtualService 192.0.2.10:80 -LvsSession $s[0]
            "$(@(Get-LvsVirtualService -LvsSession $s).HostName)"
            Remove-LvsSession $s
            "$($s[0].State)"
            """);

        Assert.Empty(result.Errors);
        Assert.Equal(
            ["sim-a Opened True 6.1.0-simulated", "sim-b Opened True 6.1.0-simulated", "first", "sim-a", "Closed"], result.Output.Select(line => $"{line}"));
    }

    [Fact]
    public void Hosts_that_answer_at_once_lose_nothing()
    {
        // Their work on other threads may be over before the pipeline's thread has begun to take what they write.
        EngineResult result = fixture.Engine.Run("""
            $s = 1..3 | ForEach-Object { "quick-$_" } | New-LvsSession -Simulated
            New-LvsVirtualService 192.0.2.10:80 -LvsSession $s
            $counts = 1..400 | ForEach-Object { @(Get-LvsVirtualService -LvsSession $s).Count }
            Remove-LvsSession $s
            @($counts -ne 3).Count
            """);

        Assert.Empty(result.Errors);
        Assert.Equal(["0"], result.Output.Select(line => $"{line}"));
    }

    [Theory]
    [InlineData("Get-LvsDirector -LvsSession $s | ForEach-Object { $_.IpvsLoaded }", "True")]
    [InlineData("(Get-LvsKernelParameter conn_reuse_mode -LvsSession $s).Value", "1")]
    [InlineData("Set-LvsKernelParameter expire_nodest_conn $true -LvsSession $s; (Get-LvsKernelParameter expire_nodest_conn -LvsSession $s).Value", "True")]
    [InlineData("Set-LvsArpPolicy all -Ignore 1 -LvsSession $s; \"$((Get-LvsArpPolicy all -LvsSession $s).Ignore)\"", "TargetOnInterface")]
    [InlineData("$null = Enable-LvsRealServerVip 192.0.2.10 -LvsSession $s; (Get-LvsRealServerVip -LvsSession $s).Interface", "lo")]
    [InlineData("Enable-LvsDirectorVip 192.0.2.10 -LvsSession $s -PassThru | ForEach-Object { $_.Interface }", "eth0")]
    [InlineData("Enable-LvsForwarding -LvsSession $s -PassThru | Where-Object AddressFamily -eq IPv4 | ForEach-Object { $_.Forwarding }", "True")]
    [InlineData("New-LvsVirtualService 192.0.2.10:80 -LvsSession $s; Get-LvsStatistics 192.0.2.10:80 -LvsSession $s | ForEach-Object { $_.Connections }", "0")]
    public void What_reads_and_sets_up_a_host_works_on_it(string script, string last)
    {
        EngineResult result = fixture.Engine.Run($"$s = New-LvsSession -Simulated\n{script}\nRemove-LvsSession $s");

        Assert.Empty(result.Errors);
        Assert.Equal(last, $"{result.Output[^1]}");
    }

    [Fact]
    public void A_pair_is_compared_the_second_with_the_first()
    {
        EngineResult result = fixture.Engine.Run("""
            $s = New-LvsSession lb1, lb2 -Simulated
            New-LvsVirtualService 192.0.2.10:80 -Scheduler rr -LvsSession $s
            Add-LvsRealServer 192.0.2.10:80 192.0.2.21 -LvsSession $s
            Add-LvsRealServer 192.0.2.10:80 192.0.2.22 -Weight 3 -LvsSession $s[0]
            New-LvsVirtualService fwmark/7 -LvsSession $s[1]
            Compare-LvsConfiguration -LvsSession $s | ForEach-Object { "$($_.HostName) $_" }
            Compare-LvsConfiguration -LvsSession $s -AsPlan | Sync-LvsConfiguration
            Compare-LvsConfiguration -LvsSession $s
            Remove-LvsSession $s
            """);

        Assert.Empty(result.Errors);
        Assert.Equal(
            ["lb2 + tcp/192.0.2.10:80 -> 192.0.2.22:80 (Forwarding DirectRouting, Weight 3)", "lb2 - fwmark/7 (Scheduler wlc)"],
            result.Output.Select(value => $"{value}"));
    }

    [Theory]
    [InlineData("New-LvsSession -Simulated -UserName carol", "AmbiguousParameterSet")]
    [InlineData("New-LvsSession lb1 -Simulated -Sudo", "AmbiguousParameterSet")]
    [InlineData("New-LvsSession localhost -Simulated", "InvalidHostName")]
    public void What_makes_no_sense_for_a_simulated_host_is_refused(string script, string id)
    {
        EngineResult result = fixture.Engine.Run(script);

        Assert.Empty(result.Output);
        ErrorRecord error = result.Errors.Count > 0 ? result.Errors[0] : ((IContainsErrorRecord)result.Terminating!).ErrorRecord;
        Assert.Equal(id, error.FullyQualifiedErrorId.Split(',')[0]);
    }
}
