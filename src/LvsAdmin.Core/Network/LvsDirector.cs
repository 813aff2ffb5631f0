namespace LvsAdmin.Core.Network;

/// <summary>A director at a glance.</summary>
public sealed record LvsDirector
{
    /// <summary>The name of the host.</summary>
    public required string HostName { get; init; }

    /// <summary>The network namespace of the host that holds the table; null for the one that the process runs in.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>The release of its kernel.</summary>
    public string? KernelRelease { get; init; }

    /// <summary>Whether the kernel has IPVS: the module ip_vs is loaded, or built in.</summary>
    public bool IpvsLoaded { get; init; }

    /// <summary>The version of IPVS; null when it is not loaded or may not be asked.</summary>
    public Version? IpvsVersion { get; init; }

    /// <summary>The hash buckets of the connection table; null when it may not be asked.</summary>
    public uint? ConnectionTableSize { get; init; }

    /// <summary>How many virtual services there are; null when it may not be asked.</summary>
    public int? VirtualServices { get; init; }

    /// <summary>How many real servers they have together, each counted in every service; null when it may not be asked.</summary>
    public int? RealServers { get; init; }

    /// <summary>Connections in the state ESTABLISHED, summed over all real servers; null when it may not be asked.</summary>
    public long? ActiveConnections { get; init; }

    /// <summary>All other connections, summed over all real servers; null when it may not be asked.</summary>
    public long? InactiveConnections { get; init; }

    /// <summary>The synchronisation daemons that run.</summary>
    public IReadOnlyList<string> SyncDaemons { get; init; } = [];

    /// <summary>The schedulers that the kernel has or can load, as far as its module files tell.</summary>
    public IReadOnlyList<string> Schedulers { get; init; } = [];

    /// <summary>What to do when something is missing; null when all is well.</summary>
    public string? Remedy { get; init; }
}
