namespace LvsAdmin.Core.Ipvs;

/// <summary>What a tunnelled packet is wrapped in (IP_VS_CONN_F_TUNNEL_TYPE_*, include/uapi/linux/ip_vs.h). The kernel does not check the range.</summary>
public enum LvsTunnelType
{
    /// <summary>IP in IP (RFC 2003, RFC 2473, RFC 4213): the default.</summary>
    Ipip = 0,

    /// <summary>Generic UDP Encapsulation (Linux 5.2 and later). Needs a port on which the real server receives it.</summary>
    Gue = 1,

    /// <summary>Generic Routing Encapsulation (RFC 2784; Linux 5.3 and later).</summary>
    Gre = 2,
}
