namespace LvsAdmin.Core.Network;

/// <summary>
/// When a host answers ARP requests for its own IPv4 addresses: net.ipv4.conf.*.arp_ignore (Documentation/networking/ip-sysctl.rst), decided by
/// the interface that receives the request. The numbers are the kernel's; 4 to 7 are reserved and act as 0.
/// </summary>
public enum LvsArpIgnore
{
    /// <summary>Answers for any own address, on whichever interface it is. The kernel's default; a real server with it takes the VIP away from the director.</summary>
    AnyLocal = 0,

    /// <summary>Answers only for an address on the interface that received the request: VIPs on lo, dummy and tunnels stay silent. What direct routing needs.</summary>
    TargetOnInterface = 1,

    /// <summary>As <see cref="TargetOnInterface"/>, and the asking host must be in the same subnet on that interface.</summary>
    TargetOnInterfaceSameSubnet = 2,

    /// <summary>Answers for any own address except those of scope host. A VIP must then have scope host, or it is answered for.</summary>
    NotHostScope = 3,

    /// <summary>Never answers, not even for the interface's own address.</summary>
    Never = 8,
}
