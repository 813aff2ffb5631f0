using System.Management.Automation;

namespace LvsAdmin.Commands;

/// <summary>The Should-operators for Pester that this module brings: a script, since Pester takes script blocks only.</summary>
internal static class ShouldOperators
{
    private const string Resource = "LvsAdmin.Pester.ShouldOperators.ps1";

    /// <summary>Whether a Pester that takes operators is loaded in the present runspace.</summary>
    internal static bool IsPesterLoaded()
    {
        using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        return shell.AddCommand("Get-Module").AddParameter("Name", "Pester").Invoke<PSModuleInfo>()
            .Any(module => module.ExportedFunctions.ContainsKey("Add-ShouldOperator") && module.ExportedFunctions.ContainsKey("Get-ShouldOperator"));
    }

    /// <summary>Adds the operators to the Pester of the present runspace; those that it has already stay.</summary>
    /// <exception cref="RuntimeException">Pester refused one, such as for want of room.</exception>
    internal static void Add()
    {
        using Stream stream = typeof(ShouldOperators).Assembly.GetManifestResourceStream(Resource)!;
        using StreamReader reader = new(stream);
        using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddScript(reader.ReadToEnd()).Invoke();
        if (shell.HadErrors)
        {
            throw new RuntimeException(shell.Streams.Error[0].ToString(), shell.Streams.Error[0].Exception, shell.Streams.Error[0]);
        }
    }
}
