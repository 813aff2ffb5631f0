namespace LvsAdmin.Core.Ipvs;

/// <summary>IPVS_CMD_ATTR_*: what stands at the top of a message. The timeouts are seconds in 32 bits.</summary>
internal enum IpvsAttribute : ushort
{
    Service = 1,
    Destination = 2,
    Daemon = 3,
    TimeoutTcp = 4,
    TimeoutTcpFin = 5,
    TimeoutUdp = 6,
}

/// <summary>IPVS_SVC_ATTR_*. Ports are in network order; the firewall mark, the flags and an IPv6 prefix length in the machine's.</summary>
internal enum IpvsServiceAttribute : ushort
{
    AddressFamily = 1,
    Protocol = 2,
    Address = 3,
    Port = 4,
    FirewallMark = 5,
    Scheduler = 6,
    Flags = 7,
    Timeout = 8,
    Netmask = 9,
    Statistics = 10,
    PersistenceEngine = 11,
    Statistics64 = 12,
}

/// <summary>IPVS_DEST_ATTR_*. Both ports are in network order.</summary>
internal enum IpvsDestinationAttribute : ushort
{
    Address = 1,
    Port = 2,
    ForwardingMethod = 3,
    Weight = 4,
    UpperThreshold = 5,
    LowerThreshold = 6,
    ActiveConnections = 7,
    InactiveConnections = 8,
    PersistentConnections = 9,
    Statistics = 10,
    AddressFamily = 11,
    Statistics64 = 12,
    TunnelType = 13,
    TunnelPort = 14,
    TunnelFlags = 15,
}

/// <summary>IPVS_DAEMON_ATTR_*. The multicast port is in the machine's byte order, unlike all other ports.</summary>
internal enum IpvsDaemonAttribute : ushort
{
    State = 1,
    Interface = 2,
    SyncId = 3,
    MaximumLength = 4,
    Group = 5,
    Group6 = 6,
    Port = 7,
    Ttl = 8,
}

/// <summary>IPVS_STATS_ATTR_*: the same numbers in the 32-bit and the 64-bit nest. Bytes are 64-bit totals in both.</summary>
internal enum IpvsStatisticsAttribute : ushort
{
    Connections = 1,
    IncomingPackets = 2,
    OutgoingPackets = 3,
    IncomingBytes = 4,
    OutgoingBytes = 5,
    ConnectionsPerSecond = 6,
    IncomingPacketsPerSecond = 7,
    OutgoingPacketsPerSecond = 8,
    IncomingBytesPerSecond = 9,
    OutgoingBytesPerSecond = 10,
    Padding = 11,
}

/// <summary>IPVS_INFO_ATTR_*.</summary>
internal enum IpvsInfoAttribute : ushort
{
    Version = 1,
    ConnectionTableSize = 2,
}
