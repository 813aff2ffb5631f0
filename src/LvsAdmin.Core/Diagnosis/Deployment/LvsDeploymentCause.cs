namespace LvsAdmin.Core.Diagnosis;

/// <summary>What can be wrong with a deployment: the causes that are looked for, each by a check of its own.</summary>
public enum LvsDeploymentCause
{
    /// <summary>A host could not be looked at.</summary>
    HostUnreachable,

    /// <summary>The director's kernel has no IPVS.</summary>
    IpvsMissing,

    /// <summary>The director's kernel has no virtual service, and no other director has one.</summary>
    TableEmpty,

    /// <summary>A service has no scheduler.</summary>
    SchedulerMissing,

    /// <summary>A director does not hold a VIP that no other holds either.</summary>
    DirectorVipMissing,

    /// <summary>More than one host on the link has the VIP as a director has it.</summary>
    VipOnTwoDirectors,

    /// <summary>A VIP of a director is a whole network for it, and so the sender of what it says itself.</summary>
    DirectorVipPrefix,

    /// <summary>A real server does not take packets for the VIP in.</summary>
    VipMissing,

    /// <summary>A VIP of a real server is a whole network for it.</summary>
    VipPrefix,

    /// <summary>A real server answers ARP requests for the VIP, or names it in its own.</summary>
    ArpPolicy,

    /// <summary>A neighbour of the director knows the VIP under another host's MAC address.</summary>
    NeighbourStale,

    /// <summary>A real server for direct routing is not on a link of the director.</summary>
    RealServerOffLink,

    /// <summary>A real server has another port than its service, though its method rewrites none.</summary>
    PortDiffers,

    /// <summary>A real server has no device that takes off what the director wraps packets in.</summary>
    TunnelType,

    /// <summary>The device that takes off what the director wraps packets in is down.</summary>
    TunnelDown,

    /// <summary>A real server does not receive Generic UDP Encapsulation on the port to which the director sends it.</summary>
    TunnelPort,

    /// <summary>A real server drops what comes out of its tunnel, for the way back is another.</summary>
    ReversePathFilter,

    /// <summary>Packets of clients are too large for the way through the tunnel, and nobody learns of it.</summary>
    TunnelMtu,

    /// <summary>No program takes what is sent to the VIP.</summary>
    NotListening,

    /// <summary>A director does not forward the answers of real servers to clients, as NAT needs.</summary>
    ForwardingOff,

    /// <summary>A director with NAT tells real servers of a way past it.</summary>
    SendRedirects,

    /// <summary>A real server behind IPv6 NAT believes a router that names a way past the director.</summary>
    RedirectsAccepted,

    /// <summary>A client is in the network of real servers behind NAT, which answer it directly.</summary>
    ClientInServersNetwork,

    /// <summary>The answers of a real server behind NAT do not go back through the director.</summary>
    ReturnPath,

    /// <summary>A director's own packets carry an IPv6 VIP as their source.</summary>
    VipNotDeprecated,

    /// <summary>A firewall drops or refuses what belongs to a service.</summary>
    Firewall,

    /// <summary>A firewall that follows connections does not know those of IPVS.</summary>
    ConntrackOff,

    /// <summary>A kernel that makes clients wait a second when they use a port again.</summary>
    ConntrackReuse,

    /// <summary>The table of connections of Netfilter is full, or nearly.</summary>
    ConntrackFull,

    /// <summary>The director's table of connections is too small for what it holds.</summary>
    ConnectionTableSmall,

    /// <summary>A service for all ports is not persistent.</summary>
    PortZeroNotPersistent,

    /// <summary>A service has no real server that takes new connections: none at all, or all of weight 0.</summary>
    NoWeight,

    /// <summary>All real servers of a service have as many connections as they may.</summary>
    ThresholdReached,

    /// <summary>Nearly all connections of a persistent service are one real server's.</summary>
    PersistencePinning,

    /// <summary>A real server that is taken out still gets the clients that persistence remembers.</summary>
    PersistenceKeepsServer,

    /// <summary>One of several directors does not take part in the exchange of connections.</summary>
    SyncDaemonMissing,

    /// <summary>Several directors all send their connections, or all only listen.</summary>
    SyncRoles,

    /// <summary>A director does not listen for what the other sends: another sync id, group or port.</summary>
    SyncDiffers,

    /// <summary>Directors that take turns have not the same services and real servers.</summary>
    TablesDiffer,

    /// <summary>The director's statistics stand still.</summary>
    CountersFrozen,
}
