namespace LvsAdmin.Core.Ipvs;

/// <summary>A connection synchronisation daemon: what is asked of it, and what the kernel reports (IPVS_DAEMON_ATTR_*). Null leaves a value to the kernel.</summary>
public sealed record LvsSyncDaemon
{
    /// <summary>Master or backup.</summary>
    public required LvsSyncRole Role { get; init; }

    /// <summary>The interface on which the multicast goes or comes.</summary>
    public required string Interface { get; init; }

    /// <summary>0 to 255: daemons with the same number belong together; 0 on a backup takes all.</summary>
    public byte SyncId { get; init; }

    /// <summary>The longest message in bytes, 1 to 65535; the kernel's default follows the interface's MTU.</summary>
    public ushort? MaximumLength { get; init; }

    /// <summary>The multicast group; the kernel's default is 224.0.0.81.</summary>
    public LvsAddress? MulticastGroup { get; init; }

    /// <summary>The UDP port; the kernel's default is 8848.</summary>
    public ushort? MulticastPort { get; init; }

    /// <summary>The time to live of the multicast, 1 to 255; the kernel's default is 1.</summary>
    public byte? MulticastTtl { get; init; }

    /// <summary>The director that reported it.</summary>
    public string HostName { get; init; } = string.Empty;

    /// <summary>The network namespace that it runs in; null for the one that the process runs in.</summary>
    public string? NetworkNamespace { get; init; }
}
