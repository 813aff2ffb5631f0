using System.Runtime.CompilerServices;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>
/// Whether the director speaks to real servers that hold the VIP too from another address than that. A VIP that is a whole network is what it speaks from where
/// it came first; then its ARP requests, health checks and tunnels have a sender that the real servers take for themselves, and drop.
/// </summary>
internal sealed class DirectorVipPrefixRule : DeploymentRule
{
    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.DirectorVipPrefix;

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<LvsDeploymentCheck> CheckAsync(DeploymentContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RealServerState state = await context.Director.GetStateAsync(cancellationToken).ConfigureAwait(false);
        foreach (IGrouping<LvsAddress, DeploymentService> services in context.Services.Where(service => service.Vip is not null).GroupBy(service => service.Vip!.Value))
        {
            LvsAddress vip = services.Key;
            (HostInterface Interface, InterfaceAddress Address)[] held = [.. state.Holders(vip)];
            LvsAddress[] servers =
            [
                .. services.SelectMany(service => service.Servers)
                    .Where(server => server.Server.Forwarding is LvsForwardingMethod.DirectRouting or LvsForwardingMethod.Tunnel && server.Host != context.Director)
                    .Select(server => server.Server.Address)
                    .Distinct(),
            ];
            if (held.Length == 0 || servers.Length == 0)
            {
                continue;
            }

            (HostInterface? holder, InterfaceAddress? wide) = held.FirstOrDefault(each => !each.Address.IsHostPrefix);
            string expected = $"/{vip.BitLength}, and another address to speak from";
            LvsAddress? misled = null;
            foreach (LvsAddress server in wide is null ? [] : servers)
            {
                if (await context.Director.RouteToAsync(server, cancellationToken).ConfigureAwait(false) is { } route
                    && (IpCommand.Text(route, "prefsrc") == $"{vip}" || (IsNeighbour(state, server, holder!) && IpCommand.Text(route, "dev") == holder!.Name)))
                {
                    misled = server;
                    break;
                }
            }

            yield return (misled is { } first
                ? Failed(
                    context.Director,
                    expected,
                    $"{vip}/{wide!.PrefixLength} on {holder!.Name}, by which the way to {first} goes now",
                    "The director asks for its real servers in the name of the VIP, or on the wrong link. They hold the VIP themselves and do not answer: clients wait in vain.") with
                {
                    Advice = $"ip address delete {vip}/{wide.PrefixLength} dev {holder.Name}; then Enable-LvsDirectorVip {vip}.",
                }
                : Passed(context.Director, expected, wide is null ? $"{vip} is /{vip.BitLength}" : $"{vip} is /{wide.PrefixLength}, but the director speaks from another address")) with
            { Vip = vip };
        }
    }

    // Whether a server is in the network of an address on another interface than the one that holds the VIP.
    private static bool IsNeighbour(RealServerState state, LvsAddress server, HostInterface holder) =>
        state.Interfaces.Any(each => each != holder && each.IsUp && each.Addresses.Any(held => !held.IsHostPrefix && held.Contains(server)));
}
