using System.Management.Automation;
using System.Runtime.Versioning;
using LvsAdmin.Core.Network;
using LvsAdmin.Hosting;
using LvsAdmin.Tests.Cmdlets;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Kernel;

/// <summary>Draining servers that have connections, and what keeps them busy.</summary>
[Trait("Level", "Kernel")]
[Collection(SharedTopology.Name)]
[SupportedOSPlatform("linux")]
public sealed class DrainTests(CmdletFixture cmdlets) : IClassFixture<CmdletFixture>, IDisposable
{
    private const string Vip = "198.51.100.10";
    private const int Port = 8083;

    public void Dispose()
    {
        if (NamespaceThread.HasIpvs)
        {
            cmdlets.ClearDirector();
            Topology.RunIn("director", "sysctl", "-qw", "net.ipv4.ip_forward=0", "net.ipv4.vs.expire_quiescent_template=0", "net.ipv4.vs.conn_reuse_mode=1");
            Topology.RunIn("director", "ip", "address", "flush", "dev", "eth1", "to", Vip);
        }
    }

    [Fact]
    public async Task A_download_ends_before_the_server_is_drained_and_templates_keep_it_busy_until_they_are_ignored()
    {
        NamespaceThread.RequireIpvs();
        Topology.RunIn("director", "ip", "address", "add", $"{Vip}/32", "dev", "eth1");
        Topology.RunIn("director", "sysctl", "-qw", "net.ipv4.ip_forward=1");
        using Farm farm = new();
        farm.Serve("rs1", Port);
        cmdlets.Succeed("director", $"New-LvsVirtualService {Vip}:{Port} -Scheduler rr -PersistenceTimeout 300; Add-LvsRealServer {Vip}:{Port} 192.0.2.21 -Forwarding Nat");
        Task<bool> download = Farm.Download("client", Vip, Port);

        EngineResult suspended = cmdlets.Run("director", $"Set-LvsKernelParameter conn_reuse_mode 0; Suspend-LvsRealServer {Vip}:{Port} 192.0.2.21");
        Assert.Empty(suspended.Errors);
        Assert.Contains(suspended.Warnings, warning => warning.Contains("Set-LvsKernelParameter expire_quiescent_template 1", StringComparison.Ordinal));
        Assert.Contains(suspended.Warnings, warning => warning.Contains("Set-LvsKernelParameter conn_reuse_mode 1", StringComparison.Ordinal));

        ErrorRecord busy = cmdlets.Fail("director", $"Wait-LvsRealServer {Vip}:{Port} 192.0.2.21 -Drained -Timeout 500ms -WarningAction Ignore");
        Assert.StartsWith("DrainTimeout,", busy.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal((1L, 1L), (Status(busy).ActiveConnections, Status(busy).PersistentConnections));
        Assert.Contains("Clients: 198.51.100.100.", busy.ToString(), StringComparison.Ordinal);
        Assert.Contains("The last runs out in ", busy.ToString(), StringComparison.Ordinal);

        Assert.True(await download, "the download is not cut off");
        ErrorRecord pinned = cmdlets.Fail("director", $"Wait-LvsRealServer {Vip}:{Port} 192.0.2.21 -Timeout 200ms -WarningAction Ignore");
        Assert.Equal(1, Status(pinned).PersistentConnections);

        EngineResult drained = cmdlets.Run("director", $"Set-LvsKernelParameter expire_quiescent_template 1; Wait-LvsRealServer {Vip}:{Port} 192.0.2.21 -Timeout 20 -PassThru");
        Assert.Empty(drained.Errors);
        Assert.Equal("192.0.2.21:8083", $"{Assert.Single(drained.Output)}");
    }

    private static LvsDrainStatus Status(ErrorRecord error) => Assert.IsType<LvsDrainStatus>(error.TargetObject);
}
