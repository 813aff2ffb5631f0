namespace LvsAdmin.Core.Configuration;

/// <summary>What kind of object differs from the desired state.</summary>
public enum LvsChangeSubject
{
    /// <summary>A virtual service.</summary>
    VirtualService,

    /// <summary>A real server of a virtual service.</summary>
    RealServer,

    /// <summary>How long idle connections are remembered.</summary>
    Timeout,

    /// <summary>A connection synchronisation daemon.</summary>
    SyncDaemon,

    /// <summary>A virtual IP of the director.</summary>
    DirectorVip,

    /// <summary>The forwarding of packets.</summary>
    Forwarding,

    /// <summary>A parameter of IPVS.</summary>
    KernelParameter,

    /// <summary>A file, or a unit of systemd, that brings the table back after a boot.</summary>
    Boot,
}
