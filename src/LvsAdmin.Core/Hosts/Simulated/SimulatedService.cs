namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>A virtual service in a simulated kernel (struct ip_vs_service).</summary>
internal sealed class SimulatedService
{
    internal const uint Hashed = (uint)(1 << 1);

    internal required ServiceKey Key { get; init; }

    /// <summary>The scheduler; "none" for a service without one.</summary>
    internal required string Scheduler { get; set; }

    /// <summary>The persistence engine; null for none.</summary>
    internal string? Engine { get; set; }

    internal uint Flags { get; set; }

    /// <summary>The time of persistence in ticks of the kernel's clock, in 32 bits as the kernel has it: large values wrap around.</summary>
    internal uint TimeoutTicks { get; set; }

    /// <summary>As it came over the wire: a mask in network order, or a prefix length.</summary>
    internal uint Netmask { get; set; }

    /// <summary>The real servers, the last one first (list_add_rcu).</summary>
    internal List<SimulatedServer> Servers { get; } = [];

    internal SimulatedCounter Connections { get; } = new();

    internal SimulatedServer? Find(ServerKey key) => Servers.Find(server => server.Key == key);
}
