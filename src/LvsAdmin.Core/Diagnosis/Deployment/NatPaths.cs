using System.Text.Json;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>The ways that the answers of a service behind NAT take, from real servers to a client: what several rules ask for.</summary>
internal static class NatPaths
{
    // Of a table of millions the beginning has to do.
    private const int MostLines = 10_000;

    /// <summary>A client of a service: the one that was named, as it asks the VIP, else one that the director is serving now; null where none is known.</summary>
    internal static async ValueTask<LvsAddress?> FindClientAsync(DeploymentContext context, DeploymentService service, CancellationToken cancellationToken)
    {
        if (service.Vip is not { } vip)
        {
            return null;
        }

        if (context.Client is { } client && client != context.Director)
        {
            return await client.RouteToAsync(vip, cancellationToken).ConfigureAwait(false) is { } asking
                && LvsAddress.TryParse(IpCommand.Text(asking, "prefsrc"), out LvsAddress address, out _)
                ? address
                : null;
        }

        int lines = 0;
        await foreach (LvsConnection connection in ConnectionTable.ReadAsync(context.Director.Host, null, cancellationToken).ConfigureAwait(false))
        {
            if (connection.VirtualService == service.Id && !connection.IsTemplate)
            {
                return connection.ClientAddress;
            }

            if (++lines == MostLines)
            {
                break;
            }
        }

        return null;
    }

    /// <summary>The director's interface to an address; null where there is no way.</summary>
    internal static async ValueTask<string?> LinkToAsync(DeploymentHost director, LvsAddress address, CancellationToken cancellationToken) =>
        await director.RouteToAsync(address, cancellationToken).ConfigureAwait(false) is { } route ? IpCommand.Text(route, "dev") : null;

    /// <summary>The next hop of a way; null where the address is on the link itself.</summary>
    internal static LvsAddress? Gateway(JsonElement route) =>
        LvsAddress.TryParse(IpCommand.Text(route, "gateway") ?? (route.TryGetProperty("via", out JsonElement via) ? IpCommand.Text(via, "host") : null), out LvsAddress gateway, out _)
            ? gateway
            : null;

    /// <summary>Lets the answers of a real server go through the director; null where the director has no address that the server could send to.</summary>
    internal static async ValueTask<LvsRemedy?> ReturnAsync(DeploymentContext context, DeploymentHost host, LvsAddress vip, DeploymentServer server, CancellationToken cancellationToken) =>
        await context.Director.RouteToAsync(server.Server.Address, cancellationToken).ConfigureAwait(false) is { } route
        && Gateway(route) is null
        && LvsAddress.TryParse(IpCommand.Text(route, "prefsrc"), out LvsAddress director, out _)
            ? LvsRemedy.On(
                host.Host,
                "Enable-LvsRealServerVip",
                ("Address", vip),
                ("Forwarding", LvsForwardingMethod.Nat),
                ("Director", director),
                ("RealServerAddress", server.Server.Address))
            : null;
}
