using LvsAdmin.Tests.Cmdlets;

namespace LvsAdmin.Tests.Help;

/// <summary>The examples of the help that a simulated director is enough for are run, as they stand, on any machine; the others in the lab (<see cref="LabExampleTests"/>).</summary>
[Collection(CmdletGroup.Name)]
[Trait("Level", "Cmdlets")]
public sealed class ExampleTests : IDisposable
{
    private const int MostNotRun = 10;

    private readonly string _folder = Directory.CreateTempSubdirectory("lvs-examples").FullName;

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("STAND_IN_NAMESPACES", null);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Every_example_for_a_table_or_a_session_runs_without_an_error()
    {
        // An engine of its own: the examples leave functions, variables and sessions behind.
        using CmdletFixture fixture = new();
        Environment.SetEnvironmentVariable("STAND_IN_NAMESPACES", ExampleWorld.Hosts);
        ExampleStage stage = new(fixture, _folder)
        {
            Reset = """
                $PSDefaultParameterValues = @{}
                $others = Get-LvsSession | Where-Object Id -notin $simulated.Id
                if ($others) { Remove-LvsSession $others }
                if ($simulated[0].State -ne 'Opened') { $simulated = New-LvsSession lb1, lb2 -Simulated }
                $PSDefaultParameterValues = @{ '*-Lvs*:LvsSession' = $simulated }
                Get-LvsRealServer -Held | Resume-LvsRealServer -Weight 1
                Get-LvsSyncDaemon | Stop-LvsSyncDaemon
                Sync-LvsConfiguration -Configuration $table -Prune -DrainTimeout 0 -MinimumAvailable 0
                """,
            // The hosts that an example names are simulated ones: the parameter that names them is bound in HelpTests, and opens sessions in the lab.
            Adapt = code => code.Replace("-Director lb1, lb2", "-Director $simulated", StringComparison.Ordinal).Replace("-HostName lb1, lb2", "-LvsSession $simulated", StringComparison.Ordinal).Replace("-HostName lb1", "-LvsSession $simulated[0]", StringComparison.Ordinal),
        };
        stage.Prepare("$simulated = New-LvsSession lb1, lb2 -Simulated");
        foreach ((string cmdlet, ExampleHelp example) in ExampleWorld.Simulated)
        {
            // Those of sessions take their own sessions by this parameter.
            stage.Run(cmdlet, example, cmdlet.EndsWith("-LvsSession", StringComparison.Ordinal) ? string.Empty : "'*-Lvs*:LvsSession' = $simulated[0]");
        }

        Assert.True(stage.Troubles.Count == 0, string.Join('\n', stage.Troubles));
    }

    [Fact]
    public void Every_example_is_run_somewhere_or_there_is_a_reason()
    {
        (string Cmdlet, string Title)[] all = [.. HelpFile.Commands.SelectMany(command => command.Examples.Select(example => (command.Name, example.Title)))];

        Assert.Empty(ExampleWorld.NotRun.Keys.Except(all));
        Assert.InRange(ExampleWorld.NotRun.Count, 0, MostNotRun);
        Assert.Equal(all.Length, ExampleWorld.Simulated.Count() + ExampleWorld.InLab.Count() + ExampleWorld.NotRun.Count);
    }
}
