using System.Runtime.CompilerServices;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>Whether a service has a real server that takes new connections: one of weight 0 takes none, and without any clients are refused.</summary>
internal sealed class WeightRule : DeploymentRule
{
    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.NoWeight;

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<LvsDeploymentCheck> CheckAsync(DeploymentContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DeploymentHost director = context.Director;
        const string Expected = "a real server takes new connections";
        const string Reason = "New clients are refused.";
        foreach (DeploymentService service in context.Services)
        {
            int taking = service.Servers.Count(server => server.Server.Weight > 0);
            yield return (taking > 0
                ? Passed(director, Expected, $"{taking} of {service.Servers.Count} have a weight")
                : service.Servers.Count == 0
                    ? Failed(director, Expected, "it has no real server", Reason) with { Advice = $"Add-LvsRealServer {service.Id} ..." }
                    : await CheckHoldsAsync(director, service, Failed(director, Expected, "all have weight 0", Reason), cancellationToken).ConfigureAwait(false)) with
            { VirtualService = service.Id };
        }
    }

    private static async ValueTask<LvsDeploymentCheck> CheckHoldsAsync(DeploymentHost director, DeploymentService service, LvsDeploymentCheck failed, CancellationToken cancellationToken)
    {
        IReadOnlyList<LvsHold> holds = await director.GetHoldsAsync(cancellationToken).ConfigureAwait(false);
        LvsHold[] held = [.. holds.Where(hold => hold.VirtualService == service.Id && service.Servers.Any(server => server.Id == hold.RealServer))];
        LvsServerId[] servers = [.. held.Length > 0 ? held.Select(hold => hold.RealServer) : service.Servers.Select(server => server.Id)];
        return failed with
        {
            Found = held.Length == 0
                ? failed.Found
                : $"all have weight 0; {held[0].RealServer} was taken out by {held[0].By}{(held[0].Reason is { } why ? $" ({why})" : string.Empty)}{(held.Length > 1 ? $", and {held.Length - 1} more" : string.Empty)}",
            // Of several, those that somebody took out come back first: the others had their weight from elsewhere.
            Remedy = held.Length > 0
                ? LvsRemedy.On(director.Host, "Resume-LvsRealServer", ("VirtualService", service.Id), ("RealServer", servers))
                : LvsRemedy.On(director.Host, "Set-LvsRealServer", ("VirtualService", service.Id), ("RealServer", servers), ("Weight", 1)),
        };
    }
}
