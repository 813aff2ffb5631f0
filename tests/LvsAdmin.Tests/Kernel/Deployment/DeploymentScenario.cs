using LvsAdmin.Core.Diagnosis;

namespace LvsAdmin.Tests.Kernel.Deployment;

/// <summary>A cause of trouble that is made on purpose in a deployment that worked.</summary>
/// <param name="Name">What is wrong, in a few words, as the table of scenarios names it.</param>
/// <param name="Cause">What Test-LvsDeployment has to find, and nothing else.</param>
/// <param name="Farm">The deployment, one of <see cref="DeploymentLab.Farms"/>.</param>
/// <param name="Break">Makes it.</param>
internal sealed record DeploymentScenario(string Name, LvsDeploymentCause Cause, string Farm, Action<DeploymentLab> Break)
{
    /// <summary>Mends it by hand, where no cmdlet may do it: the suite holds that no line is offered then. Null where -Repair has to do it.</summary>
    internal Action<DeploymentLab>? Mend { get; init; }

    /// <summary>Puts back what neither -Repair nor traffic needs back, such as a forged neighbour; null for nothing.</summary>
    internal Action<DeploymentLab>? Clean { get; init; }

    /// <summary>Whether clients notice. Null for the usual: a request fails, or not every server answers its share. A scenario whose harm cannot be shown says false.</summary>
    internal Func<DeploymentLab, bool>? Misbehaves { get; init; }

    /// <summary>Whether clients are served, where the usual requests do not show it.</summary>
    internal Func<DeploymentLab, bool>? Works { get; init; }

    /// <summary>What shows up only when the cause is mended, such as neighbours that still have what they learned from it; null for nothing.</summary>
    internal LvsDeploymentCause? Afterwards { get; init; }

    /// <summary>The command line, where it is not the farm's usual one.</summary>
    internal string? Test { get; init; }

    /// <summary>Whether the traffic is tried at all: false where what is made shows up only under conditions that the lab does not have.</summary>
    internal bool ShowsInTraffic { get; init; } = true;

    /// <summary>The name of the scenario.</summary>
    public override string ToString() => Name;
}
