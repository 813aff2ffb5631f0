namespace LvsAdmin.Core.Ipvs;

/// <summary>
/// Why IPVS refused. The kernel gives a bare error number which means different things for different commands (ip_vs_ctl.c); these are the
/// meanings. Each is an error id of the cmdlets.
/// </summary>
public enum IpvsError
{
    /// <summary>None of the others; the error number tells.</summary>
    Refused,

    /// <summary>The ip_vs module is not loaded and could not be.</summary>
    ModuleNotLoaded,

    /// <summary>CAP_NET_ADMIN is lacking in the first user namespace.</summary>
    PermissionDenied,

    /// <summary>There is a service of this identity already.</summary>
    ServiceExists,

    /// <summary>There is no service of this identity.</summary>
    ServiceNotFound,

    /// <summary>The service has this real server already.</summary>
    RealServerExists,

    /// <summary>The service does not have this real server.</summary>
    RealServerNotFound,

    /// <summary>The kernel has no such scheduler, loaded or to be loaded.</summary>
    SchedulerNotFound,

    /// <summary>The kernel has no such persistence engine, or no such scheduler: one number stands for both.</summary>
    PersistenceEngineNotFound,

    /// <summary>The kernel has no such address family (IPv6 switched off).</summary>
    AddressFamilyNotSupported,

    /// <summary>The kernel cannot do this: it is too old, or was built without it.</summary>
    NotSupported,

    /// <summary>A value or their combination is refused.</summary>
    InvalidRequest,

    /// <summary>A number is too great, or thresholds cross.</summary>
    ValueOutOfRange,

    /// <summary>There is no such network interface.</summary>
    InterfaceNotFound,

    /// <summary>A synchronisation daemon of this role runs already.</summary>
    SyncDaemonRunning,

    /// <summary>No synchronisation daemon of this role runs.</summary>
    SyncDaemonNotRunning,

    /// <summary>The ip_vs module is being unloaded.</summary>
    ModuleUnloading,

    /// <summary>The kernel has no memory for it.</summary>
    OutOfMemory,
}
