using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Fleet;

/// <summary>A virtual service of one director, as far as a roll-out may take servers out of it.</summary>
/// <param name="director">The director as messages name it.</param>
/// <param name="service">The service.</param>
/// <param name="servers">Its real servers, and whether each takes new connections now.</param>
/// <param name="minimum">How many must go on taking them.</param>
internal sealed class RolloutPool(string director, LvsServiceId service, IReadOnlyDictionary<LvsServerId, bool> servers, int minimum)
{
    /// <summary>The director as messages name it.</summary>
    internal string Director => director;

    /// <summary>The service.</summary>
    internal LvsServiceId Service => service;

    /// <summary>How many must go on taking new connections.</summary>
    internal int Minimum => minimum;

    /// <summary>How many take new connections now.</summary>
    internal int Available { get; } = servers.Values.Count(isAvailable => isAvailable);

    /// <summary>How many of them may be taken out; none where there are too few already.</summary>
    internal int Capacity => Math.Max(0, Available - minimum);

    /// <summary>How many servers that take new connections a host has here.</summary>
    internal int CostOf(LvsRolloutTarget target) => servers.Count(server => server.Value && target.Addresses.Contains(server.Key.Address));
}
