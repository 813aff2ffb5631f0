using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>One entry of a director's connection table, as /proc/net/ip_vs_conn shows it. How it is forwarded, and a firewall mark, are not shown there.</summary>
public sealed record LvsConnection
{
    /// <summary>The protocol; null for what the kernel shows as IP: a persistence template of a firewall mark.</summary>
    public LvsProtocol? Protocol { get; init; }

    /// <summary>The client; of a template, the client's network.</summary>
    public LvsAddress ClientAddress { get; init; }

    /// <summary>The client's port, 0 to 65535; 0 in a template.</summary>
    public int ClientPort { get; init; }

    /// <summary>The address that the client talks to; in a template of a firewall mark, the mark in its first 32 bits.</summary>
    public LvsAddress VirtualAddress { get; init; }

    /// <summary>The port that the client talks to, 0 to 65535.</summary>
    public int VirtualPort { get; init; }

    /// <summary>The address of the real server.</summary>
    public LvsAddress RealServerAddress { get; init; }

    /// <summary>The port of the real server, 0 to 65535.</summary>
    public int RealServerPort { get; init; }

    /// <summary>What the director believes of it.</summary>
    public LvsConnectionState State { get; init; }

    /// <summary>The kernel's word for the state.</summary>
    public required string StateText { get; init; }

    /// <summary>Seconds until the director forgets it, unless more packets come.</summary>
    public long ExpiresInSeconds { get; init; }

    /// <summary>Whether this is a template, by which persistence finds the client's server again, rather than a connection.</summary>
    public bool IsTemplate { get; init; }

    /// <summary>The persistence engine that made the template, such as <c>sip</c>; null for none.</summary>
    public string? PersistenceEngine { get; init; }

    /// <summary>What the engine recognises the client by (for sip, the call id); null for none.</summary>
    public string? PersistenceEngineData { get; init; }

    /// <summary>
    /// The service that protocol, address and port name, or, in a template of a firewall mark, that mark; null for other protocols. The connections that
    /// a firewall mark scheduled show the address of their packets, which names no service.
    /// </summary>
    public LvsServiceId? VirtualService { get; init; }

    /// <summary>The real server.</summary>
    public required LvsServerId RealServer { get; init; }

    /// <summary>The director that it was read from; <c>localhost</c> for this machine.</summary>
    public string HostName { get; init; } = string.Empty;

    /// <summary>The network namespace that it was read in; null for the host's own.</summary>
    public string? NetworkNamespace { get; init; }
}
