using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Configuration;

/// <summary>
/// Takes finished steps of a plan back. The last one first, so that servers that were removed are back before those that replaced them go; and these are
/// drained before.
/// </summary>
internal sealed class PlanReversal(ILvsHost host, IpvsClient client, SyncOptions options)
{
    private readonly List<LvsSyncFailure> _failures = [];

    /// <summary>Takes the steps of a journal back. Not cancellable: the director would be left half changed.</summary>
    /// <param name="journal">The finished steps, the first one first.</param>
    /// <returns>What could not be taken back.</returns>
    /// <exception cref="LvsConnectionException">The director was lost.</exception>
    internal async ValueTask<IReadOnlyList<LvsSyncFailure>> RunAsync(IReadOnlyList<LvsSyncStep> journal)
    {
        ILookup<bool, LvsSyncStep> steps = journal.Reverse().ToLookup(step => step.Planned is PlanStep.Table { Change: IpvsChange.AddService or IpvsChange.AddRealServer });
        foreach (LvsSyncStep step in steps[false])
        {
            await TakeBackAsync(step).ConfigureAwait(false);
        }

        if (options.DrainTimeout > TimeSpan.Zero)
        {
            await DrainAsync(steps[true]).ConfigureAwait(false);
        }

        foreach (LvsSyncStep step in steps[true])
        {
            await TakeBackAsync(step).ConfigureAwait(false);
        }

        return _failures;
    }

    private async ValueTask TakeBackAsync(LvsSyncStep step)
    {
        try
        {
            switch (step.Planned)
            {
                case PlanStep.Table table:
                    IReadOnlyList<IpvsException?> refusals = await client.ApplyAsync(table.Undo, CancellationToken.None).ConfigureAwait(false);
                    if (refusals.FirstOrDefault(refusal => refusal is not null) is { } refused)
                    {
                        throw refused;
                    }

                    break;
                case PlanStep.Host planned:
                    await HostPlan.ApplyAsync([.. planned.Changes.Reverse().Select(change => change.Reversed())], CancellationToken.None).ConfigureAwait(false);
                    break;
                case PlanStep.Call call:
                    await call.Undo(client, CancellationToken.None).ConfigureAwait(false);
                    break;
            }

            step.State = LvsSyncState.TakenBack;
        }
        catch (Exception failure) when (failure is IpvsException or (LvsHostException and not LvsConnectionException))
        {
            step.Message = $"could not be taken back: {failure.Message}";
            _failures.Add(new LvsSyncFailure(step.Identity, new LvsSyncException(
                LvsSyncError.SyncFailed, $"{step.Identity} on {host.Name}: '{step.Step}' could not be taken back: {failure.Message}", failure)));
        }
    }

    // Servers that were added may have clients already.
    private async ValueTask DrainAsync(IEnumerable<LvsSyncStep> added)
    {
        DrainWatch watch = new(host, client, options);
        List<PlanStep.Drain> drains = [];
        IEnumerable<IpvsChange.AddRealServer> changes = added.Select(step => ((PlanStep.Table)step.Planned).Change).OfType<IpvsChange.AddRealServer>();
        foreach (IGrouping<LvsServiceId, IpvsChange.AddRealServer> group in changes.GroupBy(change => change.Service))
        {
            if (await client.FindServiceAsync(group.Key, CancellationToken.None).ConfigureAwait(false) is not { } service)
            {
                continue;
            }

            HashSet<LvsServerId> ours = [.. group.Select(change => change.Settings.RealServer)];
            LvsRealServer[] present = [.. (await client.GetRealServersAsync(group.Key, CancellationToken.None).ConfigureAwait(false)).Where(server => ours.Contains(server.RealServer))];
            _ = await client.ApplyAsync(
                [.. present.Select(server => new IpvsChange.SetRealServer(server, server.Settings with { Weight = 0 }))], CancellationToken.None).ConfigureAwait(false);
            PlanStep.Drain drain = new("drain", service, [.. present.Select(server => server.RealServer)]);
            watch.Begin(drain);
            drains.Add(drain);
        }

        await watch.LookAsync(CancellationToken.None).ConfigureAwait(false);
        while (!drains.TrueForAll(watch.IsOver))
        {
            await watch.PauseAsync(CancellationToken.None).ConfigureAwait(false);
            await watch.LookAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }
}
