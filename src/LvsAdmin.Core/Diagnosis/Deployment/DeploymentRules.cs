namespace LvsAdmin.Core.Diagnosis;

/// <summary>The rules in the order in which they look: what a later one finds may be a consequence of what an earlier one found.</summary>
internal static class DeploymentRules
{
    internal static IReadOnlyList<DeploymentRule> All { get; } =
    [
        new VipMissingRule(),
    ];
}
