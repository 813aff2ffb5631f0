using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text.RegularExpressions;
using LvsAdmin.Hosting;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Cmdlets;

/// <summary>Cmdlets on many hosts: which they work on, by what connection, and what becomes of those that fail. The hosts are this machine by a stand-in for ssh.</summary>
[Collection(CmdletGroup.Name)]
[Trait("Level", "Cmdlets")]
public sealed class FleetTests(CmdletFixture fixture)
{
    private const string ChangeAll = "Set-LvsArpPolicy -Ignore 8 -WhatIf";

    [Fact]
    public void One_bad_host_of_many_is_one_error_and_the_others_answer()
    {
        EngineResult result = fixture.Engine.Run("Get-LvsArpPolicy all -HostName stand-in[01-19], stand-in-refused -ThrottleLimit 8");

        Assert.Equal(Enumerable.Range(1, 19).Select(number => $"stand-in{number:00}"), Hosts(result).Order(StringComparer.Ordinal));
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.Equal("ConnectionRefused,LvsAdmin.Commands.GetLvsArpPolicyCommand", error.FullyQualifiedErrorId);
        Assert.Equal("stand-in-refused", error.TargetObject);
    }

    [Theory]
    [InlineData("stand-in-nowhere", "NameResolutionFailed")]
    [InlineData("stand-in-stranger", "HostKeyUnknown")]
    [InlineData("'stand-in;touch x'", "InvalidHostName")]
    [InlineData("-oProxyCommand=x", "InvalidHostName")]
    public void A_host_that_fails_says_why_by_its_id(string host, string id)
    {
        ErrorRecord error = Assert.Single(fixture.Engine.Run($"Enable-LvsRealServerVip 192.0.2.10, 192.0.2.11 -HostName {(host[0] == '-' ? $"'{host}'" : host)}").Errors);

        Assert.Equal(id, error.FullyQualifiedErrorId.Split(',')[0]);
    }

    [Fact]
    public void A_host_that_is_named_twice_is_worked_on_once() =>
        Assert.Equal(["stand-in-a", "stand-in-b"], Hosts(fixture.Engine.Run("Get-LvsArpPolicy all -HostName stand-in-a, stand-in-b, stand-in-a")).Order(StringComparer.Ordinal));

    [Fact]
    public void Objects_go_back_to_their_host_by_the_connection_that_they_came_by()
    {
        EngineResult result = fixture.Engine.Run($"Get-LvsArpPolicy all -HostName stand-in-c1, stand-in-c2 -UserName carol | {ChangeAll}");

        Assert.Empty(result.Errors);
        Assert.Contains("on stand-in-c1", result.HostText, StringComparison.Ordinal);
        Assert.Contains("on stand-in-c2", result.HostText, StringComparison.Ordinal);
        // One pipeline, one connection for each host.
        Assert.Contains("-l carol", Assert.Single(StandIn.Calls("stand-in-c1")).Arguments, StringComparison.Ordinal);
    }

    [Fact]
    public void Objects_that_were_kept_go_back_as_the_same_user()
    {
        EngineResult result = fixture.Engine.Run($"$policies = Get-LvsArpPolicy all -HostName stand-in-d -UserName dave; $policies | Where-Object {{ $true }} | {ChangeAll}");

        Assert.Contains("on stand-in-d", result.HostText, StringComparison.Ordinal);
        Assert.Equal(2, StandIn.Calls("stand-in-d").Length);
        Assert.All(StandIn.Calls("stand-in-d"), call => Assert.Contains("-l dave", call.Arguments, StringComparison.Ordinal));
    }

