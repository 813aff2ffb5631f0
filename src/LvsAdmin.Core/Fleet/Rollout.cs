using System.Globalization;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Fleet;

/// <summary>
/// Changes real servers batch by batch: each is drained at every director, the user's script runs, the health check is passed, and it gets its weight back.
/// A host that fails after its script was begun stays suspended, for nobody knows what it is like; one that fails before is given back as it was.
/// </summary>
/// <param name="directors">All directors that send the hosts traffic, read (<see cref="RolloutDirector.ReadAsync"/>).</param>
/// <param name="options">How it goes on.</param>
/// <param name="work">Runs the user's scripts, and shows what happens.</param>
public sealed class Rollout(IReadOnlyList<RolloutDirector> directors, RolloutOptions options, IRolloutWork work)
{
    // What is left over after a stop is not worked on for longer.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan CheckPause = TimeSpan.FromSeconds(1);

    private readonly List<LvsRolloutResult> _interrupted = [];
    private RolloutHost[] _inWork = [];
    private RolloutProgress _progress = new(0, 0, 0, 0, string.Empty);

    private RolloutPool[] Pools => [.. directors.SelectMany(director => director.Pools(options.MinimumAvailable))];

    /// <summary>The batches, if every host comes back.</summary>
    /// <exception cref="LvsRolloutException">A minimum does not let a host go, ever (MinimumNotKept).</exception>
    public IReadOnlyList<IReadOnlyList<LvsRolloutTarget>> Plan(IReadOnlyList<LvsRolloutTarget> targets)
    {
        ArgumentNullException.ThrowIfNull(targets);
        (IReadOnlyList<IReadOnlyList<LvsRolloutTarget>> batches, IReadOnlyList<LvsRolloutTarget> refused) = RolloutBatching.Plan(targets, options.BatchSizes, 0, targets.Count, Pools);
        return refused.Count == 0 ? batches : throw new LvsRolloutException("MinimumNotKept", $"{Describe(refused)} Nothing was begun.");
    }

    /// <summary>Works on hosts.</summary>
    /// <param name="targets">The hosts, in their order.</param>
    /// <param name="stop">Interrupts the roll-out: what is only being drained is given back, what the script has begun with stays suspended.</param>
    /// <exception cref="LvsRolloutException">It stopped before its end (RolloutStopped).</exception>
    public async Task RunAsync(IReadOnlyList<LvsRolloutTarget> targets, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(targets);
        List<LvsRolloutTarget> remaining = [.. targets];
        try
        {
            string? why = await RunBatchesAsync(remaining, targets.Count, stop).ConfigureAwait(false);
            if (why is null)
            {
                return;
            }

            foreach (LvsRolloutTarget target in remaining)
            {
                await work.ReportAsync(Untouched(target, LvsRolloutState.NotAttempted, $"The roll-out stopped before: {why}"), null).ConfigureAwait(false);
            }

            throw new LvsRolloutException(
                "RolloutStopped",
                $"{why} {(remaining.Count == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"{remaining.Count} hosts were not attempted and are in service as before. "))}To go on: the same line with -ResumeFrom and the results of this one.");
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            work.Interrupted(_interrupted, remaining);
            throw;
        }
    }

    private async ValueTask<string?> RunBatchesAsync(List<LvsRolloutTarget> remaining, int total, CancellationToken stop)
    {
        int failures = 0;
        for (int batch = 0; remaining.Count > 0; batch++)
        {
            foreach (RolloutDirector director in batch == 0 ? [] : directors)
            {
                try
                {
                    await director.ReadAsync(options, stop).ConfigureAwait(false);
                }
                catch (Exception lost) when (IsExpected(lost))
                {
                    return $"{director.Name} cannot be read any more: {lost.Message}";
                }
            }

            RolloutPool[] pools = Pools;
            IReadOnlyList<LvsRolloutTarget> chosen = RolloutBatching.Next(remaining, RolloutBatching.SizeOf(options.BatchSizes, batch, total), pools);
            if (chosen.Count == 0)
            {
                return Describe(remaining);
            }

            int batches = batch + RolloutBatching.Plan(remaining, options.BatchSizes, batch, total, pools).Batches.Count;
            _progress = new RolloutProgress(total - remaining.Count, total, batch + 1, batches, string.Empty);
            if (await work.ApproveAsync(batch + 1, batches, chosen).ConfigureAwait(false))
            {
                // Not among those whose turn did not come, from here on.
                remaining.RemoveAll(chosen.Contains);
                failures += await RunBatchAsync(batch + 1, chosen, stop).ConfigureAwait(false);
            }
            else
            {
                remaining.RemoveAll(chosen.Contains);
                foreach (LvsRolloutTarget target in chosen)
                {
                    await work.ReportAsync(Untouched(target, LvsRolloutState.NotAttempted, "The user said no to its batch."), null).ConfigureAwait(false);
                }

                continue;
            }

            if (failures > options.MaxFailures.AtMost(total))
            {
                return string.Create(CultureInfo.InvariantCulture, $"The roll-out stopped after batch {batch + 1} of {batches}: {failures} of {total} hosts failed, and -MaxFailures is {options.MaxFailures}.");
            }

            if (remaining.Count > 0 && options.Pause > TimeSpan.Zero)
            {
                await work.ShowAsync(_progress with { Done = total - remaining.Count, Text = string.Create(CultureInfo.InvariantCulture, $"pause of {options.Pause.TotalSeconds:0.#} s") }).ConfigureAwait(false);
                await Task.Delay(options.Pause, options.Time, stop).ConfigureAwait(false);
            }
        }

        return null;
    }

