using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>The attribute policies of the IPVS family (ip_vs_cmd_policy and its nests, net/netfilter/ipvs/ip_vs_ctl.c).</summary>
internal static class IpvsPolicies
{
    private static readonly KernelAttributeRule Byte = new(KernelAttributeKind.Number, 1);
    private static readonly KernelAttributeRule UInt16 = new(KernelAttributeKind.Number, 2);
    private static readonly KernelAttributeRule UInt32 = new(KernelAttributeKind.Number, 4);
    private static readonly KernelAttributeRule Address = new(KernelAttributeKind.Bytes, 16);
    private static readonly KernelAttributeRule Nest = new(KernelAttributeKind.Nest);

    internal static IReadOnlyDictionary<IpvsAttribute, KernelAttributeRule> Command { get; } = new Dictionary<IpvsAttribute, KernelAttributeRule>
    {
        [IpvsAttribute.Service] = Nest,
        [IpvsAttribute.Destination] = Nest,
        [IpvsAttribute.Daemon] = Nest,
        [IpvsAttribute.TimeoutTcp] = UInt32,
        [IpvsAttribute.TimeoutTcpFin] = UInt32,
        [IpvsAttribute.TimeoutUdp] = UInt32,
    };

    internal static IReadOnlyDictionary<IpvsServiceAttribute, KernelAttributeRule> Service { get; } = new Dictionary<IpvsServiceAttribute, KernelAttributeRule>
    {
        [IpvsServiceAttribute.AddressFamily] = UInt16,
        [IpvsServiceAttribute.Protocol] = UInt16,
        [IpvsServiceAttribute.Address] = Address,
        [IpvsServiceAttribute.Port] = UInt16,
        [IpvsServiceAttribute.FirewallMark] = UInt32,
        [IpvsServiceAttribute.Scheduler] = new(KernelAttributeKind.Text, 15),
        [IpvsServiceAttribute.PersistenceEngine] = new(KernelAttributeKind.Text, 16),
        [IpvsServiceAttribute.Flags] = new(KernelAttributeKind.Bytes, 8),
        [IpvsServiceAttribute.Timeout] = UInt32,
        [IpvsServiceAttribute.Netmask] = UInt32,
        [IpvsServiceAttribute.Statistics] = Nest,
    };

    internal static IReadOnlyDictionary<IpvsDestinationAttribute, KernelAttributeRule> Destination { get; } = new Dictionary<IpvsDestinationAttribute, KernelAttributeRule>
    {
        [IpvsDestinationAttribute.Address] = Address,
        [IpvsDestinationAttribute.Port] = UInt16,
        [IpvsDestinationAttribute.ForwardingMethod] = UInt32,
        [IpvsDestinationAttribute.Weight] = UInt32,
        [IpvsDestinationAttribute.UpperThreshold] = UInt32,
        [IpvsDestinationAttribute.LowerThreshold] = UInt32,
        [IpvsDestinationAttribute.ActiveConnections] = UInt32,
        [IpvsDestinationAttribute.InactiveConnections] = UInt32,
        [IpvsDestinationAttribute.PersistentConnections] = UInt32,
        [IpvsDestinationAttribute.Statistics] = Nest,
        [IpvsDestinationAttribute.AddressFamily] = UInt16,
        [IpvsDestinationAttribute.TunnelType] = Byte,
        [IpvsDestinationAttribute.TunnelPort] = UInt16,
        [IpvsDestinationAttribute.TunnelFlags] = UInt16,
    };

    internal static IReadOnlyDictionary<IpvsDaemonAttribute, KernelAttributeRule> Daemon { get; } = new Dictionary<IpvsDaemonAttribute, KernelAttributeRule>
    {
        [IpvsDaemonAttribute.State] = UInt32,
        [IpvsDaemonAttribute.Interface] = new(KernelAttributeKind.Text, 15),
        [IpvsDaemonAttribute.SyncId] = UInt32,
        [IpvsDaemonAttribute.MaximumLength] = UInt16,
        [IpvsDaemonAttribute.Group] = UInt32,
        [IpvsDaemonAttribute.Group6] = Address,
        [IpvsDaemonAttribute.Port] = UInt16,
        [IpvsDaemonAttribute.Ttl] = Byte,
    };
}
