namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>A real server in a simulated kernel (struct ip_vs_dest).</summary>
internal sealed class SimulatedServer
{
    internal required ServerKey Key { get; init; }

    /// <summary>The service that it last belonged to.</summary>
    internal required SimulatedService Service { get; set; }

    internal uint Forwarding { get; set; }

    internal int Weight { get; set; }

    internal uint Upper { get; set; }

    internal uint Lower { get; set; }

    internal byte TunnelType { get; set; }

    internal ushort TunnelPort { get; set; }

    internal ushort TunnelFlags { get; set; }

    internal List<SimulatedConnections> Connections { get; } = [];

    internal SimulatedCounter Total { get; } = new();

    /// <summary>When it was removed from its service; null while it is in one.</summary>
    internal DateTimeOffset? Removed { get; set; }

    /// <summary>The connections of one kind that are open at a time.</summary>
    internal uint Count(DateTimeOffset now, Func<SimulatedConnections, int> kind) =>
        (uint)Connections.Where(connections => connections.End > now).Sum(kind);

    /// <summary>Forgets connections that have ended.</summary>
    internal void Prune(DateTimeOffset now) => Connections.RemoveAll(connections => connections.End <= now);

    /// <summary>Since when nothing needs it any more.</summary>
    internal DateTimeOffset IdleSince => Connections.Select(connections => connections.End).Append(Removed ?? DateTimeOffset.MinValue).Max();
}
