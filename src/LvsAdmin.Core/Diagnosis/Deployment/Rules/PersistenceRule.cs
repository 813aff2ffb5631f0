using System.Globalization;
using System.Runtime.CompilerServices;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>
/// What persistence does to the spread: clients that count as one (behind one address, or in one network of a coarse mask) all stay with one real server, and
/// stay there though its weight is 0, unless expire_quiescent_template says otherwise (ip_vs_check_template, net/netfilter/ipvs/ip_vs_conn.c).
/// </summary>
internal sealed class PersistenceRule : DeploymentRule
{
    // Fewer connections than these are chance.
    private const int Few = 50;

    // The share of one server that its weight does not explain.
    private const double NearlyAll = 0.9;
    private const double Ordinary = 0.7;

    // Of a table of millions the beginning has to do.
    private const int MostLines = 100_000;

    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.PersistencePinning;

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<LvsDeploymentCheck> CheckAsync(DeploymentContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        bool expires = await context.Director.ParameterAsync("expire_quiescent_template", cancellationToken).ConfigureAwait(false) is not (null or "0");
        foreach (DeploymentService service in context.Services.Where(service => service.Service.PersistenceTimeout is not null))
        {
            if (CheckQuiescent(context.Director, service, expires) is { } kept)
            {
                yield return kept;
            }

            yield return await CheckSpreadAsync(context.Director, service, cancellationToken).ConfigureAwait(false) with { VirtualService = service.Id };
        }
    }

    private LvsDeploymentCheck? CheckQuiescent(DeploymentHost director, DeploymentService service, bool expires)
    {
        LvsRealServer[] quiet = [.. service.Servers.Select(server => server.Server).Where(server => server.Weight == 0)];
        if (quiet.Length == 0 || quiet.Length == service.Servers.Count)
        {
            return null;
        }

        const string Expected = "a server of weight 0 gets no new connections";
        const LvsDeploymentCause Cause = LvsDeploymentCause.PersistenceKeepsServer;
        return (!expires && quiet.FirstOrDefault(server => server.PersistentConnections > 0) is { } server
            ? Failed(
                director,
                Expected,
                string.Create(CultureInfo.InvariantCulture, $"{server.PersistentConnections} persistence templates of {server.RealServer}, and expire_quiescent_template is 0"),
                "Clients that are remembered go on coming to the server that was taken out, as long as they come: it never drains.",
                Cause) with
            {
                Remedy = LvsRemedy.On(director.Host, "Set-LvsKernelParameter", ("Name", "expire_quiescent_template"), ("Value", 1)),
            }
            : Passed(director, Expected, expires ? "expire_quiescent_template is 1" : "persistence remembers nobody there", Cause)) with
        { VirtualService = service.Id };
    }

    private async ValueTask<LvsDeploymentCheck> CheckSpreadAsync(DeploymentHost director, DeploymentService service, CancellationToken cancellationToken)
    {
        const string Expected = "persistence leaves the spread as it should be";
        LvsRealServer[] taking = [.. service.Servers.Select(server => server.Server).Where(server => server.Weight > 0)];
        long all = taking.Sum(Connections);
        LvsRealServer? most = taking.MaxBy(Connections);
        if (most is null || all < Few || Connections(most) < all * NearlyAll || most.Weight >= taking.Sum(server => (long)server.Weight) * Ordinary)
        {
            return Passed(director, Expected, all < Few ? string.Create(CultureInfo.InvariantCulture, $"{all} connections, too few to tell") : "no server has nearly all");
        }

        HashSet<LvsAddress> clients = [];
        int lines = 0;
        await foreach (LvsConnection connection in ConnectionTable.ReadAsync(director.Host, null, cancellationToken).ConfigureAwait(false))
        {
            if (connection.VirtualService == service.Id && !connection.IsTemplate && connection.RealServer == most.RealServer)
            {
                clients.Add(connection.ClientAddress);
            }

            if (++lines == MostLines)
            {
                break;
            }
        }

        int longest = service.Service.AddressFamily == LvsAddressFamily.IPv6 ? 128 : 32;
        bool isCoarse = service.Service.PersistencePrefixLength is { } length && length < longest;
        string found = string.Create(CultureInfo.InvariantCulture, $"{most.RealServer} has {Connections(most)} of {all} connections, from {clients.Count} addresses");
        return clients.Count > 1 && isCoarse
            ? Failed(
                director,
                Expected,
                $"{found}, which count as one client (/{service.Service.PersistencePrefixLength})",
                "One server does all the work while the others wait.") with
            {
                Remedy = LvsRemedy.On(director.Host, "Set-LvsVirtualService", ("VirtualService", service.Id), ("PersistencePrefixLength", longest)),
            }
            : clients.Count == 1
                ? Failed(director, Expected, found, "All come from one address, such as a proxy's or a NAT's, and stay with one server while the others wait.") with
                {
                    Advice = $"If the application bears it, do without persistence, or shorten it (Set-LvsVirtualService {service.Id} -PersistenceTimeout ...).",
                }
                : Passed(director, Expected, found);
    }

    private static long Connections(LvsRealServer server) => (long)server.ActiveConnections + server.InactiveConnections;
}
