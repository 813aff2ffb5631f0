namespace LvsAdmin.Core.Ipvs;

/// <summary>
/// The transport protocol of a virtual service. The numbers are the IP protocol numbers. The kernel takes any number in silence
/// (net/netfilter/ipvs/ip_vs_ctl.c), but schedules only these three.
/// </summary>
public enum LvsProtocol
{
    /// <summary>Transmission Control Protocol.</summary>
    Tcp = 6,

    /// <summary>User Datagram Protocol.</summary>
    Udp = 17,

    /// <summary>Stream Control Transmission Protocol.</summary>
    Sctp = 132,
}
