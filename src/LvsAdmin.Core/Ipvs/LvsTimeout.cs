namespace LvsAdmin.Core.Ipvs;

/// <summary>
/// How long the director remembers a connection without traffic (ipvsadm --set), in seconds. In a change, null or 0 leaves the value as it is.
/// </summary>
public sealed record LvsTimeout
{
    /// <summary>The greatest value that every kernel takes: it must fit 31 bits after multiplication by at most 1000 ticks a second.</summary>
    public const uint MaximumSeconds = int.MaxValue / 1000;

    /// <summary>Established TCP connections.</summary>
    public uint? Tcp { get; init; }

    /// <summary>TCP connections after a FIN.</summary>
    public uint? TcpFin { get; init; }

    /// <summary>UDP.</summary>
    public uint? Udp { get; init; }

    /// <summary>The director that reported it.</summary>
    public string HostName { get; init; } = string.Empty;

    /// <summary>The network namespace that the values belong to; null for the one that the process runs in.</summary>
    public string? NetworkNamespace { get; init; }
}
