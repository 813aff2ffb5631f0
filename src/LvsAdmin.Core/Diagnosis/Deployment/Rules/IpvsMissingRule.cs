using System.Runtime.CompilerServices;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>Whether the director's kernel has IPVS. Asking for it loads the module where it can be loaded, so what is missing now could not be.</summary>
internal sealed class IpvsMissingRule : DeploymentRule
{
    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.IpvsMissing;

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<LvsDeploymentCheck> CheckAsync(DeploymentContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const string Expected = "the kernel has IPVS";
        DeploymentHost director = context.Director;
        if (await KernelModules.IsIpvsLoadedAsync(director.Host, cancellationToken).ConfigureAwait(false))
        {
            yield return Passed(director, Expected, "ip_vs is loaded");
            yield break;
        }

        string release = await KernelModules.ReleaseAsync(director.Host, cancellationToken).ConfigureAwait(false) ?? "the running kernel";
        yield return Failed(director, Expected, "ip_vs is not loaded, and could not be", "There is no virtual service at all: clients are refused, or wait in vain.") with
        {
            Advice = $"modprobe ip_vs as root tells why; the modules of {release} have to be installed, and in a container ip_vs is loaded on its host.",
        };
    }
}
