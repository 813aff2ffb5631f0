using System.Runtime.CompilerServices;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>A rule that looks at each real server whose host can be asked, at all of them at once. What is the director itself is left out.</summary>
internal abstract class RealServerRule : DeploymentRule
{
    /// <inheritdoc/>
    internal sealed override async IAsyncEnumerable<LvsDeploymentCheck> CheckAsync(DeploymentContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Task<LvsDeploymentCheck?>[] checks =
        [
            .. from each in context.Servers
               where each.Server.Host is not null && each.Server.Host != context.Director && each.Server.Server.Forwarding is not (LvsForwardingMethod.LocalNode or LvsForwardingMethod.Bypass)
               select AttemptAsync(context, each.Service, each.Server, each.Server.Host!, cancellationToken),
        ];
        foreach (Task<LvsDeploymentCheck?> check in checks)
        {
            if (await check.ConfigureAwait(false) is { } result)
            {
                yield return result;
            }
        }
    }

    /// <summary>Looks at one real server. For what matters to a whole VIP or host, a result without service and real server is given once, however many services lead here.</summary>
    /// <param name="context">All.</param>
    /// <param name="service">The service.</param>
    /// <param name="server">The real server.</param>
    /// <param name="host">Its host.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What was found; null where the cause can have no meaning here, or is a consequence of one that was found before.</returns>
    private protected abstract ValueTask<LvsDeploymentCheck?> CheckAsync(
        DeploymentContext context, DeploymentService service, DeploymentServer server, DeploymentHost host, CancellationToken cancellationToken);

    private async Task<LvsDeploymentCheck?> AttemptAsync(
        DeploymentContext context, DeploymentService service, DeploymentServer server, DeploymentHost host, CancellationToken cancellationToken)
    {
        try
        {
            return await CheckAsync(context, service, server, host, cancellationToken).ConfigureAwait(false);
        }
        catch (LvsHostException failure)
        {
            return NotChecked(host, "the host tells it", failure.Message) with { Vip = service.Vip };
        }
    }
}
