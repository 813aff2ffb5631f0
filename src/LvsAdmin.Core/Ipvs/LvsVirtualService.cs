namespace LvsAdmin.Core.Ipvs;

/// <summary>A virtual service as the kernel of a director reports it.</summary>
public sealed class LvsVirtualService
{
    /// <summary>Wraps what was read from a kernel.</summary>
    /// <param name="settings">What is configured.</param>
    public LvsVirtualService(VirtualServiceSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Settings = settings;
    }

    /// <summary>What is configured, apart from what is observed.</summary>
    public VirtualServiceSettings Settings { get; }

    /// <summary>The identity, such as <c>tcp/192.0.2.10:80</c>.</summary>
    public LvsServiceId VirtualService => Settings.VirtualService;

    /// <summary>The protocol; null for a firewall mark.</summary>
    public LvsProtocol? Protocol => VirtualService.Protocol;

    /// <summary>The virtual IP; null for a firewall mark.</summary>
    public LvsAddress? Address => VirtualService.Address;

    /// <summary>The port; null for a firewall mark.</summary>
    public ushort? Port => VirtualService.Port;

    /// <summary>The firewall mark; null for a service of protocol, address and port.</summary>
    public uint? FirewallMark => VirtualService.FirewallMark;

    /// <summary>The address family.</summary>
    public LvsAddressFamily AddressFamily => VirtualService.AddressFamily;

    /// <summary>The name of the scheduler.</summary>
    public string Scheduler => Settings.Scheduler;

    /// <summary>The flags of the scheduler.</summary>
    public LvsSchedulerFlags SchedulerFlags => Settings.SchedulerFlags;

    /// <summary>Whether every packet is scheduled by itself.</summary>
    public bool OnePacket => Settings.OnePacket;

    /// <summary>For how many seconds a client stays with its real server; null when the service is not persistent.</summary>
    public uint? PersistenceTimeout => Settings.PersistenceTimeout;

    /// <summary>How many leading bits of a client's address make one persistent client; null for every address by itself.</summary>
    public int? PersistencePrefixLength => Settings.PersistencePrefixLength;

    /// <summary>The persistence engine; null for none.</summary>
    public string? PersistenceEngine => Settings.PersistenceEngine;

    /// <summary>Attributes that the kernel sent and this version does not know, as they came: a Set sends them back unchanged.</summary>
    internal ReadOnlyMemory<byte> UnknownAttributes { get; init; }

    /// <summary>Totals and rates.</summary>
    public LvsStatistics Statistics { get; init; } = new();

    /// <summary>The director that reported it.</summary>
    public string HostName { get; init; } = string.Empty;

    /// <summary>The network namespace of that director that holds the table; null for the one that the process runs in.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>The identity as text.</summary>
    public override string ToString() => VirtualService.ToString();
}
