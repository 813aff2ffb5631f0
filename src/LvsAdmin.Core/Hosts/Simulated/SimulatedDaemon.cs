namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>A connection synchronisation daemon in a simulated kernel (struct ipvs_sync_daemon_cfg).</summary>
/// <param name="Interface">The interface of its multicast.</param>
/// <param name="SyncId">The number of its group.</param>
/// <param name="MaximumLength">The most bytes of a packet's payload.</param>
/// <param name="Port">The UDP port.</param>
/// <param name="Ttl">The time to live.</param>
/// <param name="Group">Four bytes of an IPv4 group, or sixteen of an IPv6 one.</param>
internal sealed record SimulatedDaemon(string Interface, uint SyncId, ushort MaximumLength, ushort Port, byte Ttl, byte[] Group);