    private async ValueTask<int> RunBatchAsync(int batch, IReadOnlyList<LvsRolloutTarget> targets, CancellationToken stop)
    {
        RolloutHost[] hosts = [.. targets.Select(target => new RolloutHost(target, batch, directors, options.Time))];
        _inWork = hosts;
        Task[] drains = [.. directors.Select(director => new RolloutDrain(director, options).RunAsync(hosts, stop))];
        int done = _progress.Done;
        bool[] results = await Task.WhenAll(hosts.Select(async host =>
        {
            bool isGood = await RunHostAsync(host, stop).ConfigureAwait(false);
            _progress = _progress with { Done = Interlocked.Increment(ref done) };
            return isGood;
        })).ConfigureAwait(false);
        await Task.WhenAll(drains).ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        return results.Count(isGood => !isGood);
    }

    private async Task<bool> RunHostAsync(RolloutHost host, CancellationToken stop)
    {
        Exception? failure;
        try
        {
            await host.InPhaseAsync(LvsRolloutPhase.Drain, () => DrainAsync(host, stop)).ConfigureAwait(false);
            await host.InPhaseAsync(LvsRolloutPhase.Script, () => RunScriptAsync(host, stop)).ConfigureAwait(false);
            if (work.HasHealthCheck)
            {
                await host.InPhaseAsync(LvsRolloutPhase.HealthCheck, () => CheckAsync(host, stop)).ConfigureAwait(false);
            }

            await host.InPhaseAsync(LvsRolloutPhase.Resume, () => ResumeAsync(host, stop)).ConfigureAwait(false);
            await work.ReportAsync(host.Result(LvsRolloutState.Succeeded, null), null).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            failure = null;
        }
        catch (Exception exception)
        {
            // Also one that is a fault of a script or of ours: the host must not stay as it is without a word.
            failure = exception;
        }

        string why = failure is null ? $"{host.Phase} was interrupted." : Sentence($"{host.Phase} failed: {failure.Message}");
        string state = await LeaveAsync(host, why).ConfigureAwait(false);
        LvsRolloutResult result = host.Result(LvsRolloutState.Failed, $"{why} {state}");
        if (stop.IsCancellationRequested)
        {
            lock (_interrupted)
            {
                _interrupted.Add(result);
            }

            return false;
        }

        await work.ReportAsync(result, failure).ConfigureAwait(false);
        return false;
    }

    private async ValueTask DrainAsync(RolloutHost host, CancellationToken stop)
    {
        Task<Exception?[]> drained = Task.WhenAll(host.Places.Select(place => place.Drained));
        while (await Task.WhenAny(drained, Task.Delay(CheckPause, options.Time, CancellationToken.None)).ConfigureAwait(false) != drained)
        {
            await ShowAsync(stop).ConfigureAwait(false);
        }

        Exception[] failures = [.. (await drained.ConfigureAwait(false)).OfType<Exception>()];
        stop.ThrowIfCancellationRequested();
        if (failures.Length == 0)
        {
            return;
        }

        if (options.Force && failures.All(failure => failure is LvsDrainException))
        {
            await work.WarnAsync($"{host.Target}: {string.Join("; ", failures.Select(failure => failure.Message))}. Because of -Force it is worked on nevertheless: these connections may break.").ConfigureAwait(false);
            return;
        }

        throw failures.FirstOrDefault(failure => failure is not LvsDrainException) ?? failures[0];
    }

    private async ValueTask RunScriptAsync(RolloutHost host, CancellationToken stop)
    {
        await ShowAsync(stop).ConfigureAwait(false);
        host.IsTouched = true;
        for (int attempt = 0; ; attempt++)
        {
            host.Attempts++;
            try
            {
                host.Output = await work.RunScriptAsync(host.Target, stop).ConfigureAwait(false);
                return;
            }
            catch (Exception failure) when (attempt < options.RetryCount && failure is not OperationCanceledException && work.IsConnectionError(failure))
            {
                await work.WarnAsync($"{host.Target}: {failure.Message} The script is begun again.").ConfigureAwait(false);
            }

            await Task.Delay(RolloutRetry.PauseAfter(attempt), options.Time, stop).ConfigureAwait(false);
        }
    }

