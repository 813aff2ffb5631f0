using System.Globalization;
using System.Runtime.CompilerServices;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>
/// Whether a service has a real server that may have more connections. One that has as many as its upper threshold, in whatever state, gets no new ones until
/// they are fewer than its lower one, or three quarters of the upper (ip_vs_bind_dest and ip_vs_unbind_dest, net/netfilter/ipvs/ip_vs_conn.c).
/// </summary>
internal sealed class ThresholdRule : DeploymentRule
{
    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.ThresholdReached;

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<LvsDeploymentCheck> CheckAsync(DeploymentContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        const string Expected = "a real server is below its threshold";
        foreach (DeploymentService service in context.Services)
        {
            LvsRealServer[] taking = [.. service.Servers.Select(server => server.Server).Where(server => server.Weight > 0)];
            LvsRealServer[] full = [.. taking.Where(server => server.UpperThreshold > 0 && Connections(server) >= server.UpperThreshold)];
            if (taking.All(server => server.UpperThreshold == 0))
            {
                continue;
            }

            yield return (full.Length < taking.Length
                ? Passed(context.Director, Expected, $"{taking.Length - full.Length} of {taking.Length} are")
                : Failed(
                    context.Director,
                    Expected,
                    string.Create(CultureInfo.InvariantCulture, $"all are at it: {full[0].RealServer} has {Connections(full[0])} connections of {full[0].UpperThreshold}"),
                    "New clients are refused until connections end. Those that wait for their time-out count too.") with
                {
                    // A limit protects the servers: how much more they bear, nobody can tell from here.
                    Advice = $"Give the servers more connections, if they bear them (Set-LvsRealServer {service.Id} -UpperThreshold ...), or add servers.",
                }) with
            { VirtualService = service.Id };
        }
    }

    private static long Connections(LvsRealServer server) => (long)server.ActiveConnections + server.InactiveConnections;
}
