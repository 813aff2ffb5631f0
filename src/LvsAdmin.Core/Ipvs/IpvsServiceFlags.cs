namespace LvsAdmin.Core.Ipvs;

/// <summary>IP_VS_SVC_F_*: the flags of a virtual service.</summary>
[Flags]
internal enum IpvsServiceFlags : uint
{
    None = 0,
    Persistent = 0x01,

    /// <summary>The kernel's own: the service is in its hash table. It is always reported and means nothing to others.</summary>
    Hashed = 0x02,
    OnePacket = 0x04,

    /// <summary>What we set and clear; others keep whatever the kernel has.</summary>
    Managed = Persistent | OnePacket | LvsSchedulerFlags.Mask,
}
