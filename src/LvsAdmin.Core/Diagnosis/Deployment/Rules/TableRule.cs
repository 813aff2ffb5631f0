using System.Runtime.CompilerServices;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>Whether there is anything to serve: a table is gone after a boot that nobody prepared, or a flush. Where another director has one, <see cref="TablesRule"/> tells what is missing.</summary>
internal sealed class TableRule : DeploymentRule
{
    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.TableEmpty;

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<LvsDeploymentCheck> CheckAsync(DeploymentContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const string Expected = "there are virtual services";
        DeploymentHost director = context.Director;
        if (context.Has(LvsDeploymentCause.IpvsMissing, director))
        {
            yield break;
        }

        if ((await director.GetTableAsync(cancellationToken).ConfigureAwait(false)).Count is > 0 and var count)
        {
            yield return Passed(director, Expected, count == 1 ? "the kernel has one virtual service" : $"the kernel has {count} virtual services");
        }
        else if (!await AnyHasServicesAsync(context.Peers, cancellationToken).ConfigureAwait(false))
        {
            yield return Failed(director, Expected, "the kernel's table is empty", "A boot or a flush takes all services away: clients are refused, or wait in vain.") with
            {
                Advice = "Sync-LvsConfiguration with the director's document makes them again, and with -Persistent for the next boot; Restore-LvsTable does from a checkpoint.",
            };
        }
    }

    private static async ValueTask<bool> AnyHasServicesAsync(IEnumerable<DeploymentHost> peers, CancellationToken cancellationToken)
    {
        foreach (DeploymentHost peer in peers)
        {
            // A peer whose table cannot be read is told of by itself.
            if (await KernelModules.IsIpvsLoadedAsync(peer.Host, cancellationToken).ConfigureAwait(false) && (await peer.GetTableAsync(cancellationToken).ConfigureAwait(false)).Count > 0)
            {
                return true;
            }
        }

        return false;
    }
}
