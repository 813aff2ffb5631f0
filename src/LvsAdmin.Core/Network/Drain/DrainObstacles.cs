using System.Globalization;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Finds what keeps a real server busy although it is to be drained: its weight, persistence, UDP, and clients that use a port again.</summary>
public static class DrainObstacles
{
    /// <summary>Looks at a real server with connections or persistence templates; without any, nothing but its weight keeps it busy.</summary>
    /// <param name="host">The director.</param>
    /// <param name="client">Its IPVS.</param>
    /// <param name="service">The service.</param>
    /// <param name="server">The server as it was read just now.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <exception cref="LvsHostException">The kernel parameters, or the connection table, cannot be read.</exception>
    /// <exception cref="IpvsException">The kernel refused.</exception>
    public static async ValueTask<IReadOnlyList<LvsDrainObstacle>> FindAsync(
        ILvsHost host, IpvsClient client, LvsVirtualService service, LvsRealServer server, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(server);
        List<LvsDrainObstacle> found = [];
        LvsServiceId id = service.VirtualService;
        if (server.Weight > 0)
        {
            found.Add(new LvsDrainObstacle(
                "WeightNotZero",
                string.Create(CultureInfo.InvariantCulture, $"It has weight {server.Weight}, so that new connections still come."),
                $"Suspend-LvsRealServer {id} {server.RealServer}"));
        }

        bool hasConnections = server.ActiveConnections + server.InactiveConnections > 0;
        if (service.PersistenceTimeout is { } persistence && server.PersistentConnections > 0
            && !await KernelParameters.IsSetAsync(host, "expire_quiescent_template", cancellationToken).ConfigureAwait(false))
        {
            found.Add(await TemplatesAsync(host, id, server, persistence, cancellationToken).ConfigureAwait(false));
        }

        if (id.Protocol == LvsProtocol.Udp && hasConnections && !service.OnePacket)
        {
            uint timeout = (await client.GetTimeoutAsync(cancellationToken).ConfigureAwait(false)).Udp ?? 0;
            found.Add(new LvsDrainObstacle(
                "Udp",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"UDP has no end of a connection: the director remembers each for {timeout} s after its last packet, and a client that goes on by the same port stays, at weight 0 too."),
                "Set-LvsTimeout -Udp 30"));
        }

        if (id.Protocol is LvsProtocol.Tcp or LvsProtocol.Sctp && hasConnections
            && !await KernelParameters.IsSetAsync(host, "conn_reuse_mode", cancellationToken).ConfigureAwait(false))
        {
            found.Add(new LvsDrainObstacle(
                "ConnectionReuse",
                "conn_reuse_mode is 0: a client that uses a port again while the director remembers the old connection comes back here, at weight 0 too.",
                "Set-LvsKernelParameter conn_reuse_mode 1"));
        }

        return found;
    }

    private static async ValueTask<LvsDrainObstacle> TemplatesAsync(
        ILvsHost host, LvsServiceId service, LvsRealServer server, uint persistence, CancellationToken cancellationToken)
    {
        long last = 0;
        ConnectionFilter filter = new() { VirtualService = id => id == service, RealServer = id => id == server.RealServer };
        await foreach (LvsConnection connection in ConnectionTable.ReadAsync(host, filter, cancellationToken).ConfigureAwait(false))
        {
            last = connection.IsTemplate ? Math.Max(last, connection.ExpiresInSeconds) : last;
        }

        return new LvsDrainObstacle(
            "PersistenceTemplates",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{server.PersistentConnections} persistence templates go on sending their clients here, at weight 0 too, because expire_quiescent_template is 0. The last runs out in {last} s at the earliest: each new connection of its client begins the {persistence} s anew."),
            "Set-LvsKernelParameter expire_quiescent_template 1");
    }
}
