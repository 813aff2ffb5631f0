namespace LvsAdmin.Core.Diagnosis;

/// <summary>
/// The rules in the order in which they look, and in which what they find is mended: what a later one finds may be a consequence of what an earlier one found.
/// So real servers come before directors: a VIP that a real server answers for cannot be given to the director.
/// </summary>
internal static class DeploymentRules
{
    internal static IReadOnlyList<DeploymentRule> All { get; } =
    [
        new IpvsMissingRule(),
        new TableRule(),
        new SchedulerRule(),
        new PortZeroRule(),
        new WeightRule(),
        new ThresholdRule(),
        new VipMissingRule(),
        new VipPrefixRule(),
        new TunnelRule(),
        new ReversePathRule(),
        new ArpPolicyRule(),
        new DirectorVipRule(),
        new DirectorVipPrefixRule(),
        new VipDeprecationRule(),
        new NeighbourRule(),
        new OffLinkRule(),
        new PortRule(),
        new ForwardingRule(),
        new NatRedirectRule(),
        new ReturnPathRule(),
        new FirewallDropRule(),
        new TunnelMtuRule(),
        new ListeningRule(),
        new PersistenceRule(),
        new ConnectionTableRule(),
        new SyncDaemonRule(),
        new TablesRule(),
        new CountersRule(),
    ];
}
