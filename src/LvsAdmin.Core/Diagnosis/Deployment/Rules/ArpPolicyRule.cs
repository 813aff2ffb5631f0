using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>Whether a real server keeps silent about an IPv4 VIP. For IPv6 the kernel does so by itself.</summary>
internal sealed class ArpPolicyRule : RealServerRule
{
    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.ArpPolicy;

    /// <inheritdoc/>
    private protected override async ValueTask<LvsDeploymentCheck?> CheckAsync(
        DeploymentContext context, DeploymentService service, DeploymentServer server, DeploymentHost host, CancellationToken cancellationToken)
    {
        if (service.Vip is not { } vip || server.Server.Forwarding is LvsForwardingMethod.Nat || context.Has(LvsDeploymentCause.VipMissing, host, vip))
        {
            return null;
        }

        string expected = $"silence about {vip}";
        const string Reason = "Neighbours take this host for the director: whoever asks at the wrong moment gets past it, always to this one server, or nowhere.";
        RealServerState state = await host.GetStateAsync(cancellationToken).ConfigureAwait(false);
        HostInterface[] own = [.. state.Holders(vip).Where(each => !each.Interface.HoldsAsVip(each.Address)).Select(each => each.Interface)];
        if (own.Length > 0)
        {
            return Failed(host, expected, $"{vip} is on {own[0].Name}, which answers its neighbours for it", Reason) with
            {
                Vip = vip,
                Advice = $"ip address delete {vip} dev {own[0].Name} takes it away there; then Enable-LvsRealServerVip {vip} gives it to this host as a real server has it.",
            };
        }

        if (vip.Family == LvsAddressFamily.IPv6)
        {
            return null;
        }

        string[] problems =
        [
            .. from each in await host.GetVipsAsync(cancellationToken).ConfigureAwait(false)
               where each.Address == vip
               from finding in each.Findings
               where finding.Check == VipChecks.ArpSilence
               select finding.Problem,
        ];
        if (problems.Length == 0)
        {
            return Passed(host, expected, $"arp_ignore {(int)state.WeakestIgnore([])} and arp_announce {(int)state.WeakestAnnounce([])} on all that neighbours can ask") with { Vip = vip };
        }

        LvsArpPolicy[] hearing = [.. state.Hearing([])];
        LvsArpPolicy? vain = state.Policies.FirstOrDefault(policy => policy.Interface == "lo" && ((int)policy.Ignore > 0 || (int)policy.Announce > 0));
        string levels = string.Join(", ", hearing.Select(policy => $"arp_ignore {(int)policy.EffectiveIgnore} and arp_announce {(int)policy.EffectiveAnnounce} on {policy.Interface}"));
        return Failed(host, expected, vain is null ? levels : $"{levels}; the levels of lo do nothing, for neighbours do not ask there", Reason) with
        {
            Vip = vip,
            Remedy = LvsRemedy.On(host.Host, "Set-LvsArpPolicy", ("Interface", "all"), ("Ignore", LvsArpIgnore.TargetOnInterface), ("Announce", LvsArpAnnounce.BestLocal)),
        };
    }
}
