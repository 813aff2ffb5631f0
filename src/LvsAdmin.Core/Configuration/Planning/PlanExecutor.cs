using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Configuration;

/// <summary>
/// Carries out a plan. Objects go on side by side, one step of each in every batch, so that a step that is refused stops its own object's next one and no
/// other's. What was done is written down, and can be taken back from there.
/// </summary>
public sealed class PlanExecutor
{
    private readonly ILvsHost _host;
    private readonly IpvsClient _client;
    private readonly Func<SyncProgress, ValueTask> _report;
    private readonly DrainWatch _drains;
    private readonly List<Lane> _lanes;
    private readonly List<LvsSyncStep> _journal = [];
    private readonly List<LvsSyncFailure> _failures = [];

    private PlanExecutor(ILvsHost host, IpvsClient client, LvsPlan plan, SyncOptions options, Func<SyncProgress, ValueTask> report)
    {
        _host = host;
        _client = client;
        _report = report;
        _drains = new DrainWatch(host, client, options);
        _lanes = [.. plan.Items.Select(item => new Lane(item))];
    }

    /// <summary>Carries out a plan.</summary>
    /// <param name="host">The director.</param>
    /// <param name="client">Its IPVS.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="options">How: the time-out of drains, and whether to take back.</param>
    /// <param name="report">Is told how far it is.</param>
    /// <param name="cancellationToken">Stops between two steps and within waits; with <see cref="SyncOptions.Rollback"/> what was done is then taken back.</param>
    /// <returns>What became of each step. A step that is refused is no exception here.</returns>
    /// <exception cref="LvsConnectionException">The director was lost: what was done is done, and the next plan will begin from there.</exception>
    /// <exception cref="LvsAdmin.Core.Netlink.NetlinkException">The answer of the kernel was lost, likewise.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static async ValueTask<LvsSyncResult> RunAsync(
        ILvsHost host, IpvsClient client, LvsPlan plan, SyncOptions options, Func<SyncProgress, ValueTask> report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(report);
        long begun = options.Time.GetTimestamp();
        PlanExecutor executor = new(host, client, plan, options, report);
        try
        {
            await executor.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (options.Rollback)
        {
            // Who stops the work does not want to wait.
            await executor.TakeBackAsync(options with { DrainTimeout = TimeSpan.Zero }).ConfigureAwait(false);
            throw;
        }

        if (options.Rollback && executor._failures.Count > 0)
        {
            await executor.TakeBackAsync(options).ConfigureAwait(false);
        }

        return new LvsSyncResult(plan, [.. executor._lanes.SelectMany(lane => lane.Steps)], executor._failures, options.Time.GetElapsedTime(begun));
    }

    private async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        foreach (Lane lane in _lanes)
        {
            if (lane.Item.Refusal is { } refusal)
            {
                Fail(lane, refusal);
            }
        }

