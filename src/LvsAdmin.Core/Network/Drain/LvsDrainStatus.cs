using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>What remains on a real server that is being taken out of a service, as its director counts it.</summary>
public sealed record LvsDrainStatus
{
    /// <summary>Of which service.</summary>
    public required LvsServiceId VirtualService { get; init; }

    /// <summary>Which server.</summary>
    public required LvsServerId RealServer { get; init; }

    /// <summary>Its share of new connections; null when the service does not have it any more.</summary>
    public int? Weight { get; init; }

    /// <summary>Connections in the state ESTABLISHED; 0 for UDP, whose connections the kernel counts as inactive.</summary>
    public long ActiveConnections { get; init; }

    /// <summary>Connections in any other state.</summary>
    public long InactiveConnections { get; init; }

    /// <summary>Persistence templates, by which clients find this server again.</summary>
    public long PersistentConnections { get; init; }

    /// <summary>Whether the templates keep the server busy: the service is persistent and expire_quiescent_template is 0, so that their clients' new connections go there.</summary>
    public bool TemplatesCount { get; init; }

    /// <summary>
    /// Whether nothing remains that would be cut off: no established connection (of UDP: none at all), none that has only begun, and no template that brings
    /// new ones. Closed TCP connections, which the kernel remembers for two minutes (TIME_WAIT), do not count.
    /// </summary>
    public required bool IsIdle { get; init; }

    /// <summary>Whether the server may be stopped: it is idle and gets nothing new (weight 0, or no longer in the service).</summary>
    public bool IsDrained => IsIdle && Weight is null or 0;

    /// <summary>The director that counts; <c>localhost</c> for this machine.</summary>
    public string HostName { get; init; } = string.Empty;

    /// <summary>Its network namespace; null for the host's own.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>What remains, all together.</summary>
    public long Count => ActiveConnections + InactiveConnections + PersistentConnections;

    /// <summary>The counts in words, such as <c>2 active, 1 inactive, 1 persistence templates</c>.</summary>
    public string CountText
    {
        get
        {
            string templates = PersistentConnections == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $", {PersistentConnections} persistence templates");
            return string.Create(CultureInfo.InvariantCulture, $"{ActiveConnections} active, {InactiveConnections} inactive{templates}");
        }
    }

    /// <summary>The server with its counts.</summary>
    public override string ToString() => $"{RealServer} ({CountText})";
}
