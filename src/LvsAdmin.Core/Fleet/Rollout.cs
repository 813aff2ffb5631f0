using System.Globalization;

namespace LvsAdmin.Core.Fleet;

/// <summary>Changes hosts batch by batch: each is taken out of service, the user's script runs, the health check is passed, and it is given back.</summary>
/// <param name="course">What is done with the hosts: real servers (<see cref="RealServerCourse"/>) or directors (<see cref="DirectorCourse"/>).</param>
/// <param name="options">How it goes on.</param>
/// <param name="work">Runs the user's scripts, and shows what happens.</param>
public sealed class Rollout(RolloutCourse course, RolloutOptions options, IRolloutWork work)
{
    // What is left over after a stop is not worked on for longer.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(20);

    private readonly List<LvsRolloutResult> _interrupted = [];
    private RolloutHost[] _inWork = [];
    private RolloutProgress _progress = new(0, 0, 0, 0, string.Empty);

    /// <summary>The batches, if every host comes back.</summary>
    /// <exception cref="LvsRolloutException">A minimum does not let a host go, ever (MinimumNotKept).</exception>
    public IReadOnlyList<IReadOnlyList<LvsRolloutTarget>> Plan(IReadOnlyList<LvsRolloutTarget> targets)
    {
        ArgumentNullException.ThrowIfNull(targets);
        (IReadOnlyList<IReadOnlyList<LvsRolloutTarget>> batches, IReadOnlyList<LvsRolloutTarget> refused) = RolloutBatching.Plan(targets, options.BatchSizes, 0, targets.Count, course.Next);
        return refused.Count == 0 ? batches : throw new LvsRolloutException("MinimumNotKept", $"{course.ObstacleOf(refused)} Nothing was begun.");
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
        finally
        {
            course.End();
        }
    }

    private async ValueTask<string?> RunBatchesAsync(List<LvsRolloutTarget> remaining, int total, CancellationToken stop)
    {
        int failures = 0;
        for (int batch = 0; remaining.Count > 0; batch++)
        {
            if (batch > 0 && await course.RefreshAsync(stop).ConfigureAwait(false) is { } lost)
            {
                return lost;
            }

            IReadOnlyList<LvsRolloutTarget> chosen = course.Next(remaining, RolloutBatching.SizeOf(options.BatchSizes, batch, total));
            if (chosen.Count == 0)
            {
                return course.ObstacleOf(remaining);
            }

            int batches = batch + RolloutBatching.Plan(remaining, options.BatchSizes, batch, total, course.Next).Batches.Count;
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
        RolloutHost[] hosts = [.. targets.Select(target => course.Begin(target, batch))];
        _inWork = hosts;
        Task beside = course.BesideAsync(hosts, stop);
        int done = _progress.Done;
        bool[] results = await Task.WhenAll(hosts.Select(async host =>
        {
            bool isGood = await RunHostAsync(host, stop).ConfigureAwait(false);
            _progress = _progress with { Done = Interlocked.Increment(ref done) };
            return isGood;
        })).ConfigureAwait(false);
        await beside.ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        return results.Count(isGood => !isGood);
    }

    private async Task<bool> RunHostAsync(RolloutHost host, CancellationToken stop)
    {
        Exception? failure;
        try
        {
            await host.InPhaseAsync(LvsRolloutPhase.Drain, () => course.TakeOutAsync(host, () => ShowAsync(stop), stop)).ConfigureAwait(false);
            await host.InPhaseAsync(LvsRolloutPhase.Script, () => RunScriptAsync(host, stop)).ConfigureAwait(false);
            if (work.HasHealthCheck || course.HasCheck)
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

    private async ValueTask RunScriptAsync(RolloutHost host, CancellationToken stop)
    {
        await ShowAsync(stop).ConfigureAwait(false);
        host.IsTouched = true;
        await RolloutRetry.RunAsync(
            async () =>
            {
                host.Attempts++;
                host.Output = await work.RunScriptAsync(host.Target, stop).ConfigureAwait(false);
            },
            host.Target, work, options, stop).ConfigureAwait(false);
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
                // The first look is not cut short: without it nothing is known.
                string? bad = course.HasCheck ? await course.CheckAsync(host, count == 1 ? stop : end.Token).ConfigureAwait(false) : null;
                if (bad is null && work.HasHealthCheck)
                {
                    bad = await work.CheckHealthAsync(host.Target, end.Token).ConfigureAwait(false);
                }

                if (bad is null)
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
            await Task.Delay(left < TimeSpan.Zero ? TimeSpan.Zero : left < RolloutCourse.CheckPause ? left : RolloutCourse.CheckPause, options.Time, stop).ConfigureAwait(false);
        }

        throw new LvsRolloutException(string.Create(CultureInfo.InvariantCulture, $"not healthy after {options.HealthTimeout.TotalSeconds:0.#} s ({count} {(count == 1 ? "check" : "checks")}): {why}"));
    }

    private async ValueTask ResumeAsync(RolloutHost host, CancellationToken stop)
    {
        await ShowAsync(stop).ConfigureAwait(false);
        await course.GiveBackAsync(host, stop).ConfigureAwait(false);
    }

    // Leaves a host that does not go on in a state that is safe.
    private async ValueTask<string> LeaveAsync(RolloutHost host, string why)
    {
        using CancellationTokenSource end = new(LongestEnd, options.Time);
        return await course.LeaveAsync(host, why, end.Token).ConfigureAwait(false);
    }

    private static string Sentence(string text)
    {
        string trimmed = text.TrimEnd();
        return trimmed[^1] is '.' or '!' or '?' ? trimmed : $"{trimmed}.";
    }

    private static LvsRolloutResult Untouched(LvsRolloutTarget target, LvsRolloutState state, string why) => new()
    {
        HostName = target.HostName,
        NetworkNamespace = target.NetworkNamespace,
        Addresses = target.Addresses,
        State = state,
        Error = why,
    };

    private ValueTask ShowAsync(CancellationToken stop) => stop.IsCancellationRequested
        ? ValueTask.CompletedTask
        : work.ShowAsync(_progress with
        {
            Text = string.Join(", ", _inWork.Take(3).Select(host => $"{host.Target} {host.Phase}{(host.Detail is null ? string.Empty : $" ({host.Detail})")}")) + (_inWork.Length > 3 ? " ..." : string.Empty),
        });
}
