using System.Runtime.Versioning;
using LvsAdmin.Core.Diagnosis;

namespace LvsAdmin.Tests.Kernel.Deployment;

/// <summary>All causes of trouble, each made on purpose.</summary>
[SupportedOSPlatform("linux")]
internal static class DeploymentScenarios
{
    internal static IReadOnlyList<DeploymentScenario> All { get; } = [.. VipScenarios.All, .. TrafficScenarios.All];
}
