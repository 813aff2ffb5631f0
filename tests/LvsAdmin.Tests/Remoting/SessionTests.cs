using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Remoting;

/// <summary>The same cmdlet in PowerShell sessions: -Session.</summary>
[Collection(SessionGroup.Name)]
[Trait("Level", "Cmdlets")]
public sealed class SessionTests(SessionFixture fixture)
{
    private static readonly string[] Added = ["PSComputerName", "RunspaceId"];

    [Theory]
    [InlineData("Get-LvsArpPolicy -Interface lo")]
    [InlineData("Get-LvsDirector")]
    public void Objects_have_the_properties_and_the_view_of_those_over_SSH(string command)
    {
        PSObject overSsh = Assert.Single(fixture.Succeed($"{command} -HostName stand-in-rs1"));
        PSObject remote = Assert.Single(fixture.Succeed($"{command} -Session $sessions", fixture.Session("rs1")));

        Assert.Equal(overSsh.Properties.Select(property => property.Name), remote.Properties.Select(property => property.Name).Except(Added));
        Assert.Equal("rs1", remote.Properties["HostName"].Value);
        Assert.Equal("rs1", remote.Properties["PSComputerName"].Value);
        foreach (PSPropertyInfo property in overSsh.Properties.Where(property => property.Name != "HostName"))
        {
            Assert.Equal($"{property.Name}: {Text(property.Value)}", $"{property.Name}: {Text(remote.Properties[property.Name].Value)}");
        }

        Assert.Equal(
            fixture.Engine.Render([overSsh]).Replace("stand-in-rs1", "rs1", StringComparison.Ordinal),
            fixture.Engine.Render([remote]));
    }

