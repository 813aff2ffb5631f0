using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>A real server of a virtual service as a document describes it.</summary>
public sealed record ServerConfiguration
{
    /// <summary>Identity (with its port), forwarding, weight.</summary>
    public required RealServerSettings Settings { get; init; }

    /// <summary>Which server.</summary>
    public LvsServerId RealServer => Settings.RealServer;

    /// <summary>How it is checked; null for as the service says.</summary>
    public HealthCheckSettings? HealthCheck { get; init; }

    /// <summary>Which server.</summary>
    public override string ToString() => RealServer.ToString();
}
