using System.Runtime.ExceptionServices;
using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Network;

/// <summary>Carries planned changes out: all of them, or none.</summary>
public static class HostPlan
{
    /// <summary>Carries the changes out in order. When one fails, or the caller cancels, the finished ones are taken back in reverse order.</summary>
    /// <param name="changes">The plan; an empty one does nothing.</param>
    /// <param name="cancellationToken">Ends the work between two steps or within one; what was done is taken back.</param>
    /// <exception cref="LvsHostException">A step failed: the step's own exception, or, where taking back failed too, one that says what was left changed.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled, and everything was taken back.</exception>
    public static async ValueTask ApplyAsync(IReadOnlyList<HostChange> changes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        int done = 0;
        try
        {
            for (; done < changes.Count; done++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await changes[done].Apply(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception failure)
        {
            List<string> left = [];
            while (done-- > 0)
            {
                try
                {
                    // Not cancellable: the host would be left half changed.
                    await changes[done].Undo(CancellationToken.None).ConfigureAwait(false);
                }
                catch (LvsHostException trouble)
                {
                    left.Add($"{changes[done]} ({trouble.Message})");
                }
            }

            if (left.Count > 0)
            {
                LvsHostError error = failure is LvsHostException host ? host.Error : LvsHostError.Failed;
                throw new LvsHostException(
                    error, $"{failure.Message} Then this could not be taken back, and is still changed: {string.Join("; ", left)}", failure);
            }

            ExceptionDispatchInfo.Throw(failure);
        }
    }
}
