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
        ExampleClient.Close();
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
                    Sync-LvsConfiguration -Configuration $table -Prune -DrainTimeout 0 -MinimumAvailable 0 -NetworkNamespace director
                    """,
            };
            // The programs that examples call are to work where the cmdlets do.
            stage.Prepare("""
                'ip', 'ipvsadm' | ForEach-Object {
                    $ExecutionContext.InvokeProvider.Item.Set("function:global:$_", [scriptblock]::Create("/usr/sbin/ip netns exec `$PSDefaultParameterValues['*-Lvs*:NetworkNamespace'] $_ `$args"))
                }
                """);
            foreach ((string cmdlet, ExampleHelp example) in ExampleWorld.InLab)
            {
                stage.Run(cmdlet, example, $"'*-Lvs*:NetworkNamespace' = '{ExampleWorld.Machine(cmdlet, example)}'");
            }

            Assert.True(stage.Troubles.Count == 0, string.Join('\n', stage.Troubles));
        }
        finally
        {
            fixture.Engine.Run("""
                $PSDefaultParameterValues = @{}
                'rs1', 'rs2' | ForEach-Object {
                    Get-LvsRealServerVip -NetworkNamespace $_ | Disable-LvsRealServerVip
                    Reset-LvsArpPolicy * -NetworkNamespace $_
                }
                Get-LvsDirectorVip -NetworkNamespace director | Disable-LvsDirectorVip -Force
                Disable-LvsForwarding IPv4, IPv6 -NetworkNamespace director
                """);
            fixture.ClearDirector();
            Topology.RemoveHost("lb2");
        }
    }
}
