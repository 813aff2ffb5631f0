namespace LvsAdmin.Core.Diagnosis;

/// <summary>What can be wrong with a deployment: the causes that are looked for, each by a check of its own.</summary>
public enum LvsDeploymentCause
{
    /// <summary>A host could not be looked at.</summary>
    HostUnreachable,

    /// <summary>The director's kernel has no IPVS.</summary>
    IpvsMissing,

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
}
