using System.Management.Automation;
using LvsAdmin.Commands;

namespace LvsAdmin;

/// <summary>What becomes of the process when the module leaves it: sessions end, and with them their ssh processes.</summary>
public sealed class ModuleCleanup : IModuleAssemblyCleanup
{
    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo) =>
        Task.WhenAll(LvsSession.All.Select(session => session.CloseAsync().AsTask())).GetAwaiter().GetResult();
}
