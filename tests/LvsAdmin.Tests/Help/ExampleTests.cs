using LvsAdmin.Hosting;
using LvsAdmin.Tests.Cmdlets;
using LvsAdmin.Tests.Kernel;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Help;

/// <summary>Every example of the help is run, as it stands, on the lab's network.</summary>
[Trait("Level", "Kernel")]
[Collection(SharedTopology.Name)]
public sealed class ExampleTests : IClassFixture<CmdletFixture>, IDisposable
{
    private const string Holds = "/var/lib/lvsadmin/holds.json";

    private readonly CmdletFixture _fixture;
    private readonly string _folder = Directory.CreateTempSubdirectory("lvs-examples").FullName;

    public ExampleTests(CmdletFixture fixture)
    {
        _fixture = fixture;
        Environment.SetEnvironmentVariable("STAND_IN_NAMESPACES", " lb1=director lb2=rs2 rs1=rs1 rs2=rs2 rs01=rs1 rs02=rs2 ");
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("STAND_IN_NAMESPACES", null);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Every_example_runs_without_an_error()
    {
        NamespaceThread.RequireIpvs();
        string? only = Environment.GetEnvironmentVariable("LVS_EXAMPLES");
        List<string> troubles = [];
        int run = 0;
        HashSet<string> reasons = [];
        Prepare();
        foreach (CommandHelp command in HelpFile.Commands.Where(command => only is null || only.Split(',').Contains(command.Name)))
        {
            foreach (ExampleHelp example in command.Examples)
            {
                if (ExampleWorld.NotRun.Keys.FirstOrDefault(example.Code.Contains) is { } part)
                {
                    reasons.Add(part);
                    continue;
                }

                run++;
                troubles.AddRange(Run(command.Name, example.Code).Select(error => $"{command.Name}: {example.Code}\n    {error}"));
            }
        }

        Assert.True(troubles.Count == 0, string.Join('\n', troubles));
        Assert.True(run > 0, "no example was run");
        // A reason that no example has any more is to be taken out.
        Assert.Empty(only is null ? ExampleWorld.NotRun.Keys.Except(reasons) : []);
    }

    private void Prepare()
    {
        foreach (string name in (string[])["rs1", "rs2"])
        {
            Topology.Batch(name, "link add lvs0 type dummy", "link set lvs0 up");
        }

        File.WriteAllText(Path.Combine(_folder, "keepalived.conf"), "virtual_server 192.0.2.10 80 {\n    lvs_sched rr\n    lvs_method DR\n    protocol TCP\n    real_server 192.0.2.21 80 {\n        weight 1\n    }\n}\n");
        File.WriteAllText(Path.Combine(_folder, "hosts.txt"), "rs1\nrs2\n");
        EngineResult result = _fixture.Engine.Run($$"""
            {{ExampleWorld.Utilities}}
            $global:base = {{ExampleWorld.Table}}
            $ExecutionContext.SessionState.Path.SetLocation('{{_folder}}')
            ConvertTo-LvsConfiguration @{ VirtualServices = @{ VirtualService = 'tcp/192.0.2.10:80'; Scheduler = 'rr'; RealServers = '192.0.2.21', '192.0.2.22' } } | Set-Content web.json
            """);
        Assert.Empty(result.Errors);
    }

    private List<string> Run(string cmdlet, string example)
    {
        string machine = ExampleWorld.MachineOf(cmdlet);
        if (File.Exists(Holds))
        {
            File.Delete(Holds);
        }

        EngineResult before = _fixture.Run(
            machine,
            $$"""
            $ConfirmPreference = 'None'
            Get-LvsSession | Remove-LvsSession
            Sync-LvsConfiguration -Configuration $global:base -Prune -DrainTimeout 0 -MinimumAvailable 0 -NetworkNamespace director
            Get-LvsSyncDaemon -NetworkNamespace director | Stop-LvsSyncDaemon
            $example = @'
            {{example}}
            '@
            {{ExampleWorld.Before(cmdlet, example)}}
            """);
        EngineResult result = _fixture.Run(machine, $"$ConfirmPreference = 'None'\n{example}");
        EngineResult after = _fixture.Run(
            machine,
            $$"""
            $ConfirmPreference = 'None'
            {{(cmdlet.Contains("RealServerVip", StringComparison.Ordinal) ? "Get-LvsRealServerVip | Disable-LvsRealServerVip" : string.Empty)}}
            {{(cmdlet.Contains("ArpPolicy", StringComparison.Ordinal) ? "Reset-LvsArpPolicy *" : string.Empty)}}
            {{(cmdlet.Contains("Forwarding", StringComparison.Ordinal) ? "Disable-LvsForwarding IPv4, IPv6" : string.Empty)}}
            {{(cmdlet.Contains("DirectorVip", StringComparison.Ordinal) ? "Disable-LvsDirectorVip 192.0.2.10, 2001:db8::10, 192.0.2.11, 198.51.100.10 -Force" : string.Empty)}}
            """);
        return
        [
            .. before.Errors.Select(error => $"before it: {error}"),
            .. result.Errors.Select(error => $"{error.FullyQualifiedErrorId}: {error}"),
            .. after.Errors.Select(error => $"after it: {error}"),
        ];
    }
}
