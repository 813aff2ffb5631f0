using System.Globalization;
using System.Management.Automation;
using LvsAdmin.Core.Configuration;

namespace LvsAdmin.Commands;

/// <summary>A cmdlet that brings directors to a desired state.</summary>
public abstract class SyncCommand : ConfigurationCommand
{
    /// <summary>
    /// How many seconds to wait for the connections of real servers that are to be removed, 0 to 86400; 60 unless said otherwise. 0 removes them at once, with
    /// their connections.
    /// </summary>
    [Parameter]
    [ValidateRange(0, 86_400)]
    public int DrainTimeout { get; set; } = (int)SyncOptions.DefaultDrainTimeout.TotalSeconds;

    /// <summary>Take back what was done on a director when something fails there.</summary>
    [Parameter]
    public SwitchParameter Rollback { get; set; }

    /// <summary>Write what became of each step.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override SyncOptions SyncOptions => base.SyncOptions with { DrainTimeout = TimeSpan.FromSeconds(DrainTimeout), Rollback = Rollback };

    /// <summary>Carries out a plan on the present host, as far as the user wants it.</summary>
    private protected async ValueTask ApplyAsync(LvsPlan plan)
    {
        if (plan.Items.All(item => item.StepCount == 0 && item.Refusal is null))
        {
            await VerboseAsync($"{HostText} is already as wanted: nothing is changed.");
        }

        HashSet<LvsPlanItem> wanted = [];
        foreach (LvsPlanItem item in plan.Items)
        {
            foreach (string warning in item.Refusal is null ? item.Warnings : [])
            {
                await WarningAsync(warning);
            }

            // One question for an object: half of its steps could leave it without a server.
            if (item.Refusal is not null || (item.StepCount > 0 && await ShouldProcessAsync($"{item.Identity} on {HostText}", Describe(item))))
            {
                wanted.Add(item);
            }
        }

        LvsSyncResult result = await PlanExecutor.RunAsync(
            TargetHost, await ConnectAsync(), plan.Only(wanted.Contains), SyncOptions, ReportAsync, StopToken);
        await ProgressAsync(Record(0, "done", ProgressRecordType.Completed));
        foreach (LvsSyncStep step in result.Steps)
        {
            await VerboseAsync($"{HostText}: {step}");
            if (step is { State: LvsSyncState.Done, Message: { } left })
            {
                await WarningAsync($"{step.Identity} on {HostText}: {left}");
            }
        }

        foreach ((string identity, Exception failure) in result.Failures)
        {
            await ErrorAsync(Errors.ToRecord(failure, identity));
        }

        if (PassThru)
        {
            await OutputAsync(result);
        }
    }

    // Each difference with its old and new value, as the plan has it.
    private static string Describe(LvsPlanItem item) =>
        string.Join('\n', ["Sync", .. item.Changes.Where(change => change.Action is not (LvsChangeAction.Held or LvsChangeAction.Extra)).Select(change => $"  {change}")]);

    private ValueTask ReportAsync(SyncProgress progress)
    {
        string status = progress.Draining == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{progress.Done} of {progress.Total} steps")
            : string.Create(CultureInfo.InvariantCulture, $"{progress.Done} of {progress.Total} steps; {progress.Draining} real servers with {progress.Connections} connections, {progress.Remaining?.TotalSeconds:0} s left");
        int percent = progress.Total == 0 ? 100 : progress.Done * 100 / progress.Total;
        return ProgressAsync(Record(percent, status, ProgressRecordType.Processing));
    }

    private ProgressRecord Record(int percent, string status, ProgressRecordType type) =>
        new(CurrentHost.GetHashCode() & int.MaxValue, $"{MyInvocation.MyCommand.Name} {HostText}", status) { PercentComplete = percent, RecordType = type };
}
