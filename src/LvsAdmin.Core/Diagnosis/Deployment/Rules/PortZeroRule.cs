using System.Runtime.CompilerServices;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>Whether a service for all ports is persistent: the kernel takes another, but serves nobody by it (ip_vs_schedule, net/netfilter/ipvs/ip_vs_core.c).</summary>
internal sealed class PortZeroRule : DeploymentRule
{
    private const int Seconds = 300;

    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.PortZeroNotPersistent;

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<LvsDeploymentCheck> CheckAsync(DeploymentContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        const string Expected = "a service for all ports (port 0) is persistent";
        foreach (DeploymentService service in context.Services.Where(service => service.Service.Port == 0))
        {
            yield return (service.Service.PersistenceTimeout is { } timeout
                ? Passed(context.Director, Expected, $"clients stay for {timeout} s")
                : Failed(context.Director, Expected, "it is not persistent", "The kernel schedules none of its connections: clients are refused.") with
                {
                    Remedy = LvsRemedy.On(context.Director.Host, "Set-LvsVirtualService", ("VirtualService", service.Id), ("PersistenceTimeout", Seconds)),
                }) with
            { VirtualService = service.Id };
        }
    }
}
