using System.Runtime.CompilerServices;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>Whether every service has a scheduler, without which no connection is given to a real server (ip_vs_schedule, net/netfilter/ipvs/ip_vs_core.c).</summary>
internal sealed class SchedulerRule : DeploymentRule
{
    private const string None = "none";

    // What ipvsadm takes where nothing is said.
    private const string Usual = "wlc";

    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.SchedulerMissing;

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<LvsDeploymentCheck> CheckAsync(DeploymentContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        const string Expected = "a scheduler";
        foreach (DeploymentService service in context.Services)
        {
            yield return (service.Service.Scheduler is None or ""
                ? Failed(context.Director, Expected, "it has no scheduler", "Nobody chooses a real server for a new connection: clients are refused.") with
                {
                    Remedy = LvsRemedy.On(context.Director.Host, "Set-LvsVirtualService", ("VirtualService", service.Id), ("Scheduler", Usual)),
                }
                : Passed(context.Director, Expected, $"the scheduler is {service.Service.Scheduler}")) with
            { VirtualService = service.Id };
        }
    }
}
