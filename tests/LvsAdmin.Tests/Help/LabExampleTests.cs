using System.Diagnostics;
using LvsAdmin.Tests.Cmdlets;
using LvsAdmin.Tests.Kernel;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Help;

/// <summary>The examples of the help that need a kernel or hosts are run, as they stand, on the lab's network.</summary>
[Trait("Level", "Kernel")]
[Collection(SharedTopology.Name)]
public sealed class LabExampleTests(CmdletFixture fixture) : IClassFixture<CmdletFixture>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lvs-examples").FullName;

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("STAND_IN_NAMESPACES", null);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Every_example_for_a_kernel_runs_without_an_error()
    {
        NamespaceThread.RequireIpvs();
        Environment.SetEnvironmentVariable("STAND_IN_NAMESPACES", ExampleWorld.Namespaces);
        Topology.AddHost("lb2", "192.0.2.3");
        try
        {
            ExampleStage stage = new(fixture, _folder)
            {
                Reset = """
                    $PSDefaultParameterValues = @{}
                    Get-LvsSession | Remove-LvsSession
                    Get-LvsRealServer -Held -NetworkNamespace director | Resume-LvsRealServer -Weight 1
                    Sync-LvsConfiguration -Configuration $base -Prune -DrainTimeout 0 -MinimumAvailable 0 -NetworkNamespace director
                    """,
            };
            stage.Prepare("$before = Checkpoint-LvsTable -NetworkNamespace director");
            string? only = Environment.GetEnvironmentVariable("LVS_EXAMPLES");
            foreach ((string cmdlet, ExampleHelp example) in ExampleWorld.InLab.Where(each => only is null || only.Split(',').Contains(each.Cmdlet)))
            {
                long began = Stopwatch.GetTimestamp();
                int known = stage.Troubles.Count;
                stage.Run(cmdlet, example, $"'*-Lvs*:NetworkNamespace' = '{ExampleWorld.Machine(cmdlet, example)}'");
                Console.WriteLine($"EX {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} {cmdlet}, {example.Title} {string.Join('\n', stage.Troubles.Skip(known))}");
            }

            Assert.True(stage.Troubles.Count == 0, string.Join('\n', stage.Troubles));
        }
        finally
        {
            Topology.RemoveHost("lb2");
        }
    }
}
