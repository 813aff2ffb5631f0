using LvsAdmin.Core.Diagnosis;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Diagnosis;

/// <summary>Causes that the lab's one kernel cannot have: what is concluded from the files of older and newer ones.</summary>
[Trait("Level", "Bytes")]
public sealed class DeploymentRuleTests : IAsyncDisposable
{
    private const string Ipvs = "/proc/sys/net/ipv4/vs";
    private readonly FakeHost _director = new();

    public ValueTask DisposeAsync() => _director.DisposeAsync();

    [Theory]
    [InlineData("5.4.0-42-generic", "1", "1", LvsCheckOutcome.Failed)]
    [InlineData("4.18.0-553.el8", "1", "1", LvsCheckOutcome.Failed)]
    // Quick, at the price of servers that never drain, which Wait-LvsRealServer tells.
    [InlineData("5.4.0-42-generic", "1", "0", LvsCheckOutcome.Passed)]
    [InlineData("5.9.0", "1", "1", LvsCheckOutcome.Passed)]
    [InlineData("6.1.0-31-amd64", "1", "1", LvsCheckOutcome.Passed)]
    [InlineData("10.0.0", "1", "1", LvsCheckOutcome.Passed)]
    // Netfilter does not follow the connections of IPVS: nothing to look at.
    [InlineData("5.4.0-42-generic", "0", "1", null)]
    public async Task A_port_that_is_used_again_costs_a_second_where_an_older_kernel_tracks_connections(string release, string conntrack, string mode, LvsCheckOutcome? outcome)
    {
        _director.Files["/proc/sys/kernel/osrelease"] = $"{release}\n";
        _director.Files[$"{Ipvs}/conntrack"] = $"{conntrack}\n";
        _director.Files[$"{Ipvs}/conn_reuse_mode"] = $"{mode}\n";
        // The size of the table is another matter: this one grows by itself.
        _director.Files[$"{Ipvs}/conn_lfactor"] = "-4\n";

        LvsDeploymentCheck? found = (await CheckAsync(new ConnectionTableRule())).SingleOrDefault(check => check.Cause == LvsDeploymentCause.ConntrackReuse);

        Assert.Equal(outcome, found?.Outcome);
        Assert.Equal(outcome == LvsCheckOutcome.Failed, found?.Advice?.Contains("conntrack 0", StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData("1", "0-3", null, null)]
    [InlineData("1", null, null, null)]
    [InlineData("0", "0-3", null, "Set-LvsKernelParameter -Name run_estimation -Value 1 -NetworkNamespace blue")]
    [InlineData("1", "", "0-7", "Set-LvsKernelParameter -Name est_cpulist -Value 0-7 -NetworkNamespace blue")]
    [InlineData("1", "", null, "Set-LvsKernelParameter -Name est_cpulist -Value 0 -NetworkNamespace blue")]
    public async Task Statistics_stand_still_where_nothing_computes_them(string run, string? processors, string? online, string? line)
    {
        _director.Files[$"{Ipvs}/run_estimation"] = $"{run}\n";
        if (processors is not null)
        {
            _director.Files[$"{Ipvs}/est_cpulist"] = $"{processors}\n";
        }

        if (online is not null)
        {
            _director.Files["/sys/devices/system/cpu/online"] = $"{online}\n";
        }

        LvsDeploymentCheck found = Assert.Single(await CheckAsync(new CountersRule()));

        Assert.Equal((LvsDeploymentCause.CountersFrozen, line is null ? LvsCheckOutcome.Passed : LvsCheckOutcome.Failed), (found.Cause, found.Outcome));
        Assert.Equal(line, found.Remedy?.ToString());
    }

    private async Task<List<LvsDeploymentCheck>> CheckAsync(DeploymentRule rule)
    {
        DeploymentHost director = new(_director, null);
        List<LvsDeploymentCheck> checks = [];
        await foreach (LvsDeploymentCheck check in rule.CheckAsync(new DeploymentContext { Director = director, Directors = [director], Services = [] }, TestContext.Current.CancellationToken))
        {
            checks.Add(check);
        }

        return checks;
    }
}
