using System.Management.Automation;
using LvsAdmin.Hosting;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Cmdlets;

/// <summary>A test of cmdlets on a director of its own: a fresh network namespace of a kernel with IPVS, with ipvsadm as the witness.</summary>
[Collection(CmdletGroup.Name)]
[Trait("Level", "Kernel")]
public abstract class DirectorTest : IDisposable
{
    private readonly CmdletFixture _fixture;

    protected DirectorTest(CmdletFixture fixture)
    {
        NamespaceThread.RequireIpvs();
        _fixture = fixture;
        Director = new NamespaceThread();
    }

    internal NamespaceThread Director { get; }

    protected Engine Engine => _fixture.Engine;

    public void Dispose()
    {
        Director.Dispose();
        GC.SuppressFinalize(this);
    }

    protected EngineResult Run(string script) => _fixture.Run(Director.Path, script);

    protected IReadOnlyList<PSObject> Succeed(string script) => _fixture.Succeed(Director.Path, script);

    protected ErrorRecord Fail(string script) => _fixture.Fail(Director.Path, script);

    /// <summary>The table as ipvsadm saves it, one rule a line, in the order of ipvsadm's own sorting.</summary>
    protected string[] Saved() => Director.Run("ipvsadm", ["-S", "-n"]).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Fills the table by ipvsadm.</summary>
    protected void Restore(params string[] rules) => Director.Run("ipvsadm", ["-R"], string.Join('\n', rules) + "\n");
}
