using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

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
        string[] holders = [.. (await host.GetStateAsync(cancellationToken).ConfigureAwait(false)).Holders(vip).Select(held => held.Interface.Name)];
        return holders.Length > 0 || await host.IsLocalAsync(vip, cancellationToken).ConfigureAwait(false)
            ? Passed(host, expected, holders.Length > 0 ? $"{vip} is on {string.Join(" and ", holders)}" : $"a local route for {vip}") with { Vip = vip }
            : Failed(host, expected, $"{vip} is on no interface", $"What the director sends for {vip} is dropped here: clients that are sent to this server wait in vain.") with
            {
                Vip = vip,
                Remedy = Remedies.EnableVip(host.Host, vip, server.Server),
            };
    }
}
