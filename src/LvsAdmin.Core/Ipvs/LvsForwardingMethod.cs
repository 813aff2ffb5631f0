namespace LvsAdmin.Core.Ipvs;

/// <summary>
/// How the director passes packets to a real server. The numbers are the kernel's (IP_VS_CONN_F_FWD_MASK, include/uapi/linux/ip_vs.h).
/// Users choose among <see cref="Nat"/>, <see cref="DirectRouting"/> and <see cref="Tunnel"/>; the kernel also reports the other two.
/// </summary>
public enum LvsForwardingMethod
{
    /// <summary>Masquerading: addresses are rewritten both ways, and replies pass through the director (ipvsadm -m).</summary>
    Nat = 0,

    /// <summary>The real server is the director itself; the packet is delivered locally. Reported by the kernel, not chosen.</summary>
    LocalNode = 1,

    /// <summary>Packets are wrapped to a real server anywhere, which answers the client directly (ipvsadm -i).</summary>
    Tunnel = 2,

    /// <summary>Only the MAC address is rewritten; director and real server share a link, and the real server answers directly (ipvsadm -g).</summary>
    DirectRouting = 3,

    /// <summary>Packets go to their original destination (vs/cache_bypass). Reported by the kernel, not chosen.</summary>
    Bypass = 4,
}
