using System.Diagnostics;
using System.Management.Automation;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Cmdlets;

/// <summary>One hosted engine with the module loaded for all cmdlet tests: to open it takes seconds in the lab.</summary>
public sealed class CmdletFixture : IDisposable
{
    public Engine Engine { get; } = new();

    public void Dispose() => Engine.Dispose();

    /// <summary>Runs lines as a user would type them, in a network namespace.</summary>
    public EngineResult Run(string networkNamespace, string script) =>
        Engine.Run($"$PSDefaultParameterValues = @{{ '*-Lvs*:NetworkNamespace' = '{networkNamespace}' }}\n{script}");

    /// <summary>Runs lines that must not fail, and gives what they write.</summary>
    public IReadOnlyList<PSObject> Succeed(string networkNamespace, string script)
    {
        EngineResult result = Run(networkNamespace, script);
        Assert.True(!result.HadErrors, $"{script}\n{string.Join('\n', result.Errors.Select(error => error.ToString()))}{result.Terminating}");
        return result.Output;
    }

    /// <summary>Runs a line that must fail in just one way, and gives the error.</summary>
    public ErrorRecord Fail(string networkNamespace, string script)
    {
        EngineResult result = Run(networkNamespace, script);
        Assert.Empty(result.Output);
        return Assert.Single(result.Errors);
    }

    /// <summary>
    /// Takes services, holds, sync daemons and connections from the lab's director. A connection outlives its service, and a server that a later test adds with the same
    /// address gets it back from the kernel's trash (ip_vs_trash_get_dest in net/netfilter/ipvs/ip_vs_ctl.c): counted as active, and never to end when its last packets
    /// found no service. With expire_nodest_conn, the removal of any server ends all connections whose server is gone.
    /// </summary>
    public void ClearDirector()
    {
        Succeed("director", """
            Get-LvsSyncDaemon | Stop-LvsSyncDaemon
            Get-LvsRealServer -Held | Resume-LvsRealServer -Weight 1
            Set-LvsKernelParameter expire_nodest_conn 1
            New-LvsVirtualService fwmark/4711 -PassThru | Add-LvsRealServer -RealServer 192.0.2.99
            Clear-LvsTable -Confirm:$false
            """);
        Stopwatch waited = Stopwatch.StartNew();
        while (Succeed("director", "Get-LvsConnection") is { Count: > 0 } left)
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(10), $"the director does not forget {string.Join(", ", left)}");
            Thread.Sleep(20);
        }

        Succeed("director", "Set-LvsKernelParameter expire_nodest_conn 0");
    }
}
