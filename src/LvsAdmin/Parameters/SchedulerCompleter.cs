using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Parameters;

/// <summary>Completes the schedulers that the kernel has or can load; the known ones where that cannot be seen.</summary>
public sealed class SchedulerCompleter : HostCompleter
{
    private protected override async Task<IReadOnlyList<(string Text, string ToolTip)>> CandidatesAsync(
        CompletionRequest request, CancellationToken cancellationToken)
    {
        IReadOnlySet<string> loadable = await KernelModules.SchedulersAsync(request.Host, cancellationToken);
        Dictionary<string, string> known = LvsScheduler.Known.ToDictionary(scheduler => scheduler.Name, scheduler => scheduler.Description);
        IEnumerable<string> names = loadable.Count == 0 ? known.Keys : loadable.Append("none");
        return [.. names.Select(name => (name, known.GetValueOrDefault(name, $"Scheduler ip_vs_{name}")))];
    }
}
