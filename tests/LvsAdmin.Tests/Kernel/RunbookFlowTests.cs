using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LvsAdmin.Core.Fleet;
using LvsAdmin.Hosting;
using LvsAdmin.Tests.Cmdlets;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Kernel;

/// <summary>The runbooks of examples/runbooks, played on the lab's network by the hosted engine: what their Pester tests verify where there is a pwsh is seen here from outside.</summary>
[Trait("Level", "Kernel")]
[Collection(SharedTopology.Name)]
public sealed class RunbookFlowTests(CmdletFixture fixture) : IClassFixture<CmdletFixture>, IDisposable
{
    private const string Director = "@{ NetworkNamespace = 'director' }";
    private const string RealServers = "@{ NetworkNamespace = 'rs1' }, @{ NetworkNamespace = 'rs2' }";
    private const string Keepalived = "/usr/sbin/keepalived";

    private readonly string _folder = Directory.CreateTempSubdirectory("lvs-runbooks").FullName;

    private static string Runbooks => Path.Combine(Checkout.Root(), "examples", "runbooks");

    public void Dispose()
    {
        if (NamespaceThread.HasIpvs)
        {
            fixture.Engine.Run("""
                'rs1', 'rs2' | ForEach-Object { Get-LvsRealServerVip -NetworkNamespace $_ | Disable-LvsRealServerVip }
                Get-LvsDirectorVip -NetworkNamespace director | Disable-LvsDirectorVip -Force
                """);
            fixture.ClearDirector();
            Topology.RunIn("client", "ip", "neighbour", "flush", "all");
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_service_is_built_extended_by_a_tunnel_and_maintained()
    {
        NamespaceThread.RequireIpvs();
        string build = $"$r = & {Runbooks}/Build-DirectRoutingService.ps1 192.0.2.10:80 -Scheduler rr -RealServer 192.0.2.21 -Director {Director} -RealServerHost @{{ NetworkNamespace = 'rs1' }}";
        Play($"{build} -WhatIf");
        Assert.Empty(fixture.Succeed("director", "Get-LvsVirtualService"));
        Play(build);
        Assert.Equal(["rs1", "rs1"], RunbookStage.Answers(2));

        // Again, it changes nothing.
        EngineResult again = Play($"{build} -Verbose 4>&1; $r");
        Assert.Contains(again.Output, line => $"{line}".Contains("nothing is changed", StringComparison.Ordinal));

        Play($"& {Runbooks}/Add-TunnelSite.ps1 192.0.2.10:80 -RealServer 192.0.2.22 -Director {Director} -RealServerHost @{{ NetworkNamespace = 'rs2' }}");
        Assert.Equal(["rs1", "rs2"], RunbookStage.Answers(2).Order());

        // Held during the work, and nobody is sent there; back afterwards.
        string maintain = $"& {Runbooks}/Invoke-ServerMaintenance.ps1 192.0.2.21 -Director {Director} -Reason disk";
        EngineResult work = Play($$"""{{maintain}} -Work { Get-LvsRealServer -Held @on | ForEach-Object { "held $($_.RealServer) $($_.Hold.Reason)" }; [LvsAdmin.Tests.Kernel.RunbookStage]::Answers(2) } -Check { $true }""", $"$on = {Director}");
        Assert.Equal(["held 192.0.2.21:80 disk", "rs2", "rs2", "192.0.2.21:80"], work.Output.Select(Text));
        Assert.Equal(["rs1", "rs2"], RunbookStage.Answers(2).Order());

        // The same for the host as a whole, chosen by its name alone.
        EngineResult upgrade = Play($$"""& {{Runbooks}}/Invoke-KernelUpgrade.ps1 -Director {{Director}} -RealServerHost @{ NetworkNamespace = 'rs2' } -RampUp 0 -Upgrade { "$($_.Address)" }""");
        LvsRolloutResult upgraded = (LvsRolloutResult)Assert.Single(upgrade.Output).BaseObject;
        Assert.Equal((LvsRolloutState.Succeeded, "rs2", "192.0.2.22"), (upgraded.State, upgraded.NetworkNamespace, $"{Assert.Single(upgraded.Output)}"));

        // What is not healthy afterwards stays out.
        EngineResult failed = fixture.Engine.Run($"{maintain} -Work {{ }} -Check {{ $false }}");
        Assert.Contains("is not healthy", Assert.Single(failed.Errors).ToString(), StringComparison.Ordinal);
        Assert.Equal(["192.0.2.21:80"], fixture.Succeed("director", "Get-LvsRealServer -Held").Select(Text));
        Assert.Equal(["rs2", "rs2"], RunbookStage.Answers(2));
    }

    [Fact]
    public async Task A_director_is_taken_over_from_keepalived_without_a_failed_request()
    {
        NamespaceThread.RequireIpvs();
        Assert.SkipUnless(File.Exists(Keepalived), $"{Keepalived} is not here: it is in the Debian package keepalived.");
        fixture.Succeed("director", "'192.0.2.13:80' | Enable-LvsDirectorVip");
        fixture.Engine.Run($"foreach ($at in {RealServers}) {{ Enable-LvsRealServerVip 192.0.2.13 @at }}");
        string configuration = Path.Combine(_folder, "keepalived.conf");
        await File.WriteAllTextAsync(
            configuration,
            """
            virtual_server 192.0.2.13 80 {
                lvs_sched rr
                lvs_method DR
                protocol TCP
                real_server 192.0.2.21 80 { weight 1 }
                real_server 192.0.2.22 80 { weight 1 }
            }
            """,
            TestContext.Current.CancellationToken);
        using Process keepalived = Process.Start("ip", ["netns", "exec", "director", Keepalived, "-n", "-l", "-C", "-f", configuration, "-p", $"{_folder}/pid", "-c", $"{_folder}/checkers.pid"]);
        try
        {
            await WaitForAsync(() => fixture.Run("director", "Get-LvsRealServer 192.0.2.13:80").Output.Count == 2);
            using CancellationTokenSource done = new();
            Task<(int Answered, int Failed)> asking = Task.Run(() => Ask("http://192.0.2.13/", done.Token), TestContext.Current.CancellationToken);

            // Killed, both of its processes, so that neither takes the services away.
            EngineResult moved = Play($"& {Runbooks}/Move-FromKeepalived.ps1 {configuration} {_folder}/web.json -Director {Director} -StopKeepalived {{ [LvsAdmin.Tests.Kernel.RunbookStage]::Kill('{_folder}') }}");

            await keepalived.WaitForExitAsync(TestContext.Current.CancellationToken);
            await done.CancelAsync();
            (int answered, int failed) = await asking;
            Assert.Equal("True", Text(moved.Output[^1]));
            Assert.Equal(0, failed);
            Assert.True(answered > 5, $"{answered} requests only");
            Assert.Contains("192.0.2.13:80", await File.ReadAllTextAsync($"{_folder}/web.json", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        finally
        {
            RunbookStage.Kill(_folder);
        }
    }

    [Fact]
    public void Both_of_a_pair_are_upgraded_one_after_the_other_and_established_connections_go_on()
    {
        NamespaceThread.RequireIpvs();
        Topology.AddHost("lb2", "192.0.2.3");
        try
        {
            Play($"& {Runbooks}/Build-DirectRoutingService.ps1 192.0.2.10:80 -Scheduler rr -RealServer 192.0.2.21, 192.0.2.22 -Director {Director} -RealServerHost {RealServers}");
            string move = $"& {Runbooks}/Switch-Director.ps1 -Active {Director} -Standby @{{ NetworkNamespace = 'lb2' }}";

            // Refused while the standby is not ready: another table, then nobody who receives.
            Assert.Contains("another table", Assert.Single(fixture.Engine.Run(move).Errors).ToString(), StringComparison.Ordinal);
            Play("Sync-LvsConfiguration -Configuration (Checkpoint-LvsTable -NetworkNamespace director).Configuration -NetworkNamespace lb2");
            Assert.Contains("does not receive", Assert.Single(fixture.Engine.Run(move).Errors).ToString(), StringComparison.Ordinal);
            Play("Start-LvsSyncDaemon Backup eth0 -SyncId 7 -NetworkNamespace lb2; Start-LvsSyncDaemon Master eth0 -SyncId 7 -NetworkNamespace director");

            EngineResult? upgraded = null;
            string page = Topology.InNamespace("client", () =>
            {
                using Socket open = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { SendTimeout = 5000, ReceiveTimeout = 5000 };
                open.Connect(IPAddress.Parse("192.0.2.10"), 80);
                // The master tells of a connection at its third packet (sync_threshold), within two seconds.
                open.Send("GET / HT"u8);
                open.Send("TP/1.0\r\nHost: "u8);
                Thread.Sleep(3000);
                // The standby first; then the active one, which fails over by the other runbook before its turn.
                upgraded = Play($$"""& {{Runbooks}}/Invoke-KernelUpgrade.ps1 -DirectorHost {{Director}}, @{ NetworkNamespace = 'lb2' } -Upgrade { "$_ holds $(@($_ | Get-LvsDirectorVip).Count)" }""");
                open.Send("192.0.2.10\r\n\r\n"u8);
                using StreamReader reader = new(new NetworkStream(open), Encoding.ASCII);
                return reader.ReadToEnd();
            });

            Assert.Contains("200 OK", page, StringComparison.Ordinal);
            Assert.Equal(["1 lb2 holds 0", "2 director holds 0"], upgraded!.Output.Select(value => (LvsRolloutResult)value.BaseObject).Select(result => $"{result.Batch} {Assert.Single(result.Output)}"));
            Assert.Equal(["rs1", "rs2"], RunbookStage.Answers(2).Order());
            EngineResult state = Play("(Get-LvsDirectorVip -NetworkNamespace lb2).Count; @(Get-LvsDirectorVip -NetworkNamespace director).Count; 'lb2', 'director' | ForEach-Object { (Get-LvsSyncDaemon -NetworkNamespace $_).Role }");
            Assert.Equal(["1", "0", "Master", "Backup"], state.Output.Select(Text));
            Assert.NotEmpty(Play("Get-LvsConnection -NetworkNamespace lb2").Output);
        }
        finally
        {
            Topology.RemoveHost("lb2");
        }
    }

    private static (int Answered, int Failed) Ask(string url, CancellationToken stop)
    {
        int answered = 0;
        int failed = 0;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                _ = Topology.Http("client", url, TimeSpan.FromSeconds(10));
                answered++;
            }
            catch (Exception failure) when (failure is IOException or SocketException)
            {
                failed++;
            }
        }

        return (answered, failed);
    }

    private static async Task WaitForAsync(Func<bool> condition)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(40), "waited for 40 seconds");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    private static string Text(System.Management.Automation.PSObject value) => value.Properties["RealServer"]?.Value?.ToString() ?? $"{value}";

    private EngineResult Play(string script, string before = "")
    {
        EngineResult result = fixture.Engine.Run($"{before}\n{script}");
        Assert.True(result.Errors.Count == 0, $"{script}\n{string.Join('\n', result.Errors)}");
        return result;
    }
}
