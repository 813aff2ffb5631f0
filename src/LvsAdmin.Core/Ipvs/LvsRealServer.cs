namespace LvsAdmin.Core.Ipvs;

/// <summary>A real server of a virtual service as the kernel of a director reports it.</summary>
public sealed class LvsRealServer
{
    /// <summary>Wraps what was read from a kernel.</summary>
    /// <param name="virtualService">The service that it belongs to.</param>
    /// <param name="settings">What is configured.</param>
    public LvsRealServer(LvsServiceId virtualService, RealServerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(virtualService);
        ArgumentNullException.ThrowIfNull(settings);
        VirtualService = virtualService;
        Settings = settings;
    }

    /// <summary>The service that it belongs to.</summary>
    public LvsServiceId VirtualService { get; }

    /// <summary>What is configured, apart from what is observed.</summary>
    public RealServerSettings Settings { get; }

    /// <summary>The identity within the service, such as <c>192.0.2.21:80</c>.</summary>
    public LvsServerId RealServer => Settings.RealServer;

    /// <summary>The real server's own address (RIP).</summary>
    public LvsAddress Address => RealServer.Address;

    /// <summary>The port on the real server.</summary>
    public ushort Port => RealServer.Port ?? 0;

    /// <summary>How packets reach it.</summary>
    public LvsForwardingMethod Forwarding => Settings.Forwarding;

    /// <summary>Its share of new connections; 0 takes no new ones.</summary>
    public int Weight => Settings.Weight;

    /// <summary>The count of connections at which it gets no new ones; 0 for no limit.</summary>
    public uint UpperThreshold => Settings.UpperThreshold;

    /// <summary>The count of connections under which it gets new ones again.</summary>
    public uint LowerThreshold => Settings.LowerThreshold;

    /// <summary>What tunnelled packets are wrapped in.</summary>
    public LvsTunnelType TunnelType => Settings.TunnelType;

    /// <summary>The UDP port on which the real server receives GUE; 0 otherwise.</summary>
    public ushort TunnelPort => Settings.TunnelPort;

    /// <summary>The checksum of a GUE or GRE tunnel.</summary>
    public LvsTunnelChecksum TunnelChecksum => Settings.TunnelChecksum;

    /// <summary>Connections in the state ESTABLISHED. For UDP the kernel counts all as inactive.</summary>
    public uint ActiveConnections { get; init; }

    /// <summary>Connections in any other state.</summary>
    public uint InactiveConnections { get; init; }

    /// <summary>Persistence templates: clients that are bound to this server.</summary>
    public uint PersistentConnections { get; init; }

    /// <summary>Attributes that the kernel sent and this version does not know, as they came: a Set sends them back unchanged.</summary>
    internal ReadOnlyMemory<byte> UnknownAttributes { get; init; }

    /// <summary>Totals and rates.</summary>
    public LvsStatistics Statistics { get; init; } = new();

    /// <summary>The director that reported it.</summary>
    public string HostName { get; init; } = string.Empty;

    /// <summary>The network namespace of that director that holds the table; null for the one that the process runs in.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>The identity within the service as text.</summary>
    public override string ToString() => RealServer.ToString();
}
