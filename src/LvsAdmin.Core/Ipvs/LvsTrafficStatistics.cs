namespace LvsAdmin.Core.Ipvs;

/// <summary>Counters with what they belong to: a director, a virtual service of it, or a real server of that.</summary>
public sealed class LvsTrafficStatistics
{
    private readonly LvsStatistics _statistics;

    /// <summary>The counters of a whole director.</summary>
    public LvsTrafficStatistics(LvsStatistics statistics, string hostName, string? networkNamespace)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        _statistics = statistics;
        HostName = hostName;
        NetworkNamespace = networkNamespace;
    }

    /// <summary>The counters of a virtual service.</summary>
    public LvsTrafficStatistics(LvsVirtualService service)
    {
        ArgumentNullException.ThrowIfNull(service);
        _statistics = service.Statistics;
        Scope = LvsStatisticsScope.VirtualService;
        VirtualService = service.VirtualService;
        HostName = service.HostName;
        NetworkNamespace = service.NetworkNamespace;
    }

    /// <summary>The counters of a real server.</summary>
    public LvsTrafficStatistics(LvsRealServer server)
    {
        ArgumentNullException.ThrowIfNull(server);
        _statistics = server.Statistics;
        Scope = LvsStatisticsScope.RealServer;
        VirtualService = server.VirtualService;
        RealServer = server.RealServer;
        HostName = server.HostName;
        NetworkNamespace = server.NetworkNamespace;
    }

    /// <summary>What the counters belong to.</summary>
    public LvsStatisticsScope Scope { get; }

    /// <summary>The virtual service; null for a director.</summary>
    public LvsServiceId? VirtualService { get; }

    /// <summary>The real server; null for a director and a virtual service.</summary>
    public LvsServerId? RealServer { get; }

    /// <inheritdoc cref="LvsStatistics.Connections"/>
    public ulong Connections => _statistics.Connections;

    /// <inheritdoc cref="LvsStatistics.IncomingPackets"/>
    public ulong IncomingPackets => _statistics.IncomingPackets;

    /// <inheritdoc cref="LvsStatistics.OutgoingPackets"/>
    public ulong OutgoingPackets => _statistics.OutgoingPackets;

    /// <inheritdoc cref="LvsStatistics.IncomingBytes"/>
    public ulong IncomingBytes => _statistics.IncomingBytes;

    /// <inheritdoc cref="LvsStatistics.OutgoingBytes"/>
    public ulong OutgoingBytes => _statistics.OutgoingBytes;

    /// <inheritdoc cref="LvsStatistics.ConnectionsPerSecond"/>
    public ulong ConnectionsPerSecond => _statistics.ConnectionsPerSecond;

    /// <inheritdoc cref="LvsStatistics.IncomingPacketsPerSecond"/>
    public ulong IncomingPacketsPerSecond => _statistics.IncomingPacketsPerSecond;

    /// <inheritdoc cref="LvsStatistics.OutgoingPacketsPerSecond"/>
    public ulong OutgoingPacketsPerSecond => _statistics.OutgoingPacketsPerSecond;

    /// <inheritdoc cref="LvsStatistics.IncomingBytesPerSecond"/>
    public ulong IncomingBytesPerSecond => _statistics.IncomingBytesPerSecond;

    /// <inheritdoc cref="LvsStatistics.OutgoingBytesPerSecond"/>
    public ulong OutgoingBytesPerSecond => _statistics.OutgoingBytesPerSecond;

    /// <summary>The director that reported them.</summary>
    public string HostName { get; }

    /// <summary>The network namespace of that director; null for the one that the process runs in.</summary>
    public string? NetworkNamespace { get; }
}
