using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>Whether the reverse path filter of a real server lets pass what comes out of its tunnel (fib_validate_source, net/ipv4/fib_frontend.c). IPv6 has no such filter.</summary>
internal sealed class ReversePathRule : RealServerRule
{
    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.ReversePathFilter;

    /// <inheritdoc/>
    private protected override async ValueTask<LvsDeploymentCheck?> CheckAsync(
        DeploymentContext context, DeploymentService service, DeploymentServer server, DeploymentHost host, CancellationToken cancellationToken)
    {
        if (service.Vip is not { Family: LvsAddressFamily.IPv4 } vip || server.Server.Forwarding != LvsForwardingMethod.Tunnel)
        {
            return null;
        }

        RealServerState state = await host.GetStateAsync(cancellationToken).ConfigureAwait(false);
        if (Tunnels.Receiving(state, server.Server, vip.Family).FirstOrDefault(each => each.IsUp) is not { } device)
        {
            // Which is a cause of its own.
            return null;
        }

        string expected = $"rp_filter of {device.Name} is not strict";
        int level = state.EffectiveFilter(device.Name);
        return (level == (int)Network.ReversePathFilter.Strict
            ? Failed(
                host,
                expected,
                $"the effective rp_filter of {device.Name} is {level} (strict){(state.ConfiguredFilter(device.Name) == level ? string.Empty : ", which it has from all")}",
                "What comes out of the tunnel is dropped, for the way back to its sender is another interface: clients that are sent to this server wait in vain.") with
            {
                Remedy = Remedies.EnableVip(host.Host, vip, server.Server),
            }
            : Passed(host, expected, $"the effective rp_filter of {device.Name} is {level}")) with
        { Vip = vip };
    }
}
