namespace LvsAdmin.Core.Fleet;

/// <summary>Another director of the same pair. From the pipeline, it names its host to the cmdlets of this module.</summary>
/// <param name="HostName">The host.</param>
/// <param name="NetworkNamespace">Its network namespace of this machine; null for the host's own.</param>
public sealed record LvsRolloutPeer(string HostName, string? NetworkNamespace)
{
    /// <summary>The host.</summary>
    public override string ToString() => NetworkNamespace ?? HostName;
}
