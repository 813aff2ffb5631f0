using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Diagnosis.Health;

/// <summary>What one check of a real server found: what Test-LvsRealServer writes.</summary>
public sealed record LvsProbeResult
{
    /// <summary>The service.</summary>
    public required LvsServiceId VirtualService { get; init; }

    /// <summary>The real server.</summary>
    public required LvsServerId RealServer { get; init; }

    /// <summary>Which check it was: <c>Path</c> (where there is no way to it), <c>Tcp</c>, <c>Tls</c>, <c>Certificate</c>, <c>Http</c>, <c>Dns</c>, <c>Smtp</c> or <c>Script</c>.</summary>
    public required string Check { get; init; }

    /// <summary>How it ended.</summary>
    public required LvsCheckOutcome Outcome { get; init; }

    /// <summary>What was expected.</summary>
    public required string Expected { get; init; }

    /// <summary>What was found.</summary>
    public required string Found { get; init; }

    /// <summary>How long it took. From a host over SSH, the way to the host is in it.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>What was asked, such as <c>192.0.2.10:80 by 192.0.2.21</c>.</summary>
    public required string Target { get; init; }

    /// <summary>Whether the virtual IP was asked.</summary>
    public required bool ThroughVip { get; init; }

    /// <summary>The host from which it was asked.</summary>
    public required string From { get; init; }

    /// <summary>The director of the service; <c>localhost</c> for this machine.</summary>
    public string HostName { get; init; } = string.Empty;

    /// <summary>Its network namespace; null for the host's own.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>The result as a person would read it.</summary>
    public override string ToString() => $"{RealServer} of {VirtualService}: {Check} {Outcome}: expected {Expected}; found {Found}";
}
