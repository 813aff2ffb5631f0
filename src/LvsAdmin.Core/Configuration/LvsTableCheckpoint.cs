namespace LvsAdmin.Core.Configuration;

/// <summary>A director's whole table as it was at a time: services, real servers, timeouts, sync daemons. Restore-LvsTable brings it back.</summary>
public sealed class LvsTableCheckpoint
{
    /// <summary>Keeps what was read.</summary>
    /// <param name="configuration">The table, with all services in its scope.</param>
    /// <param name="time">When it was read.</param>
    /// <param name="hostName">The director.</param>
    /// <param name="networkNamespace">The network namespace of the director; null for the one that the process runs in.</param>
    public LvsTableCheckpoint(LvsConfiguration configuration, DateTimeOffset time, string hostName, string? networkNamespace)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        Configuration = configuration with { Scope = ["*"] };
        Time = time;
        HostName = hostName;
        NetworkNamespace = networkNamespace;
    }

    /// <summary>When it was read.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>How many services there were.</summary>
    public int VirtualServiceCount => Configuration.VirtualServices.Count;

    /// <summary>How many real servers all services had together.</summary>
    public int RealServerCount => Configuration.VirtualServices.Sum(service => service.RealServers?.Count ?? 0);

    /// <summary>The table, as a desired state.</summary>
    public LvsConfiguration Configuration { get; }

    /// <summary>The table as JSON, which outlives a file or another session.</summary>
    public string Document => JsonText.Write(Configuration).Text;

    /// <summary>The director.</summary>
    public string HostName { get; }

    /// <summary>The network namespace of the director; null for the one that the process runs in.</summary>
    public string? NetworkNamespace { get; }

    /// <summary>The checkpoint in words.</summary>
    public override string ToString() => $"{HostName} {Time:u}";
}
