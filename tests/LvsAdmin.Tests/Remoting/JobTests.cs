using System.Diagnostics;
using System.Management.Automation;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Remoting;

/// <summary>Commands in the background: -AsJob.</summary>
[Collection(SessionGroup.Name)]
[Trait("Level", "Cmdlets")]
public sealed class JobTests(SessionFixture fixture) : IDisposable
{
    private const string Receive = "| Wait-Job -Timeout 30 | Receive-Job";

    public void Dispose() => fixture.Engine.Run("Get-Job | Remove-Job -Force");

    [Fact]
    public void A_job_gives_what_the_command_gives()
    {
        PSObject output = Assert.Single(fixture.Succeed($"Get-LvsArpPolicy lo -AsJob {Receive}"));

        Assert.Equal("LvsAdmin.Core.Network.LvsArpPolicy", output.TypeNames[0]);
        Assert.Equal("localhost", output.Properties["HostName"].Value);
    }

    [Fact]
    public void It_is_listed_with_a_child_for_each_host_and_fails_where_a_host_failed()
    {
        EngineResult result = fixture.Run(
            """
            $job = Get-LvsArpPolicy lo -Session $sessions -AsJob -JobName policies
            $null = $job | Wait-Job -Timeout 30
            Get-Job -Name policies
            """,
            fixture.Session("rs1"), fixture.Closed, fixture.Session("rs2"));

        Job job = (Job)Assert.Single(result.Output).BaseObject;
        Assert.False(result.HadErrors, string.Join('\n', result.Errors));
        Assert.Equal(JobState.Failed, job.JobStateInfo.State);
        Assert.Equal(["rs1 Completed", "gone Failed", "rs2 Completed"], job.ChildJobs.Select(child => $"{child.Location} {child.JobStateInfo.State}"));
        Assert.Contains("Get-LvsArpPolicy", job.Command, StringComparison.Ordinal);
        EngineResult received = fixture.Engine.Run("Receive-Job -Name policies");
        Assert.Equal(["rs1", "rs2"], received.Output.Select(output => output.Properties["HostName"].Value).Order());
        Assert.Equal("ConnectionLost,LvsAdmin.Commands.GetLvsArpPolicyCommand", Assert.Single(received.Errors).FullyQualifiedErrorId);
    }

    [Fact]
    public void An_error_about_one_object_does_not_fail_the_host()
    {
        EngineResult result = fixture.Run("$job = Get-LvsArpPolicy nosuch0, lo -AsJob; $null = $job | Wait-Job -Timeout 30; \"$($job.State)\"; $job | Receive-Job");

        Assert.Equal("Completed", result.Output[0].ToString());
        Assert.Equal(2, result.Output.Count);
        Assert.Equal("InterfaceMissing,LvsAdmin.Commands.GetLvsArpPolicyCommand", Assert.Single(result.Errors).FullyQualifiedErrorId);
    }

    [Fact]
    public void The_pipeline_is_collected_and_goes_to_each_host()
    {
        IReadOnlyList<PSObject> output = fixture.Succeed(
            $"Get-LvsArpPolicy lo -Session $sessions | Get-LvsDirector -AsJob {Receive}", fixture.Session("rs1"), fixture.Session("rs2"));

        Assert.Equal(["rs1", "rs2"], output.Select(director => director.Properties["HostName"].Value).Order());
    }

    [Fact]
    public void WhatIf_is_received()
    {
        EngineResult result = fixture.Run($"Set-LvsArpPolicy lo -Ignore 1 -WhatIf -AsJob {Receive}");

        Assert.Contains(result.Information, record => record.ToString().Contains("What if", StringComparison.Ordinal));
    }

    [Fact]
    public void A_question_is_an_error_because_nobody_is_there()
    {
        EngineResult result = fixture.Run("$job = Set-LvsArpPolicy lo -Ignore 1 -Confirm -AsJob; $null = $job | Wait-Job -Timeout 30; \"$($job.State)\"; $job | Receive-Job");

        Assert.Equal("Failed", Assert.Single(result.Output).ToString());
        Assert.Contains("-Confirm:$false", Assert.Single(result.Errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Preferences_of_the_caller_hold_in_the_job()
    {
        EngineResult result = fixture.Run($"$VerbosePreference = 'Continue'; $now = Get-LvsArpPolicy lo; Set-LvsArpPolicy lo -Ignore $now.Ignore -AsJob {Receive}");

        Assert.Contains("already as wanted", Assert.Single(result.Verbose), StringComparison.Ordinal);
    }

    [Fact]
    public void Stopping_takes_a_second_at_most()
    {
        EngineResult started = fixture.Run("Get-LvsDirector -Session $sessions -AsJob", fixture.Endless, fixture.Session("rs1"));
        Job job = (Job)Assert.Single(started.Output).BaseObject;
        fixture.AwaitStart("endless");
        Assert.True(SpinWait.SpinUntil(() => job.ChildJobs[1].JobStateInfo.State == JobState.Completed, TimeSpan.FromSeconds(30)));
        long began = Stopwatch.GetTimestamp();

        EngineResult stopped = fixture.Engine.Run($"Stop-Job {job.Id}");

        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(1.5));
        Assert.False(stopped.HadErrors);
        Assert.Equal(["Stopped", "Completed"], job.ChildJobs.Select(child => child.JobStateInfo.State.ToString()));
        Assert.Equal(JobState.Stopped, job.JobStateInfo.State);
    }
}
