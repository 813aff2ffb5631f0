using System.Runtime.CompilerServices;
using System.Text.Json;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>Whether a real server for direct routing is a neighbour of the director, which leaves packets as they are and only puts the server's MAC address on them.</summary>
internal sealed class OffLinkRule : DeploymentRule
{
    private const int SecondsToListen = 1;
    private const string InVain = "What is meant for this server is dropped: clients that are sent to it wait in vain.";

    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.RealServerOffLink;

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<LvsDeploymentCheck> CheckAsync(DeploymentContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (context.Has(LvsDeploymentCause.DirectorVipPrefix, context.Director) || context.Has(LvsDeploymentCause.VipNotDeprecated, context.Director))
        {
            // Then the director asks for the server's MAC address in the name of the VIP, and gets no answer.
            yield break;
        }

        IEnumerable<LvsAddress> addresses = context.Servers
            .Where(each => each.Server.Server.Forwarding == LvsForwardingMethod.DirectRouting && each.Server.Host != context.Director)
            .Select(each => each.Server.Server.Address)
            .Distinct();
        // All at once: to listen for an answer that does not come takes a second.
        Task<LvsDeploymentCheck>[] checks = [.. addresses.Select(address => CheckAsync(context, address, cancellationToken).AsTask())];
        foreach (Task<LvsDeploymentCheck> check in checks)
        {
            yield return await check.ConfigureAwait(false);
        }
    }

    private async ValueTask<LvsDeploymentCheck> CheckAsync(DeploymentContext context, LvsAddress address, CancellationToken cancellationToken)
    {
        DeploymentHost? server = context.Servers.First(each => each.Server.Server.Address == address).Server.Host;
        return (server is not null
            && (await server.GetStateAsync(cancellationToken).ConfigureAwait(false)).Holders(address).Select(held => held.Interface).FirstOrDefault() is { IsUp: false } down
            ? Failed(server, $"{address} is on a link of the director", $"{address} is on {down.Name}, which is down", InVain) with { Advice = $"ip link set dev {down.Name} up" }
            : await CheckAsync(context.Director, address, cancellationToken).ConfigureAwait(false)) with
        { RealServer = new LvsServerId(address) };
    }

    private async ValueTask<LvsDeploymentCheck> CheckAsync(DeploymentHost director, LvsAddress address, CancellationToken cancellationToken)
    {
        string expected = $"{address} is on a link of the director";
        const string Reason = "With direct routing the packet still names the VIP: a router that gets it sends it back, or drops it, and clients that are sent to this server wait in vain.";
        if (await director.RouteToAsync(address, cancellationToken).ConfigureAwait(false) is not { } route)
        {
            return Failed(director, expected, $"there is no route to {address}", InVain) with
            {
                Advice = $"Give the director an address in the network of {address}, or use a tunnel, which needs a route only.",
            };
        }

        string? device = IpCommand.Text(route, "dev");
        if ((IpCommand.Text(route, "gateway") ?? (route.TryGetProperty("via", out JsonElement via) ? IpCommand.Text(via, "host") : null)) is { } router)
        {
            return Failed(director, expected, $"it is reached through the router {router} on {device}", Reason) with
            {
                Advice = $"Put director and server on one link (ip route get {address} has to name no router), or send by a tunnel: Set-LvsRealServer -Forwarding Tunnel here, and Enable-LvsRealServerVip -Forwarding Tunnel there.",
            };
        }

        IReadOnlyList<JsonElement> neighbours = await director.GetNeighboursAsync(cancellationToken).ConfigureAwait(false);
        bool isKnown = neighbours.Any(each => IpCommand.Text(each, "dst") == $"{address}" && IpCommand.Text(each, "dev") == device && IpCommand.Text(each, "lladdr") is not null);
        if (!isKnown
            && device is not null
            && (await director.GetStateAsync(cancellationToken).ConfigureAwait(false)).Find(device) is { HearsArp: true }
            && await new LinkProbe(director.Host, SecondsToListen).AskAsync(address, device, isOwn: false, cancellationToken).ConfigureAwait(false) is { Trouble: null, MacAddresses.Count: 0 })
        {
            return Failed(director, expected, $"nobody on the link of {device} answers for {address}", InVain) with
            {
                Advice = "The server is down, or on another link (VLAN) than its address says.",
            };
        }

        return Passed(director, expected, $"{address} is on the link of {device}");
    }
}
