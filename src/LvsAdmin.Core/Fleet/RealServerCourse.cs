using System.Globalization;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Fleet;

/// <summary>
/// A roll-out over real servers: each is drained at every director, and gets its weight back after the work. A host that fails after its script was begun stays suspended, for
/// nobody knows what it is like; one that fails before is given back as it was.
/// </summary>
public sealed class RealServerCourse : RolloutCourse
{
    private readonly IReadOnlyList<RolloutDirector> _directors;
    private readonly RolloutOptions _options;
    private readonly IRolloutWork _work;

    /// <summary>Takes the directors.</summary>
    /// <param name="directors">All that send the hosts traffic, read (<see cref="RolloutDirector.ReadAsync"/>).</param>
    /// <param name="options">How it goes on.</param>
    /// <param name="work">Shows what happens.</param>
    public RealServerCourse(IReadOnlyList<RolloutDirector> directors, RolloutOptions options, IRolloutWork work)
    {
        ArgumentNullException.ThrowIfNull(options);
        _directors = directors;
        _options = options with { By = RolloutOwner.New(options.By) };
        _work = work;
    }

    private RolloutPool[] Pools => [.. _directors.SelectMany(director => director.Pools(_options.MinimumAvailable))];

    /// <inheritdoc/>
    internal override async ValueTask<string?> RefreshAsync(CancellationToken cancellationToken)
    {
        foreach (RolloutDirector director in _directors)
        {
            try
            {
                await director.ReadAsync(_options, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception lost) when (IsExpected(lost))
            {
                return $"{director.Name} cannot be read any more: {lost.Message}";
            }
        }

        return null;
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<LvsRolloutTarget> Next(IReadOnlyList<LvsRolloutTarget> remaining, int size) => RolloutBatching.Next(remaining, size, Pools);

    /// <inheritdoc/>
    internal override string ObstacleOf(IReadOnlyList<LvsRolloutTarget> refused)
    {
        RolloutPool pool = RolloutBatching.ObstacleOf(refused[0], Pools)!;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{pool.Service} on {pool.Director} has {pool.Available} real servers that take new connections, and at least {pool.Minimum} of them are to go on: {refused[0]} cannot be taken out. Lower the minimum (-MinimumAvailable {Math.Max(0, pool.Available - pool.CostOf(refused[0]))}) if this is meant.");
    }

    /// <inheritdoc/>
    internal override RolloutHost Begin(LvsRolloutTarget target, int batch) => new(target, batch, _directors, _options.Time);

    /// <inheritdoc/>
    internal override Task BesideAsync(IReadOnlyList<RolloutHost> hosts, CancellationToken cancellationToken) =>
        Task.WhenAll(_directors.Select(director => new RolloutDrain(director, _options).RunAsync(hosts, cancellationToken)));

    /// <inheritdoc/>
    internal override async ValueTask TakeOutAsync(RolloutHost host, Func<ValueTask> showAsync, CancellationToken stop)
    {
        Task<Exception?[]> drained = Task.WhenAll(host.Places.Select(place => place.Drained));
        while (await Task.WhenAny(drained, Task.Delay(CheckPause, _options.Time, CancellationToken.None)).ConfigureAwait(false) != drained)
        {
            await showAsync().ConfigureAwait(false);
        }

        Exception[] failures = [.. (await drained.ConfigureAwait(false)).OfType<Exception>()];
        stop.ThrowIfCancellationRequested();
        if (failures.Length == 0)
        {
            return;
        }

        if (_options.Force && failures.All(failure => failure is LvsDrainException))
        {
            await _work.WarnAsync($"{host.Target}: {string.Join("; ", failures.Select(failure => failure.Message))}. Because of -Force it is worked on nevertheless: these connections may break.").ConfigureAwait(false);
            return;
        }

        throw failures.FirstOrDefault(failure => failure is not LvsDrainException) ?? failures[0];
    }

    /// <inheritdoc/>
    internal override async ValueTask GiveBackAsync(RolloutHost host, CancellationToken stop)
    {
        Exception?[] failures = await Task.WhenAll(host.Places.Select(place => AttemptAsync(() => RolloutHolds.ResumeAsync(place, isGradual: true, _options, stop)))).ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        if (failures.OfType<Exception>().FirstOrDefault() is { } failure)
        {
            throw failure;
        }
    }

    /// <inheritdoc/>
    internal override async ValueTask<string> LeaveAsync(RolloutHost host, string why, CancellationToken end)
    {
        bool isReturning = host.Phase == LvsRolloutPhase.Resume;
        Exception?[] failures = await Task.WhenAll(host.Places.Select(place => AttemptAsync(async () =>
        {
            if (!host.IsTouched)
            {
                await RolloutHolds.TakeBackAsync(place, _options, end).ConfigureAwait(false);
            }
            else if (isReturning)
            {
                // It is healthy: what has begun is finished, at once.
                await RolloutHolds.ResumeAsync(place, isGradual: false, _options, end).ConfigureAwait(false);
            }
            else
            {
                await RolloutHolds.NoteAsync(place, why, _options, end).ConfigureAwait(false);
            }
        }))).ConfigureAwait(false);

        string[] where = [.. host.Places.Where(place => place.Entries.Any(entry => entry.IsOut)).Select(place => place.Director.Name)];
        string troubles = string.Concat(failures.OfType<Exception>().Select(failure => $" {failure.Message}"));
        return where.Length == 0 && !host.IsTouched && host.Places.Any(place => place.Entries.Any(entry => entry is { Earlier: not null, Server.Weight: 0 }))
            ? $"It is as before, and nothing was done to it.{troubles}"
            : where.Length == 0
            ? $"It is in service{(host.IsTouched ? string.Empty : " as before, and nothing was done to it")}.{troubles}"
            : $"It stays suspended at {string.Join(", ", where)} and gets no new connections.{troubles}";
    }

    /// <inheritdoc/>
    internal override void End() => RolloutOwner.End(_options.By);

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
}