    private async ValueTask CheckAsync(RolloutHost host, CancellationToken stop)
    {
        long began = options.Time.GetTimestamp();
        using CancellationTokenSource time = new(options.HealthTimeout, options.Time);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop, time.Token);
        string why = "the check had not come to its end";
        int count = 0;
        for (TimeSpan left = options.HealthTimeout; left > TimeSpan.Zero || count == 0; left = options.HealthTimeout - options.Time.GetElapsedTime(began))
        {
            await ShowAsync(stop).ConfigureAwait(false);
            count++;
            try
            {
                if (await work.CheckHealthAsync(host.Target, end.Token).ConfigureAwait(false) is not { } bad)
                {
                    return;
                }

                host.Detail = why = bad;
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                // The time is over, and what is known is the answer before.
            }

            left = options.HealthTimeout - options.Time.GetElapsedTime(began);
            await Task.Delay(left < TimeSpan.Zero ? TimeSpan.Zero : left < CheckPause ? left : CheckPause, options.Time, stop).ConfigureAwait(false);
        }

        throw new LvsRolloutException(string.Create(CultureInfo.InvariantCulture, $"not healthy after {options.HealthTimeout.TotalSeconds:0.#} s ({count} {(count == 1 ? "check" : "checks")}): {why}"));
    }

    private async ValueTask ResumeAsync(RolloutHost host, CancellationToken stop)
    {
        await ShowAsync(stop).ConfigureAwait(false);
        Exception?[] failures = await Task.WhenAll(host.Places.Select(place => AttemptAsync(() => RolloutHolds.ResumeAsync(place, isGradual: true, options, stop)))).ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        if (failures.OfType<Exception>().FirstOrDefault() is { } failure)
        {
            throw failure;
        }
    }

    // Leaves a host that does not go on in a state that is safe.
    private async ValueTask<string> LeaveAsync(RolloutHost host, string why)
    {
        using CancellationTokenSource end = new(LongestEnd, options.Time);
        bool isReturning = host.Phase == LvsRolloutPhase.Resume;
        Exception?[] failures = await Task.WhenAll(host.Places.Select(place => AttemptAsync(async () =>
        {
            if (!host.IsTouched)
            {
                await RolloutHolds.TakeBackAsync(place, options, end.Token).ConfigureAwait(false);
            }
            else if (isReturning)
            {
                // It is healthy: what has begun is finished, at once.
                await RolloutHolds.ResumeAsync(place, isGradual: false, options, end.Token).ConfigureAwait(false);
            }
            else
            {
                await RolloutHolds.NoteAsync(place, why, options, end.Token).ConfigureAwait(false);
            }
        }))).ConfigureAwait(false);

        string[] where = [.. host.Places.Where(place => place.Entries.Any(entry => entry.IsOut)).Select(place => place.Director.Name)];
        string troubles = string.Concat(failures.OfType<Exception>().Select(failure => $" {failure.Message}"));
        return where.Length == 0
            ? $"It is in service{(host.IsTouched ? string.Empty : " as before, and nothing was done to it")}.{troubles}"
            : $"It stays suspended at {string.Join(", ", where)} and gets no new connections.{troubles}";
    }

    private static async Task<Exception?> AttemptAsync(Func<ValueTask> attempt)
    {
        try
        {
            await attempt().ConfigureAwait(false);
            return null;
        }
        catch (Exception failure) when (IsExpected(failure) || failure is OperationCanceledException)
        {
            return failure;
        }
    }

    private static string Sentence(string text)
    {
        string trimmed = text.TrimEnd();
        return trimmed[^1] is '.' or '!' or '?' ? trimmed : $"{trimmed}.";
    }

    private static bool IsExpected(Exception exception) =>
        exception is IpvsException or Hosts.LvsHostException or LvsDrainException or LvsValidationException or Netlink.NetlinkException;

    private static LvsRolloutResult Untouched(LvsRolloutTarget target, LvsRolloutState state, string why) => new()
    {
        HostName = target.HostName,
        NetworkNamespace = target.NetworkNamespace,
        Addresses = target.Addresses,
        State = state,
        Error = why,
    };

    private string Describe(IReadOnlyList<LvsRolloutTarget> refused)
    {
        RolloutPool pool = RolloutBatching.ObstacleOf(refused[0], Pools)!;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{pool.Service} on {pool.Director} has {pool.Available} real servers that take new connections, and at least {pool.Minimum} of them are to go on: {refused[0]} cannot be taken out. Lower the minimum (-MinimumAvailable {Math.Max(0, pool.Available - pool.CostOf(refused[0]))}) if this is meant.");
    }

    private ValueTask ShowAsync(CancellationToken stop) => stop.IsCancellationRequested
        ? ValueTask.CompletedTask
        : work.ShowAsync(_progress with
        {
            Text = string.Join(", ", _inWork.Take(3).Select(host => $"{host.Target} {host.Phase}{(host.Detail is null ? string.Empty : $" ({host.Detail})")}")) + (_inWork.Length > 3 ? " ..." : string.Empty),
        });
}
