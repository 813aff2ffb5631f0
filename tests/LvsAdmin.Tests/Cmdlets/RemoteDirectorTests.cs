using System.Management.Automation;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Cmdlets;

/// <summary>A director over SSH (a stand-in for it): the same cmdlets, the kernel's own messages carried by the relay, ipvsadm as the witness.</summary>
public sealed class RemoteDirectorTests : DirectorTest
{
    private const string Lb = "stand-in-netns-lb";

    private static readonly string[] Table =
    [
        "-A -t 192.0.2.10:80 -s mh -p 60 -b mh-port,mh-fallback",
        "-a -t 192.0.2.10:80 -r 192.0.2.21:80 -g -w 100 -x 20 -y 10",
        "-a -t 192.0.2.10:80 -r 192.0.2.22:80 -i -w 50 --tun-type gue --tun-port 5555",
        "-A -u [2001:db8::10]:53 -s wlc -o",
        "-a -u [2001:db8::10]:53 -r [2001:db8::21]:53 -m -w 1",
        "-A -f 7 -s rr",
        "-a -f 7 -r 192.0.2.21:0 -g -w 1",
    ];

    private readonly CmdletFixture _fixture;

    public RemoteDirectorTests(CmdletFixture fixture)
        : base(fixture)
    {
        _fixture = fixture;
        Environment.SetEnvironmentVariable("STAND_IN_NETWORK", Director.Path);
    }

    [Theory]
    [InlineData("Get-LvsVirtualService")]
    [InlineData("Get-LvsRealServer")]
    [InlineData("Get-LvsStatistics")]
    [InlineData("Get-LvsTimeout")]
    [InlineData("Get-LvsSyncDaemon")]
    [InlineData("Get-LvsKernelParameter")]
    [InlineData("Get-LvsConnection")]
    [InlineData("Get-LvsDirector")]
    public void What_is_read_over_SSH_is_what_is_read_here(string command)
    {
        Restore(Table);

        IReadOnlyList<PSObject> remote = Over(command);

        Assert.Equal(Texts(Succeed(command)), Texts(remote));
        Assert.All(remote, value => Assert.Equal((Lb, null), ((string)value.Properties["HostName"].Value, value.Properties["NetworkNamespace"].Value)));
    }

    [Fact]
    public void Every_change_reaches_the_kernel_of_the_host()
    {
        using SessionOver session = new(_fixture);
        Over(session, "New-LvsVirtualService 192.0.2.10:80 -Scheduler wrr; New-LvsVirtualService fwmark6/7 -Scheduler rr");
        Over(session, "Add-LvsRealServer 192.0.2.10:80 192.0.2.21, 192.0.2.22 -Weight 3; Add-LvsRealServer 192.0.2.10:80 192.0.2.23 -Forwarding Tunnel -TunnelType Gue -TunnelPort 5555");
        Over(session, "Set-LvsVirtualService 192.0.2.10:80 -PersistenceTimeout 60; Remove-LvsRealServer 192.0.2.10:80 192.0.2.22 -Confirm:$false");
        Over(session, "Set-LvsTimeout -Tcp 100; Start-LvsSyncDaemon Master -Interface lo -SyncId 3");

        Assert.Equal(
            [
                "-A -f 7 -6 -s rr",
                "-A -t 192.0.2.10:80 -s wrr -p 60",
                "-a -t 192.0.2.10:80 -r 192.0.2.21:80 -g -w 3",
                "-a -t 192.0.2.10:80 -r 192.0.2.23:80 -i -w 1 --tun-type gue --tun-port 5555 --tun-nocsum",
            ],
            Saved().Order(StringComparer.Ordinal));
        Assert.Contains("100", Director.Run("ipvsadm", ["-L", "--timeout"]), StringComparison.Ordinal);
        Assert.Contains("master sync daemon", Director.Run("ipvsadm", ["-L", "--daemon"]), StringComparison.Ordinal);

        Over(session, "Stop-LvsSyncDaemon Master; Reset-LvsStatistics -Confirm:$false; Clear-LvsTable -Confirm:$false");
        Assert.Empty(Saved());
    }

