using System.Text.Json;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>Whether the answers of a real server behind NAT go back through the director, which alone can make them the VIP's again.</summary>
internal sealed class ReturnPathRule : RealServerRule
{
    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.ReturnPath;

    /// <inheritdoc/>
    private protected override async ValueTask<LvsDeploymentCheck?> CheckAsync(
        DeploymentContext context, DeploymentService service, DeploymentServer server, DeploymentHost host, CancellationToken cancellationToken)
    {
        LvsAddress own = server.Server.Address;
        if (service.Vip is not { } vip || server.Server.Forwarding != LvsForwardingMethod.Nat || own.Family != vip.Family)
        {
            return null;
        }

        const string Expected = "answers go back through the director";
        if (await NatPaths.FindClientAsync(context, service, cancellationToken).ConfigureAwait(false) is not { } client)
        {
            return NotChecked(host, Expected, "no client is known: name one (-From)") with { Vip = vip };
        }

        if ((await host.GetAddressesAsync(cancellationToken).ConfigureAwait(false)).Contains(client))
        {
            // A real server that asks its own VIP is no client like others.
            return null;
        }

        LvsProtocol protocol = service.Id.Protocol ?? LvsProtocol.Tcp;
        JsonElement? route = await host.RouteBackAsync(server.Id, protocol, client, cancellationToken).ConfigureAwait(false);
        if (route is { } learnt && await host.IsRedirectedAsync(learnt, server.Id, protocol, client, cancellationToken).ConfigureAwait(false))
        {
            return context.Has(LvsDeploymentCause.SendRedirects, context.Director, vip) || context.Has(LvsDeploymentCause.RedirectsAccepted, host, vip)
                ? null
                : Failed(host, Expected, $"a redirect has taught it to answer {client} past the director", "Clients get answers from an address that they never asked, and drop them.") with
                {
                    Vip = vip,
                    Advice = $"ip {IpCommand.FamilyOption(client.Family)} route flush cache; what was learnt ends by itself after some minutes.",
                };
        }

        LvsAddress? gateway = route is { } found ? NatPaths.Gateway(found) : null;
        if (route is not null && gateway is null)
        {
            return Failed(
                host,
                "clients are in another network than real servers",
                $"the client {client} is on the link of {own}",
                "The real server answers it directly, with its own address: the client never asked that one, and refuses.",
                LvsDeploymentCause.ClientInServersNetwork) with
            {
                Vip = vip,
                Advice = $"Let it ask from another network, serve it by direct routing, or give each real server a route to it through the director (ip route add {client}/{client.BitLength} via ..., without redirects).",
            };
        }

        foreach (DeploymentHost director in context.Directors)
        {
            if (gateway is { } hop && (await director.GetAddressesAsync(cancellationToken).ConfigureAwait(false)).Contains(hop))
            {
                return Passed(host, Expected, $"answers to {client} go to {hop}") with { Vip = vip };
            }
        }

        LvsRemedy? remedy = await NatPaths.ReturnAsync(context, host, vip, server, cancellationToken).ConfigureAwait(false);
        return Failed(
            host,
            Expected,
            gateway is null ? $"there is no route to {client}" : $"answers to {client} go to {gateway}",
            gateway is null
                ? "The real server cannot answer: clients that are sent to it wait in vain."
                : "What reaches clients past the director carries the real server's address: they never asked that one, and wait in vain.") with
        {
            Vip = vip,
            Remedy = remedy,
            Advice = remedy is null ? "With NAT the director has to be on a link of the real server, and its next hop to clients." : null,
        };
    }
}
