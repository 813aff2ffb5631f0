namespace LvsAdmin.Core.Ipvs;

/// <summary>
/// What an administrator asks of a virtual service. What the kernel reports is an <see cref="LvsVirtualService"/>; only settings are
/// compared with settings.
/// </summary>
public sealed record VirtualServiceSettings
{
    /// <summary>The scheduler that ipvsadm takes by default.</summary>
    public const string DefaultScheduler = "wlc";

    /// <summary>The longest scheduler name in bytes (IP_VS_SCHEDNAME_MAXLEN less its end).</summary>
    public const int MaximumNameLength = 15;

    /// <summary>
    /// The longest persistence timeout in seconds. The kernel multiplies it by its ticks a second in 32 bits without a check
    /// (ip_vs_ctl.c, ip_vs_add_service); this is what fits at 1000 ticks, the most that Linux has.
    /// </summary>
    public const uint MaximumPersistenceTimeout = uint.MaxValue / 1000;

    /// <summary>Which service.</summary>
    public required LvsServiceId VirtualService { get; init; }

    /// <summary>The name of the scheduler (the kernel module ip_vs_NAME), or <c>none</c> for a service that schedules nothing.</summary>
    public string Scheduler { get; init; } = DefaultScheduler;

    /// <summary>The flags of the scheduler.</summary>
    public LvsSchedulerFlags SchedulerFlags { get; init; }

    /// <summary>Whether every packet is scheduled by itself, without a connection entry (meant for UDP).</summary>
    public bool OnePacket { get; init; }

    /// <summary>For how many seconds a client stays with its real server; null when the service is not persistent.</summary>
    public uint? PersistenceTimeout { get; init; }

    /// <summary>
    /// How many leading bits of a client's address make one persistent client: 32 (IPv4) or 128 (IPv6) for every address by itself.
    /// Null for just that.
    /// </summary>
    public int? PersistencePrefixLength { get; init; }

    /// <summary>
    /// An IPv4 netmask that is no prefix (its first byte the highest), as another tool may have set it; kept on a change unless a prefix length is given.
    /// </summary>
    internal uint? IrregularNetmask { get; init; }

    /// <summary>The persistence engine (the kernel module ip_vs_pe_NAME), such as <c>sip</c>; null for none.</summary>
    public string? PersistenceEngine { get; init; }
}
