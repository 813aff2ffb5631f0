using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Which connections are wanted: those that meet every condition given. Null conditions hold for all.</summary>
public sealed record ConnectionFilter
{
    /// <summary>Whether a service is wanted; entries of which no service is known are not asked about and left out.</summary>
    public Func<LvsServiceId, bool>? VirtualService { get; init; }

    /// <summary>Whether a real server is wanted.</summary>
    public Func<LvsServerId, bool>? RealServer { get; init; }

    /// <summary>The client wanted.</summary>
    public LvsAddress? ClientAddress { get; init; }

    /// <summary>The states wanted; empty is as good as null.</summary>
    public IReadOnlyCollection<LvsConnectionState>? States { get; init; }
}
