using System.Text.Json;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>
/// Whether a director that forwards answers on the link on which they came tells their senders of the shorter way, past it (ip_rt_send_redirect, net/ipv4/route.c;
/// ip6_forward, net/ipv6/ip6_output.c). IPv4 has a switch for that on the director; with IPv6 the real servers must not listen.
/// </summary>
internal sealed class NatRedirectRule : RealServerRule
{
    private const string Reason = "The real server learns to answer clients past the director, with its own address: connections work until then, and hang after it.";

    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.SendRedirects;

    /// <inheritdoc/>
    private protected override async ValueTask<LvsDeploymentCheck?> CheckAsync(
        DeploymentContext context, DeploymentService service, DeploymentServer server, DeploymentHost host, CancellationToken cancellationToken)
    {
        LvsAddress own = server.Server.Address;
        if (service.Vip is not { } vip
            || server.Server.Forwarding != LvsForwardingMethod.Nat
            || own.Family != vip.Family
            || context.Has(LvsDeploymentCause.ForwardingOff, context.Director, vip)
            || await NatPaths.LinkToAsync(context.Director, own, cancellationToken).ConfigureAwait(false) is not { } link)
        {
            return null;
        }

        LvsProtocol protocol = service.Id.Protocol ?? LvsProtocol.Tcp;
        LvsAddress? client = await NatPaths.FindClientAsync(context, service, cancellationToken).ConfigureAwait(false);
        JsonElement? back = client is { } known
            ? await host.RouteBackAsync(server.Id, protocol, known, cancellationToken).ConfigureAwait(false)
            : null;
        if (back is { } direct
            && NatPaths.Gateway(direct) is null
            && !await host.IsRedirectedAsync(direct, server.Id, protocol, client!.Value, cancellationToken).ConfigureAwait(false))
        {
            // On the server's own link: a cause of its own.
            return null;
        }

        // Where no client is known, clients are taken to be where the VIP is.
        RealServerState state = await context.Director.GetStateAsync(cancellationToken).ConfigureAwait(false);
        string? outgoing = client is { } asking
            ? await NatPaths.LinkToAsync(context.Director, asking, cancellationToken).ConfigureAwait(false)
            : state.Holders(vip).Select(held => held.Interface.Name).FirstOrDefault();
        bool isV6 = vip.Family == LvsAddressFamily.IPv6;
        LvsDeploymentCause cause = isV6 ? LvsDeploymentCause.RedirectsAccepted : LvsDeploymentCause.SendRedirects;
        DeploymentHost place = isV6 ? host : context.Director;
        string expected = isV6 ? "no redirects past the director are accepted" : "the director sends no redirects to real servers";
        if (outgoing != link)
        {
            return Passed(place, expected, $"answers come by {link} and leave by {outgoing ?? "another interface"}, which needs none", cause) with { Vip = vip };
        }

        string? listening = (await host.GetStateAsync(cancellationToken).ConfigureAwait(false)).Holders(own).Select(held => held.Interface.Name).FirstOrDefault();
        bool accepts = listening is null || await host.AcceptsRedirectsAsync(vip.Family, listening, cancellationToken).ConfigureAwait(false);
        return (isV6
            ? await CheckV6Async(context, server, host, vip, (expected, listening, accepts), cancellationToken).ConfigureAwait(false)
            : await CheckV4Async(context.Director, link, expected, accepts, cancellationToken).ConfigureAwait(false)) with
        { Vip = vip };
    }

    private async ValueTask<LvsDeploymentCheck> CheckV4Async(DeploymentHost director, string link, string expected, bool accepts, CancellationToken cancellationToken)
    {
        bool sends = (await director.GetForwardingAsync(LvsAddressFamily.IPv4, cancellationToken).ConfigureAwait(false))?.RedirectingInterfaces.Contains(link) == true;
        return sends && accepts
            ? Failed(director, expected, $"answers come and leave by {link}, on which send_redirects is on", Reason) with
            {
                Remedy = LvsRemedy.On(director.Host, "Enable-LvsForwarding", ("AddressFamily", LvsAddressFamily.IPv4)),
            }
            : Passed(director, expected, sends ? "the real servers do not listen to them" : $"send_redirects is off on {link}");
    }

    private async ValueTask<LvsDeploymentCheck> CheckV6Async(
        DeploymentContext context,
        DeploymentServer server,
        DeploymentHost host,
        LvsAddress vip,
        (string Expected, string? Interface, bool Accepts) found,
        CancellationToken cancellationToken)
    {
        const LvsDeploymentCause Cause = LvsDeploymentCause.RedirectsAccepted;
        if (!found.Accepts)
        {
            return Passed(host, found.Expected, $"accept_redirects of {found.Interface} is 0", Cause);
        }

        // The next hop tells nothing: RFC 4861 section 8.1 lets only its own redirects count, but Linux does not hold TCP to that. Seen on 6.1: the next hop is
        // 2001:db8::1, the redirect comes from the director's link-local address, and is followed all the same.
        return Failed(host, found.Expected, $"accept_redirects of {found.Interface} is 1", Reason, Cause) with
        {
            Remedy = await NatPaths.ReturnAsync(context, host, vip, server, cancellationToken).ConfigureAwait(false),
        };
    }
}
