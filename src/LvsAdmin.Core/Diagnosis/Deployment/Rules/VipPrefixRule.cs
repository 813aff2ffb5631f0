using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>Whether the VIP of a real server is that one address, and not a whole network.</summary>
internal sealed class VipPrefixRule : RealServerRule
{
    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.VipPrefix;

    /// <inheritdoc/>
    private protected override async ValueTask<LvsDeploymentCheck?> CheckAsync(
        DeploymentContext context, DeploymentService service, DeploymentServer server, DeploymentHost host, CancellationToken cancellationToken)
    {
        if (service.Vip is not { } vip || server.Server.Forwarding is LvsForwardingMethod.Nat || context.Has(LvsDeploymentCause.VipMissing, host, vip))
        {
            return null;
        }

        string expected = $"/{vip.BitLength}";
        (HostInterface Interface, InterfaceAddress Address)[] held =
            [.. (await host.GetStateAsync(cancellationToken).ConfigureAwait(false)).Holders(vip).Where(each => each.Interface.HoldsAsVip(each.Address))];
        if (held.Length == 0)
        {
            return null;
        }

        (HostInterface Interface, InterfaceAddress Address)[] wide = [.. held.Where(each => !each.Address.IsHostPrefix)];
        return wide.Length == 0
            ? Passed(host, expected, $"{vip} is /{vip.BitLength} on {held[0].Interface.Name}") with { Vip = vip }
            : Failed(
                host,
                expected,
                $"{vip}/{wide[0].Address.PrefixLength} on {wide[0].Interface.Name}",
                "This host takes the whole network for its own: clients and hosts in it get no answer from here.") with
            {
                Vip = vip,
                Remedy = Remedies.RenewVip(host.Host, vip, server.Server),
            };
    }
}
