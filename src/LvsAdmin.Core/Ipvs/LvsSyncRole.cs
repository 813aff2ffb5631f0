namespace LvsAdmin.Core.Ipvs;

/// <summary>What a connection synchronisation daemon does (IP_VS_STATE_*, include/uapi/linux/ip_vs.h). A director may run one of each.</summary>
public enum LvsSyncRole
{
    /// <summary>Sends the director's connections to the others by multicast.</summary>
    Master = 1,

    /// <summary>Receives the connections of another director.</summary>
    Backup = 2,
}
