namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>A network interface of a simulated host.</summary>
internal sealed class SimulatedInterface
{
    internal required string Name { get; init; }

    /// <summary>Its number (ifindex).</summary>
    internal required int Index { get; init; }

    /// <summary>ip(8)'s name of its kind, such as dummy; empty for lo and for network cards.</summary>
    internal string Kind { get; init; } = string.Empty;

    /// <summary>What ip -details prints of the kind, as JSON; null for nothing.</summary>
    internal string? KindData { get; init; }

    internal int Mtu { get; init; } = 1500;

    internal bool IsUp { get; set; }

    internal bool IsLoopback => Name == "lo";

    /// <summary>Whether it is a network card or behaves as one.</summary>
    internal bool IsEthernet => Kind.Length == 0 && !IsLoopback;

    internal List<SimulatedAddress> Addresses { get; } = [];

    /// <summary>The address on the link.</summary>
    internal string Mac => IsLoopback ? "00:00:00:00:00:00" : $"02:00:00:00:00:{Index:x2}";
}