    [Fact]
    public void Objects_go_back_to_their_director()
    {
        Restore(Table);

        _fixture.Engine.Run("$PSDefaultParameterValues = @{}");
        Assert.Empty(_fixture.Engine.Run($"Get-LvsRealServer -HostName {Lb} | Where-Object Weight -ge 50 | Set-LvsRealServer -Weight 0").Errors);

        Assert.Equal(2, Saved().Count(rule => rule.Contains("-w 0", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_desired_state_is_planned_applied_held_and_taken_back_over_SSH()
    {
        Restore(Table);
        using SessionOver session = new(_fixture);
        string file = Path.Combine(Directory.CreateTempSubdirectory("lvs-remote-").FullName, "web.json");
        File.WriteAllText(file, """{"scope": ["*"], "virtualServices": [{"virtualService": "192.0.2.10:80", "scheduler": "wlc", "realServers": ["192.0.2.22", "192.0.2.23"]}]}""");
        try
        {
            PSObject kept = Assert.Single(Over(session, "Checkpoint-LvsTable"));
            Assert.Equal(Lb, kept.Properties["HostName"].Value);
            Assert.All(Over(session, $"Compare-LvsConfiguration '{file}'"), change => Assert.Equal(Lb, change.Properties["HostName"].Value));

            Over(session, $"Sync-LvsConfiguration '{file}' -Prune");
            Assert.Equal(
                ["-A -t 192.0.2.10:80 -s wlc", "-a -t 192.0.2.10:80 -r 192.0.2.22:80 -g -w 1", "-a -t 192.0.2.10:80 -r 192.0.2.23:80 -g -w 1"], Saved());
            Over(session, "Suspend-LvsRealServer 192.0.2.10:80 192.0.2.22 -Reason disk");
            Assert.Equal(true, Assert.Single(Over(session, $"Test-LvsConfiguration '{file}'")).BaseObject);
            Over(session, "Resume-LvsRealServer 192.0.2.10:80 192.0.2.22");

            // What was kept knows its director.
            _fixture.Engine.Run("$PSDefaultParameterValues = @{}");
            Assert.Empty(_fixture.Engine.Run("$input | Restore-LvsTable", kept).Errors);
            Assert.Equal(Table.Select(rule => rule.Replace(" -x 20 -y 10", string.Empty, StringComparison.Ordinal)).Order().Count(), Saved().Length);
            Assert.Contains("-A -f 7 -s rr", Saved());
            Assert.Equal("20 10", $"{Succeed("Get-LvsRealServer 192.0.2.10:80 192.0.2.21 | ForEach-Object { \"$($_.UpperThreshold) $($_.LowerThreshold)\" }")[0]}");
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        }
    }

    [Fact]
    public void Refusals_are_the_kernel_s_own()
    {
        Restore(Table);

        Assert.Equal("ServiceExists", Refusal("New-LvsVirtualService 192.0.2.10:80"));
        Assert.Equal("SchedulerNotFound", Refusal("New-LvsVirtualService 192.0.2.11:80 -Scheduler nosuch"));
        Assert.Equal("RealServerNotFound", Refusal("Set-LvsRealServer 192.0.2.10:80 192.0.2.99 -Weight 1"));
    }

    // Where many commands follow each other, one login does for all.
    private static IReadOnlyList<PSObject> Over(SessionOver session, string script) => Good(script, session.Run(script));

    private IReadOnlyList<PSObject> Over(string script) => Good(script, Ask(script));

    private static IReadOnlyList<PSObject> Good(string script, EngineResult result)
    {
        Assert.True(!result.HadErrors, $"{script}\n{string.Join('\n', result.Errors)}{result.Terminating}");
        return result.Output;
    }

    private string Refusal(string script)
    {
        EngineResult result = Ask(script);
        return Assert.Single(result.Errors).FullyQualifiedErrorId.Split(',')[0];
    }

    private EngineResult Ask(string script) => _fixture.Engine.Run($"$PSDefaultParameterValues = @{{ '*-Lvs*:HostName' = '{Lb}' }}\n{script}");

    private static string[] Texts(IEnumerable<PSObject> values) =>
    [
        .. values.Select(value => string.Join("; ", value.Properties
            .Where(property => property.Name is not ("HostName" or "NetworkNamespace"))
            .Select(property => $"{property.Name}={property.Value}"))),
    ];

    private sealed class SessionOver(CmdletFixture fixture) : IDisposable
    {
        public void Dispose() => fixture.Engine.Run("$PSDefaultParameterValues = @{}; $over | Remove-LvsSession; $global:over = $null");

        internal EngineResult Run(string script) =>
            fixture.Engine.Run($"$PSDefaultParameterValues = @{{}}; if (-not $over) {{ $global:over = New-LvsSession {Lb} }}\n$PSDefaultParameterValues = @{{ '*-Lvs*:LvsSession' = $over }}\n{script}");
    }
}
