namespace LvsAdmin.Core.Ipvs;

/// <summary>
/// The checksum of a GUE or GRE tunnel (IP_VS_TUNNEL_ENCAP_FLAG_*, include/uapi/linux/ip_vs.h). The real server's tunnel device must match.
/// </summary>
public enum LvsTunnelChecksum
{
    /// <summary>No checksum (ipvsadm --tun-nocsum): the default.</summary>
    None = 0,

    /// <summary>The checksum of the outer header is computed (ipvsadm --tun-csum).</summary>
    Checksum = 1,

    /// <summary>Remote checksum offload, GUE only (ipvsadm --tun-remcsum).</summary>
    Remote = 2,
}
