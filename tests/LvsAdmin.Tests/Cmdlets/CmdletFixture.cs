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
}