    [Theory]
    // What is typed counts most, ...
    [InlineData("Get-LvsArpPolicy all -HostName stand-in-e1 | Set-LvsArpPolicy -Ignore 8 -HostName stand-in-e2 -WhatIf", "stand-in-e2")]
    [InlineData("Get-LvsArpPolicy all -HostName stand-in-e1 | Set-LvsArpPolicy -Ignore 8 -NetworkNamespace /proc/self/ns/net -WhatIf", "localhost")]
    // ... also where it says the same as the default, ...
    [InlineData("$PSDefaultParameterValues = @{ '*-Lvs*:HostName' = 'stand-in-e3' }; Get-LvsArpPolicy all -HostName stand-in-e1 | Set-LvsArpPolicy -Ignore 8 -HostName stand-in-e3 -WhatIf", "stand-in-e3")]
    // ... then what the object says, ...
    [InlineData("$PSDefaultParameterValues = @{ '*-Lvs*:HostName' = 'stand-in-e3' }; Get-LvsArpPolicy all -HostName stand-in-e1 | Set-LvsArpPolicy -Ignore 8 -WhatIf", "stand-in-e1")]
    [InlineData("$PSDefaultParameterValues = @{ '*-Lvs*:HostName' = 'stand-in-e3' }; Get-LvsArpPolicy all -NetworkNamespace /proc/self/ns/net | Set-LvsArpPolicy -Ignore 8 -WhatIf", "localhost")]
    // ... then the default.
    [InlineData("$PSDefaultParameterValues = @{ '*-Lvs*:HostName' = 'stand-in-e3' }; Set-LvsArpPolicy all -Ignore 8 -WhatIf", "stand-in-e3")]
    public void What_is_typed_counts_more_than_the_object_and_that_more_than_the_default(string line, string host)
    {
        EngineResult result = fixture.Engine.Run($"& {{ {line} }}");

        Assert.Empty(result.Errors);
        Assert.Contains($"on {host}", result.HostText, StringComparison.Ordinal);
        Assert.DoesNotContain("all on stand-in-e1", host == "stand-in-e1" ? string.Empty : result.HostText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-LvsDirector -HostName stand-in -NetworkNamespace x", "HostNamedTwice")]
    [InlineData("'stand-in1' | Get-LvsDirector", "InputObjectUnknown")]
    [InlineData("Get-LvsArpPolicy -HostName $null", "InvalidHostName")]
    [InlineData("Get-LvsArpPolicy -HostName '# a comment', ''", "InvalidHostName")]
    [InlineData("Get-LvsArpPolicy -LvsSession $null", "ParameterArgumentValidationError")]
    [InlineData("Remove-LvsSession -Id 99999", "SessionNotFound")]
    [InlineData("'192.0.2.10' | Enable-LvsRealServerVip -OnRealServer", "RealServerMissing")]
    public void What_names_no_host_or_two_is_an_error(string line, string id) =>
        Assert.Equal(id, Assert.Single(fixture.Engine.Run(line).Errors).FullyQualifiedErrorId.Split(',')[0]);

    [Fact]
    public void A_session_serves_many_commands_by_one_login()
    {
        EngineResult result = fixture.Engine.Run(
            $$"""
            $sessions = 'stand-in-f1', 'stand-in-f2' | New-LvsSession -Name one, two
            $sessions
            $policies = Get-LvsArpPolicy all -LvsSession $sessions
            $policies
            $policies | {{ChangeAll}}
            (Get-LvsSession stand-in-f*).State
            $sessions | Remove-LvsSession
            $sessions.State
            @(Get-LvsSession stand-in-f*).Count
            Get-LvsArpPolicy all -LvsSession $sessions[0]
            """);

        Assert.Equal(["one", "two"], result.Output.Take(2).Select(session => session.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal(["stand-in-f1", "stand-in-f2"], result.Output.Skip(2).Take(2).Select(policy => (string)policy.Properties["HostName"].Value).Order(StringComparer.Ordinal));
        Assert.Equal(["Opened", "Opened", "Closed", "Closed", "0"], result.Output.Skip(4).Select(value => value.ToString()));
        Assert.Contains("on stand-in-f1", result.HostText, StringComparison.Ordinal);
        (int process, _) = Assert.Single(StandIn.Calls("stand-in-f1"));
        Assert.False(StandIn.Runs(process), "the session is closed and its ssh still runs");
        Assert.Equal("ConnectionLost", Assert.Single(result.Errors).FullyQualifiedErrorId.Split(',')[0]);
    }

    [Fact]
    public async Task Stopping_ends_all_that_waits_within_a_second()
    {
        Task<EngineResult> run = Task.Run(() => fixture.Engine.Run("Get-LvsArpPolicy -HostName stand-in-silent[1-20]"), TestContext.Current.CancellationToken);
        Assert.True(SpinWait.SpinUntil(() => Enumerable.Range(1, 20).All(number => StandIn.Calls($"stand-in-silent{number}").Length == 1), TimeSpan.FromSeconds(10)));
        int[] processes = [.. Enumerable.Range(1, 20).Select(number => StandIn.Calls($"stand-in-silent{number}")[0].Process)];
        Assert.All(processes, process => Assert.True(StandIn.Runs(process)));

        Stopwatch watch = Stopwatch.StartNew();
        fixture.Engine.Stop();
        EngineResult result = await run.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);

        Assert.True(result.Stopped);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"stopping took {watch.Elapsed}");
        Assert.All(processes, process => Assert.False(StandIn.Runs(process), $"the ssh process {process} still runs"));
    }

    [Fact]
    public void Progress_tells_how_many_hosts_are_done_and_how_many_failed()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([Checkout.Manifest()]);
        using PowerShell shell = PowerShell.Create(state);
        shell.AddCommand("Get-LvsArpPolicy").AddArgument("all").AddParameter("HostName", "stand-in-lot-[1-60]").AddParameter("ThrottleLimit", 4).Invoke();

        string[] shown = [.. shell.Streams.Progress.Select(record => $"{record.Activity}: {record.StatusDescription} {record.RecordType}")];
        Assert.Contains(shown, record => Regex.IsMatch(record, @"^Get-LvsArpPolicy: [1-9][0-9]? of 60 hosts, [1-9][0-9]? failed Processing$"));
        Assert.EndsWith("Completed", shown[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Completion_offers_the_hosts_of_sessions_and_what_a_host_has()
    {
        fixture.Engine.Run("New-LvsSession stand-in-g");
        try
        {
            Assert.Equal(["stand-in-g"], Offers("Get-LvsDirector -HostName stand-in-g"));
            Assert.Equal(["lo"], Offers("Enable-LvsRealServerVip 192.0.2.10 -HostName stand-in-h -Interface lo"));
            Assert.Single(StandIn.Calls("stand-in-h"));
        }
        finally
        {
            fixture.Engine.Run("Get-LvsSession stand-in-g | Remove-LvsSession");
        }
    }

    private string[] Offers(string line) => [.. fixture.Engine.Complete(line).CompletionMatches.Select(match => match.CompletionText)];

    private static IEnumerable<string> Hosts(EngineResult result) => result.Output.Select(output => (string)output.Properties["HostName"].Value);
}
