namespace LvsAdmin.Core.Ipvs;

/// <summary>The address family of a virtual service or a real server. The numbers are Linux's AF_INET and AF_INET6, as IPVS sends them.</summary>
public enum LvsAddressFamily
{
    /// <summary>Internet Protocol version 4 (AF_INET).</summary>
    IPv4 = 2,

    /// <summary>Internet Protocol version 6 (AF_INET6).</summary>
    IPv6 = 10,
}
