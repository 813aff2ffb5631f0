namespace LvsAdmin.Core.Diagnosis;

/// <summary>What can be wrong with a deployment: the causes that are looked for, each by a check of its own.</summary>
public enum LvsDeploymentCause
{
    /// <summary>A host could not be looked at.</summary>
    HostUnreachable,
}
