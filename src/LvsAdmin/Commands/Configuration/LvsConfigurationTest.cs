using LvsAdmin.Core.Configuration;

namespace LvsAdmin.Commands;

/// <summary>Whether a director is in a desired state, and what differs.</summary>
public sealed class LvsConfigurationTest
{
    internal LvsConfigurationTest(LvsPlan plan)
    {
        InDesiredState = plan.IsInDesiredState;
        Changes = plan.Changes;
        HostName = plan.HostName;
        NetworkNamespace = plan.NetworkNamespace;
    }

    /// <summary>Whether nothing differs but what operators hold.</summary>
    public bool InDesiredState { get; }

    /// <summary>The differences.</summary>
    public IReadOnlyList<LvsConfigurationChange> Changes { get; }

    /// <summary>The director.</summary>
    public string HostName { get; }

    /// <summary>The network namespace of the director; null for the one that the process runs in.</summary>
    public string? NetworkNamespace { get; }
}
