using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Network;

/// <summary>Steps that tell a manager of changed files.</summary>
internal static class ManagerSteps
{
    /// <summary>The step that runs a command of a manager, and another one to take it back.</summary>
    /// <param name="host">The host.</param>
    /// <param name="target">Who is told, for people.</param>
    /// <param name="property">What of it changes.</param>
    /// <param name="apply">The command.</param>
    /// <param name="undo">The command that takes it back; null for none.</param>
    internal static HostChange Run(ILvsHost host, string target, string property, ProgramInvocation apply, ProgramInvocation? undo = null) => new(
        target,
        property,
        null,
        apply.ToString(),
        stop => RunAsync(host, apply, stop),
        stop => undo is null ? ValueTask.CompletedTask : RunAsync(host, undo, stop))
    {
        Description = $"{target}: {apply}",
    };

    /// <summary>The same step, after whose taking back a manager is told too: for the first of the files that it reads, which is the last to be taken back.</summary>
    internal static HostChange ThenTell(ILvsHost host, HostChange change, ProgramInvocation reload) => new(
        change.Target,
        change.Property,
        change.OldValue,
        change.NewValue,
        change.Apply,
        async stop =>
        {
            await change.Undo(stop).ConfigureAwait(false);
            // That it does not hear us may be why all this is taken back; its files are as they were.
            _ = await host.RunAsync(reload, stop).ConfigureAwait(false);
        })
    {
        Description = change.Description,
    };

    private static async ValueTask RunAsync(ILvsHost host, ProgramInvocation invocation, CancellationToken cancellationToken)
    {
        ProgramResult result = await host.RunAsync(invocation, cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            string words = $"{result.Error}{result.Output}".Trim();
            throw new LvsHostException(
                words.Contains("denied", StringComparison.OrdinalIgnoreCase) || words.Contains("not authorized", StringComparison.OrdinalIgnoreCase)
                    ? LvsHostError.AccessDenied
                    : LvsHostError.Failed,
                $"'{invocation}' failed on {host.Name}: {words}");
        }
    }
}
