namespace LvsAdmin.Core.Network;

/// <summary>
/// Which own IPv4 address a host names as sender in its ARP requests: net.ipv4.conf.*.arp_announce (Documentation/networking/ip-sysctl.rst),
/// decided by the interface that sends the request. The numbers are the kernel's.
/// </summary>
public enum LvsArpAnnounce
{
    /// <summary>Any own address, thus the source of the packet to be sent. The kernel's default; a real server that answers from a VIP so teaches its neighbours a wrong MAC address.</summary>
    AnyLocal = 0,

    /// <summary>Tries to avoid addresses that are not in the target's subnet on that interface; falls back to level 2.</summary>
    AvoidOtherSubnets = 1,

    /// <summary>Always the best address of the sending interface for that target; the packet's source is ignored. What direct routing needs.</summary>
    BestLocal = 2,
}