    [Fact]
    public void Several_sessions_work_at_once_and_one_that_is_lost_is_one_error()
    {
        EngineResult result = fixture.Run("Get-LvsArpPolicy lo -Session $sessions", fixture.Session("rs1"), fixture.Closed, fixture.Session("rs2"));

        Assert.Equal(["rs1", "rs2"], result.Output.Select(output => output.Properties["HostName"].Value.ToString()).Order());
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.Equal("ConnectionLost,LvsAdmin.Commands.GetLvsArpPolicyCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.ConnectionError, error.CategoryInfo.Category);
        Assert.Same(fixture.Closed, error.TargetObject);
    }

    [Fact]
    public void An_error_keeps_id_category_and_target_and_names_the_host()
    {
        ErrorRecord local = Assert.Single(fixture.Run("Get-LvsArpPolicy nosuch0").Errors);
        ErrorRecord remote = Assert.Single(fixture.Run("Get-LvsArpPolicy nosuch0 -Session $sessions", fixture.Session("rs1")).Errors);

        Assert.Equal(local.FullyQualifiedErrorId, remote.FullyQualifiedErrorId);
        Assert.Equal(local.CategoryInfo.Category, remote.CategoryInfo.Category);
        Assert.Equal(local.TargetObject?.ToString(), remote.TargetObject?.ToString());
        Assert.Contains("rs1", remote.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("localhost", remote.ToString(), StringComparison.Ordinal);
        Assert.Equal("rs1", Assert.IsType<RemotingErrorRecord>(remote).OriginInfo.PSComputerName);
    }

    [Fact]
    public void ErrorAction_means_the_same_there()
    {
        PSSession session = fixture.Session("rs1");

        EngineResult stopped = fixture.Run("Get-LvsArpPolicy nosuch0, nosuch1 -Session $sessions -ErrorAction Stop; 'after'", session);
        Assert.Empty(stopped.Output);
        Assert.IsType<ActionPreferenceStopException>(stopped.Terminating);
        Assert.Single(stopped.Errors);

        EngineResult silent = fixture.Run("Get-LvsArpPolicy nosuch0, lo -Session $sessions -ErrorAction SilentlyContinue -ErrorVariable seen; \"$($seen.Count)\"", session);
        Assert.Empty(silent.Errors);
        Assert.Equal("1", silent.Output[^1].ToString());
        Assert.Equal(2, silent.Output.Count);
    }

    [Theory]
    [InlineData("Set-LvsArpPolicy lo -Ignore 1 -Session $sessions -WhatIf")]
    [InlineData("$WhatIfPreference = $true; Set-LvsArpPolicy lo -Ignore 1 -Session $sessions")]
    public void WhatIf_is_shown_here_with_the_host(string script)
    {
        EngineResult result = fixture.Run(script, fixture.Session("rs1"));

        Assert.False(result.HadErrors, string.Join('\n', result.Errors));
        Assert.Contains("What if", result.HostText, StringComparison.Ordinal);
        Assert.Contains("rs1", result.HostText, StringComparison.Ordinal);
        Assert.DoesNotContain("localhost", result.HostText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Set-LvsArpPolicy lo -Ignore 1 -Session $sessions -Confirm -PassThru")]
    [InlineData("$ConfirmPreference = 'Low'; Set-LvsArpPolicy lo -Ignore 1 -Session $sessions -PassThru")]
    public void Questions_are_asked_here_and_answered_for_each_session(string script)
    {
        fixture.Engine.UserInterface.Answers.Enqueue("N");
        fixture.Engine.UserInterface.Answers.Enqueue("N");

        EngineResult result = fixture.Run(script, fixture.Session("rs1"), fixture.Session("rs2"));

        Assert.False(result.HadErrors, string.Join('\n', result.Errors));
        Assert.Empty(fixture.Engine.UserInterface.Answers);
        Assert.Contains("rs1", result.HostText, StringComparison.Ordinal);
        Assert.Contains("rs2", result.HostText, StringComparison.Ordinal);
    }

    [Fact]
    public void Verbose_messages_come_when_they_are_wanted()
    {
        const string Unchanged = "$now = Get-LvsArpPolicy lo; Set-LvsArpPolicy lo -Ignore $now.Ignore -Session $sessions";

        EngineResult quiet = fixture.Run(Unchanged, fixture.Session("rs1"));
        Assert.Empty(quiet.Verbose);
        // That of lo alone nobody needs a policy: once, and not as a line of the host's besides.
        Assert.Single(quiet.Warnings);
        Assert.Single(quiet.HostText.Split('\n'), line => line.StartsWith("WARNING: ", StringComparison.Ordinal));
        Assert.Contains("rs1", Assert.Single(fixture.Run($"{Unchanged} -Verbose", fixture.Session("rs1")).Verbose), StringComparison.Ordinal);
        Assert.Single(fixture.Run($"$VerbosePreference = 'Continue'; {Unchanged}", fixture.Session("rs1")).Verbose);
    }

    [Fact]
    public void A_session_without_the_module_is_a_typed_error_until_it_is_installed()
    {
        PSSession session = fixture.Open("empty");

        ErrorRecord error = Assert.Single(fixture.Run("Get-LvsArpPolicy lo -Session $sessions", session).Errors);

        Assert.Equal("ModuleMissing,LvsAdmin.Commands.GetLvsArpPolicyCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.NotInstalled, error.CategoryInfo.Category);
        Assert.Contains("Install-LvsModule", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("empty", error.ToString(), StringComparison.Ordinal);
        Assert.Single(fixture.Succeed("Install-LvsModule $sessions; Get-LvsArpPolicy lo -Session $sessions", session));
    }

    [Fact]
    public void An_older_module_is_a_typed_error()
    {
        PSSession session = fixture.Pretend("old", "0.0.9", "Get-LvsDirector", "'unchecked'");

        EngineResult result = fixture.Run("Get-LvsDirector -Session $sessions", session);

        Assert.Empty(result.Output);
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.Equal("ModuleTooOld,LvsAdmin.Commands.GetLvsDirectorCommand", error.FullyQualifiedErrorId);
        Assert.Contains("0.0.9", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("Install-LvsModule", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Objects_go_back_to_the_session_that_they_came_from()
    {
        IReadOnlyList<PSObject> output = fixture.Succeed(
            "Get-LvsArpPolicy lo -Session $sessions | ForEach-Object { $_ } | Get-LvsDirector", fixture.Session("rs1"), fixture.Session("rs2"));

        Assert.Equal(["rs1", "rs2"], output.Select(director => director.Properties["PSComputerName"]?.Value.ToString()).Order());
    }

    [Fact]
    public void One_answer_is_given_for_all_sessions()
    {
        PSSession good = fixture.Pretend(
            "tested", "9.0.0", "Test-LvsRealServerVip", "[CmdletBinding()] param([switch] $Quiet, $Address) if ($Quiet) { $false } else { [pscustomobject]@{ Outcome = 'Passed' } }");

        Assert.Equal(true, Assert.Single(fixture.Succeed("Test-LvsRealServerVip 192.0.2.10 -Quiet -Session $sessions", good)).BaseObject);
        Assert.Equal(false, Assert.Single(fixture.Run("Test-LvsRealServerVip 192.0.2.10 -Quiet -Session $sessions", good, fixture.Closed).Output).BaseObject);
    }

    [Fact]
    public void Stopping_ends_the_command_there_too()
    {
        Assert.InRange(TimeToStop(fixture.Endless, "endless"), TimeSpan.Zero, TimeSpan.FromSeconds(1.5));

        Assert.True(SpinWait.SpinUntil(() => fixture.Endless.Availability == RunspaceAvailability.Available, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Stopping_does_not_wait_for_a_host_that_does_not_stop() =>
        Assert.InRange(TimeToStop(fixture.Pretend("deaf", "[Threading.Thread]::Sleep(6000)"), "deaf"), TimeSpan.Zero, TimeSpan.FromSeconds(1.5));

    [Fact]
    public void A_session_that_breaks_in_the_middle_is_lost_after_what_it_said()
    {
        PSSession session = fixture.Pretend("dying", "[pscustomobject]@{ HostName = 'localhost' }; [Environment]::Exit(3)");

        EngineResult result = fixture.Run("Get-LvsDirector -Session $sessions", session);

        Assert.Equal("dying", Assert.Single(result.Output).Properties["HostName"].Value);
        Assert.Equal("ConnectionLost,LvsAdmin.Commands.GetLvsDirectorCommand", Assert.Single(result.Errors).FullyQualifiedErrorId);
    }

    [Fact]
    public void Hosts_are_named_in_one_way()
    {
        ErrorRecord error = Assert.Single(fixture.Run("Get-LvsDirector -Session $sessions -HostName rs9", fixture.Session("rs1")).Errors);

        Assert.Equal("HostNamedTwice,LvsAdmin.Commands.GetLvsDirectorCommand", error.FullyQualifiedErrorId);
    }

    internal static string Text(object? value) => value switch
    {
        PSObject { BaseObject: System.Collections.IEnumerable list and not string } => Text(list),
        System.Collections.IEnumerable list and not string => string.Join(", ", list.Cast<object>().Select(Text)),
        _ => LanguagePrimitives.ConvertTo<string>(value) ?? string.Empty,
    };

    private TimeSpan TimeToStop(PSSession session, string host)
    {
        Task<long> stop = Task.Run(() =>
        {
            fixture.AwaitStart(host);
            long asked = Stopwatch.GetTimestamp();
            fixture.Engine.Stop();
            return asked;
        });
        EngineResult result = fixture.Run("Get-LvsDirector -Session $sessions", session);
        long ended = Stopwatch.GetTimestamp();
        Assert.True(result.Stopped, string.Join('\n', result.Errors));
        return Stopwatch.GetElapsedTime(stop.GetAwaiter().GetResult(), ended);
    }
}
