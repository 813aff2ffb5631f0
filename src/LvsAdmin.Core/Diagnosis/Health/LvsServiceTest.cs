using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Diagnosis.Health;

/// <summary>What came of asking a virtual service many times: what Test-LvsVirtualService writes.</summary>
public sealed record LvsServiceTest
{
    /// <summary>The service.</summary>
    public required LvsServiceId VirtualService { get; init; }

    /// <summary>The host from which it was asked.</summary>
    public required string From { get; init; }

    /// <summary>How often it was asked.</summary>
    public required int Count { get; init; }

    /// <summary>How many probes were answered as they should be.</summary>
    public required int Answered { get; init; }

    /// <summary>How many were not.</summary>
    public int Failed => Count - Answered;

    /// <summary>Why, each reason with how often.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];

    /// <summary>The shortest time until an answer; from a host over SSH, the way to the host is in it. Zero where none was answered.</summary>
    public TimeSpan Minimum { get; init; }

    /// <summary>The time within which half of the answers came.</summary>
    public TimeSpan Median { get; init; }

    /// <summary>The time within which 95 percent of them came.</summary>
    public TimeSpan Percentile95 { get; init; }

    /// <summary>The longest time.</summary>
    public TimeSpan Maximum { get; init; }

    /// <summary>Who answered.</summary>
    public IReadOnlyList<LvsServiceTestServer> Servers { get; init; } = [];

    /// <summary>How many probes the director's connection table does not show with one of the servers.</summary>
    public int Untraced { get; init; }

    /// <summary>The scheduler.</summary>
    public required string Scheduler { get; init; }

    /// <summary>What scheduler, weights and persistence promise to one client that asks so often, in words.</summary>
    public required string Promise { get; init; }

    /// <summary>Which part of the probes, 0 to 1, another server got than was promised; null where nothing is promised, or nothing could be traced.</summary>
    public double? Deviation { get; init; }

    /// <summary>Whether the spread is as promised, as near as such a count can be; null where <see cref="Deviation"/> is.</summary>
    public bool? IsAsPromised { get; init; }

    /// <summary>Whether every probe was answered.</summary>
    public bool Passed => Count > 0 && Answered == Count;

    /// <summary>The director of the service; <c>localhost</c> for this machine.</summary>
    public string HostName { get; init; } = string.Empty;

    /// <summary>Its network namespace; null for the host's own.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>The service with its counts.</summary>
    public override string ToString() => $"{VirtualService}: {Answered} of {Count} answered";
}
