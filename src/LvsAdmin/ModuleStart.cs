using System.Management.Automation;
using LvsAdmin.Commands;

namespace LvsAdmin;

/// <summary>What happens when the module is imported: a Pester that is there gets its Should-operators.</summary>
public sealed class ModuleStart : IModuleAssemblyInitializer
{
    /// <inheritdoc/>
    public void OnImport()
    {
        try
        {
            if (ShouldOperators.IsPesterLoaded())
            {
                ShouldOperators.Add();
            }
        }
        catch (RuntimeException)
        {
            // No reason to refuse the import: Import-LvsShouldOperator tells what is wrong.
        }
    }
}
