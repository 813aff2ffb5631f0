using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>Whether a real server takes packets for the VIP in, as direct routing and tunnelling need it.</summary>
internal sealed class VipMissingRule : RealServerRule
{
    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.VipMissing;

    /// <inheritdoc/>
    private protected override async ValueTask<LvsDeploymentCheck?> CheckAsync(
        DeploymentContext context, DeploymentService service, DeploymentServer server, DeploymentHost host, CancellationToken cancellationToken)
    {
        if (service.Vip is not { } vip || server.Server.Forwarding is LvsForwardingMethod.Nat)
        {
            return null;
        }

        string expected = $"it takes packets for {vip} in";
        HostInterface[] holders = [.. (await host.GetStateAsync(cancellationToken).ConfigureAwait(false)).Holders(vip).Select(held => held.Interface)];
        string where = string.Join(" and ", holders.Select(holder => holder.Name));
        if (await host.IsLocalAsync(vip, cancellationToken).ConfigureAwait(false))
        {
            return Passed(host, expected, holders.Length > 0 ? $"{vip} is on {where}" : $"a local route for {vip}") with { Vip = vip };
        }

        // A tunnel that is down is a cause of its own.
        return holders.Any(holder => holder.IsTunnel) ? null : Failed(
            host,
            expected,
            holders.Length == 0 ? $"{vip} is on no interface" : $"{vip} is on {where}, but {(holders.All(holder => holder.IsUp) ? "its local route is gone" : "that is down")}",
            $"What the director sends for {vip} is dropped here: clients that are sent to this server wait in vain.") with
        {
            Vip = vip,
            Remedy = holders.Length == 0 ? Remedies.EnableVip(host.Host, vip, server.Server) : Remedies.RenewVip(host.Host, vip, server.Server),
        };
    }
}
