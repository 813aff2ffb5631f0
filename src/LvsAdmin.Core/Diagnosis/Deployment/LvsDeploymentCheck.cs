using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>What one check of a deployment found: on a director, on a real server's host, or between them.</summary>
public sealed record LvsDeploymentCheck
{
    /// <summary>The cause of trouble that was looked for: a short name that does not change.</summary>
    public required LvsDeploymentCause Cause { get; init; }

    /// <summary>How it ended.</summary>
    public required LvsCheckOutcome Outcome { get; init; }

    /// <summary>The host on which it was found; <c>localhost</c> for this machine.</summary>
    public required string HostName { get; init; }

    /// <summary>The network namespace in which it was found; null for the host's own.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>The virtual IP that it matters to; null when it matters to all.</summary>
    public LvsAddress? Vip { get; init; }

    /// <summary>The virtual service that it matters to; null when it matters to all.</summary>
    public LvsServiceId? VirtualService { get; init; }

    /// <summary>The real server that it matters to; null when it matters to all of the service.</summary>
    public LvsServerId? RealServer { get; init; }

    /// <summary>What has to be so, in a few words.</summary>
    public required string Expected { get; init; }

    /// <summary>What was found, in a few words; of a check that could not be done, why not.</summary>
    public required string Found { get; init; }

    /// <summary>Why it matters: what clients see of it. Null where the check passed.</summary>
    public string? Reason { get; init; }

    /// <summary>The line that mends it; null where nothing needs to be mended, or no cmdlet may do it.</summary>
    public LvsRemedy? Remedy { get; init; }

    /// <summary>What to do by hand, where no cmdlet does it; null otherwise.</summary>
    public string? Advice { get; init; }

    /// <summary>Whether it failed before <c>Test-LvsDeployment -Repair</c> mended it.</summary>
    public bool Repaired { get; init; }

    /// <summary>The host on which it was found.</summary>
    internal DeploymentHost? Place { get; init; }

    /// <summary>What tells this check from others, whatever it found: the same one may come up for several services and directors.</summary>
    internal object Key => (Cause, HostName, NetworkNamespace, Vip, VirtualService, RealServer);

    /// <summary>The result as a person would read it.</summary>
    public override string ToString() =>
        $"{HostName}{(NetworkNamespace is null ? string.Empty : $" ({NetworkNamespace})")}: {Cause} {Outcome}: expected {Expected}; found {Found}.";
}
