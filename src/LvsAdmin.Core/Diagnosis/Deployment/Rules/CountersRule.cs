using System.Runtime.CompilerServices;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>Whether the director counts: from Linux 6.2 on totals come from the same threads as the rates, so that all stands still without them (ip_vs_est.c).</summary>
internal sealed class CountersRule : DeploymentRule
{
    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.CountersFrozen;

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<LvsDeploymentCheck> CheckAsync(DeploymentContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DeploymentHost director = context.Director;
        const string Expected = "statistics are computed";
        const string Reason = "Rates stay at 0, and with newer kernels totals too: whoever watches them sees no traffic where there is.";
        string? run = await director.ParameterAsync("run_estimation", cancellationToken).ConfigureAwait(false);
        string? processors = await director.ParameterAsync("est_cpulist", cancellationToken).ConfigureAwait(false);
        if (run == "0")
        {
            yield return Failed(director, Expected, "run_estimation is 0", Reason) with
            {
                Remedy = LvsRemedy.On(director.Host, "Set-LvsKernelParameter", ("Name", "run_estimation"), ("Value", 1)),
            };
        }
        else if (processors is "")
        {
            string? online = (await director.ReadAsync("/sys/devices/system/cpu/online", cancellationToken).ConfigureAwait(false))?.Trim();
            yield return Failed(director, Expected, "est_cpulist names no processor", Reason) with
            {
                Remedy = LvsRemedy.On(director.Host, "Set-LvsKernelParameter", ("Name", "est_cpulist"), ("Value", online is null or "" ? "0" : online)),
            };
        }
        else if (run is not null)
        {
            yield return Passed(director, Expected, $"run_estimation is {run}");
        }
    }
}
