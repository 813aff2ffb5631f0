using System.Runtime.CompilerServices;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>Whether directors that take turns serve the same: what one of them lacks is gone after a fail-over.</summary>
internal sealed class TablesRule : DeploymentRule
{
    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.TablesDiffer;

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<LvsDeploymentCheck> CheckAsync(DeploymentContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DeploymentHost first = context.Directors[0];
        // Each is held against the first; what only another has is found when its own services are looked at.
        foreach (DeploymentHost peer in context.Director == first ? context.Peers : [first])
        {
            if (context.Has(LvsDeploymentCause.IpvsMissing, peer) || context.Has(LvsDeploymentCause.IpvsMissing, context.Director))
            {
                continue;
            }

            IReadOnlyList<(LvsVirtualService Service, IReadOnlyList<LvsRealServer> Servers)> table = await peer.GetTableAsync(cancellationToken).ConfigureAwait(false);
            HashSet<(LvsServiceId, LvsServerId)> held =
            [
                .. (await peer.GetHoldsAsync(cancellationToken).ConfigureAwait(false)).Concat(await context.Director.GetHoldsAsync(cancellationToken).ConfigureAwait(false))
                    .Select(hold => (hold.VirtualService, hold.RealServer)),
            ];
            foreach (DeploymentService service in context.Services)
            {
                (LvsVirtualService? other, IReadOnlyList<LvsRealServer>? servers) = table.FirstOrDefault(each => each.Service.VirtualService == service.Id);
                if (other is not null && context.Director != first)
                {
                    continue;
                }

                string expected = $"the same service as on {context.Director.Name}";
                string? difference = other is null ? "it is missing here" : Difference(service, other, servers!, held);
                yield return (difference is null
                    ? Passed(peer, expected, $"{servers!.Count} real servers, as there")
                    : Failed(peer, expected, difference, "After a fail-over clients are served otherwise, or not at all.") with
                    {
                        // Which of the two is right, only people know.
                        Advice = "Export-LvsConfiguration from the director that is right, and Sync-LvsConfiguration at the other; Compare-LvsConfiguration shows what differs.",
                    }) with
                { VirtualService = service.Id };
            }
        }
    }

    private static string? Difference(DeploymentService service, LvsVirtualService other, IReadOnlyList<LvsRealServer> servers, HashSet<(LvsServiceId, LvsServerId)> held)
    {
        VirtualServiceSettings here = service.Service.Settings;
        VirtualServiceSettings there = other.Settings;
        if (here != there)
        {
            return here.Scheduler != there.Scheduler ? $"the scheduler is {there.Scheduler}, not {here.Scheduler}"
                : here.PersistenceTimeout != there.PersistenceTimeout || here.PersistencePrefixLength != there.PersistencePrefixLength ? "its persistence differs"
                : "its settings differ";
        }

        Dictionary<LvsServerId, LvsRealServer> found = servers.ToDictionary(server => server.RealServer);
        foreach (DeploymentServer server in service.Servers)
        {
            if (!found.Remove(server.Id, out LvsRealServer? match))
            {
                return $"the real server {server.Id} is missing here";
            }

            // Somebody who takes a server out does so for a while, and not everywhere at the same moment.
            RealServerSettings settings = held.Contains((service.Id, server.Id)) ? match.Settings with { Weight = server.Server.Weight } : match.Settings;
            if (settings != server.Server.Settings)
            {
                return settings.Forwarding != server.Server.Forwarding ? $"{server.Id} is sent to by {settings.Forwarding}, not by {server.Server.Forwarding}"
                    : settings.Weight != server.Server.Weight ? $"{server.Id} has weight {settings.Weight}, not {server.Server.Weight}"
                    : $"the settings of {server.Id} differ";
            }
        }

        return found.Keys.FirstOrDefault() is { } extra ? $"the real server {extra} is only here" : null;
    }
}