        // What comes before the services, the services, and what comes after them: as they stand in the plan.
        int first = _lanes.FindIndex(lane => lane.Item.VirtualService is not null);
        int last = _lanes.FindLastIndex(lane => lane.Item.VirtualService is not null);
        await RunAloneAsync(first < 0 ? _lanes : _lanes[..first], cancellationToken).ConfigureAwait(false);
        if (first >= 0)
        {
            await RunTogetherAsync(_lanes[first..(last + 1)], cancellationToken).ConfigureAwait(false);
            await RunAloneAsync(_lanes[(last + 1)..], cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask RunAloneAsync(List<Lane> lanes, CancellationToken cancellationToken)
    {
        foreach (Lane lane in lanes)
        {
            while (lane.Next is { } step)
            {
                cancellationToken.ThrowIfCancellationRequested();
                try
                {
                    switch (step.Planned)
                    {
                        case PlanStep.Host planned:
                            await HostPlan.ApplyAsync(planned.Changes, cancellationToken).ConfigureAwait(false);
                            break;
                        case PlanStep.Call call:
                            await call.Apply(_client, CancellationToken.None).ConfigureAwait(false);
                            break;
                    }

                    Finish(lane, step, LvsSyncState.Done);
                }
                catch (Exception failure) when (failure is IpvsException or (LvsHostException and not LvsConnectionException))
                {
                    Fail(lane, failure);
                }
            }
        }
    }

    private async ValueTask RunTogetherAsync(List<Lane> lanes, CancellationToken cancellationToken)
    {
        await RunTableAsync(lanes, cancellationToken).ConfigureAwait(false);
        while (lanes.Where(lane => lane.Next?.Planned is PlanStep.Drain).ToList() is { Count: > 0 } waiting)
        {
            foreach (PlanStep.Drain drain in waiting.Select(lane => (PlanStep.Drain)lane.Next!.Planned).Where(drain => !_drains.HasBegun(drain)))
            {
                _drains.Begin(drain);
            }

            await _drains.LookAsync(cancellationToken).ConfigureAwait(false);
            foreach (Lane lane in waiting)
            {
                PlanStep.Drain drain = (PlanStep.Drain)lane.Next!.Planned;
                if (_drains.IsOver(drain))
                {
                    lane.Next.Message = _drains.LeftOf(drain);
                    Finish(lane, lane.Next, LvsSyncState.Done);
                }
            }

            await RunTableAsync(waiting, cancellationToken).ConfigureAwait(false);
            if (_drains.ServerCount > 0)
            {
                await _report(Progress() with { Draining = _drains.ServerCount, Connections = _drains.ConnectionCount, Remaining = _drains.Remaining }).ConfigureAwait(false);
                await _drains.PauseAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // The steps up to the next wait.
    private async ValueTask RunTableAsync(List<Lane> lanes, CancellationToken cancellationToken)
    {
        while (lanes.Where(lane => lane.Next?.Planned is PlanStep.Table).ToList() is { Count: > 0 } ready)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Not cancellable: of a batch that is under way nobody would know what was done.
            IReadOnlyList<IpvsException?> refusals = await _client.ApplyAsync(
                [.. ready.Select(lane => ((PlanStep.Table)lane.Next!.Planned).Change)], CancellationToken.None).ConfigureAwait(false);
            foreach ((Lane lane, IpvsException? refusal) in ready.Zip(refusals))
            {
                await ConcludeAsync(lane, refusal).ConfigureAwait(false);
            }

            await _report(Progress()).ConfigureAwait(false);
        }
    }

    private async ValueTask ConcludeAsync(Lane lane, IpvsException? refusal)
    {
        LvsSyncStep step = lane.Next!;
        switch (refusal)
        {
            case null:
                Finish(lane, step, LvsSyncState.Done);
                break;
            case { Error: IpvsError.ServiceExists or IpvsError.RealServerExists or IpvsError.ServiceNotFound or IpvsError.RealServerNotFound }:
                // Somebody else was faster. What they did is looked at, and never overwritten unseen.
                if (await IsSoAsync((PlanStep.Table)step.Planned).ConfigureAwait(false))
                {
                    Finish(lane, step, LvsSyncState.Unneeded);
                }
                else
                {
                    Fail(lane, new LvsSyncException(
                        LvsSyncError.ChangedMeanwhile,
                        $"{lane.Item.Identity} on {_host.Name}: somebody else has changed it since it was read, to something else than the document says ({step.Step}: {refusal.Message}) Nothing more of it is changed. Look at the difference by Compare-LvsConfiguration, and run Sync-LvsConfiguration again.",
                        refusal));
                }

                break;
            default:
                Fail(lane, refusal);
                break;
        }
    }

    // Whether the director is as a change would have made it.
    private async ValueTask<bool> IsSoAsync(PlanStep.Table step)
    {
        switch (step.Change)
        {
            case IpvsChange.AddService { Settings: var settings }:
                return IsSame(settings, await _client.FindServiceAsync(settings.VirtualService, CancellationToken.None).ConfigureAwait(false));
            case IpvsChange.SetService { Desired: var settings }:
                return IsSame(settings, await _client.FindServiceAsync(settings.VirtualService, CancellationToken.None).ConfigureAwait(false));
            case IpvsChange.RemoveService { Service: var service }:
                return await _client.FindServiceAsync(service, CancellationToken.None).ConfigureAwait(false) is null;
            case IpvsChange.AddRealServer { Service: var service, Settings: var settings }:
                return IsSame(settings, await FindServerAsync(service, settings.RealServer).ConfigureAwait(false));
            case IpvsChange.SetRealServer { Current.VirtualService: var service, Desired: var settings }:
                LvsRealServer? found = await FindServerAsync(service, settings.RealServer).ConfigureAwait(false);
                return IsSame(settings, found) || (step.MayBeGone && found is null);
            case IpvsChange.RemoveRealServer { Service: var service, Server: var server }:
                return await FindServerAsync(service, server).ConfigureAwait(false) is null;
            default:
                return false;
        }
    }

    private async ValueTask<LvsRealServer?> FindServerAsync(LvsServiceId service, LvsServerId server) =>
        (await _client.GetRealServersAsync(service, CancellationToken.None).ConfigureAwait(false)).FirstOrDefault(each => each.RealServer == server);

    private static bool IsSame(VirtualServiceSettings wanted, LvsVirtualService? found) =>
        found is not null && !SettingsProperties.Differences(SettingsProperties.Of(wanted), SettingsProperties.Of(found.Settings)).Any();

    private static bool IsSame(RealServerSettings wanted, LvsRealServer? found) =>
        found is not null && !SettingsProperties.Differences(SettingsProperties.Of(wanted), SettingsProperties.Of(found.Settings)).Any();

    private async ValueTask TakeBackAsync(SyncOptions options) =>
        _failures.AddRange(await new PlanReversal(_host, _client, options).RunAsync(_journal).ConfigureAwait(false));

    private void Finish(Lane lane, LvsSyncStep step, LvsSyncState state)
    {
        step.State = state;
        lane.Advance();
        if (state == LvsSyncState.Done)
        {
            _journal.Add(step);
        }
    }

    private void Fail(Lane lane, Exception failure)
    {
        if (lane.Next is { } step)
        {
            step.State = LvsSyncState.Failed;
            step.Message = failure.Message;
        }

        lane.Stop();
        _failures.Add(new LvsSyncFailure(lane.Item.Identity, failure));
    }

    private SyncProgress Progress() => new(
        _lanes.Sum(lane => lane.Steps.Count(step => step.State is not LvsSyncState.NotDone)), _lanes.Sum(lane => lane.Steps.Count));

    /// <summary>One object's steps, and how far they are.</summary>
    private sealed class Lane(LvsPlanItem item)
    {
        private int _next;

        internal LvsPlanItem Item => item;

        internal List<LvsSyncStep> Steps { get; } = [.. item.Steps.Select(step => new LvsSyncStep(item, step))];

        internal LvsSyncStep? Next => _next < Steps.Count ? Steps[_next] : null;

        internal void Advance() => _next++;

        internal void Stop() => _next = Steps.Count;
    }
}
