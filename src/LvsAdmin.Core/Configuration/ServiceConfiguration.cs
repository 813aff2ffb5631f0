using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>A virtual service as a document describes it.</summary>
public sealed record ServiceConfiguration
{
    /// <summary>Identity, scheduler, persistence.</summary>
    public required VirtualServiceSettings Settings { get; init; }

    /// <summary>Which service.</summary>
    public LvsServiceId VirtualService => Settings.VirtualService;

    /// <summary>Its real servers: these and no others, each of another identity. Null when the document has no say in them.</summary>
    public IReadOnlyList<ServerConfiguration>? RealServers { get; init; }

    /// <summary>
    /// How many real servers must be there to take new connections (weight above 0) at any time: a count or, with <see cref="MinimumIsPercent"/>, a share
    /// of those that the document names. Null when the document does not say.
    /// </summary>
    public int? MinimumAvailable { get; init; }

    /// <summary>Whether <see cref="MinimumAvailable"/> is in percent.</summary>
    public bool MinimumIsPercent { get; init; }

    /// <summary>The sum of the weights of healthy real servers below which the service counts as down (keepalived.conf(5), quorum); null for none.</summary>
    public uint? Quorum { get; init; }

    /// <summary>The server that takes the connections when the quorum is lost (keepalived.conf(5), sorry_server; ldirectord(8), fallback); null for none.</summary>
    public RealServerSettings? SorryServer { get; init; }

    /// <summary>How its real servers are checked, where they do not say it themselves; null for not.</summary>
    public HealthCheckSettings? HealthCheck { get; init; }

    /// <summary>Which service.</summary>
    public override string ToString() => VirtualService.ToString();
}
