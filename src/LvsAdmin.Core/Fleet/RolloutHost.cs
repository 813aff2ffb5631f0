using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Fleet;

/// <summary>A host that is in work.</summary>
internal sealed class RolloutHost
{
    private readonly TimeProvider _time;
    private readonly TimeSpan[] _taken = new TimeSpan[Enum.GetValues<LvsRolloutPhase>().Length];
    private readonly DateTimeOffset _began;

    /// <param name="target">The host.</param>
    /// <param name="batch">Its batch, from 1.</param>
    /// <param name="directors">The directors.</param>
    /// <param name="time">The clock.</param>
    internal RolloutHost(LvsRolloutTarget target, int batch, IEnumerable<RolloutDirector> directors, TimeProvider time)
    {
        _time = time;
        _began = time.GetUtcNow();
        Target = target;
        Batch = batch;
        Places = [.. directors.Select(director => new RolloutPlace(director, director.Services
            .SelectMany(each => each.Servers.Where(server => target.Addresses.Contains(server.Address)).Select(server => new RolloutEntry(
                each.Service, server, director.Holds.FirstOrDefault(hold => hold.VirtualService == each.Service.VirtualService && hold.RealServer == server.RealServer))))))];
    }

    internal LvsRolloutTarget Target { get; }

    internal int Batch { get; }

    /// <summary>The same host as the roll-out's list has it; null where it is the very one.</summary>
    internal LvsRolloutTarget? Origin { get; init; }

    /// <summary>The directors at which it is in services, and those services.</summary>
    internal IReadOnlyList<RolloutPlace> Places { get; }

    internal LvsRolloutPhase Phase { get; private set; }

    /// <summary>What its phase waits for, as progress shows it.</summary>
    internal string? Detail { get; set; }

    /// <summary>Whether the script was begun: what the host is like is not known any more.</summary>
    internal bool IsTouched { get; set; }

    /// <summary>Whether draining has failed at a director: the others need not wait any more.</summary>
    internal volatile bool IsGivenUp;

    internal int Attempts { get; set; }

    internal IReadOnlyList<object> Output { get; set; } = [];

    /// <summary>Whether it is kept out of a service that it was in.</summary>
    internal bool IsSuspended => Places.SelectMany(place => place.Entries).Any(entry => entry.IsOut);

    /// <summary>Does the work of a phase, and takes its time.</summary>
    internal async ValueTask InPhaseAsync(LvsRolloutPhase phase, Func<ValueTask> work)
    {
        Phase = phase;
        Detail = null;
        long began = _time.GetTimestamp();
        try
        {
            await work().ConfigureAwait(false);
        }
        finally
        {
            _taken[(int)phase] = _time.GetElapsedTime(began);
        }
    }

    internal LvsRolloutResult Result(LvsRolloutState state, string? error) => new()
    {
        HostName = Target.HostName,
        NetworkNamespace = Target.NetworkNamespace,
        Addresses = Target.Addresses,
        Batch = Batch,
        State = state,
        FailedPhase = state == LvsRolloutState.Failed ? Phase : null,
        IsSuspended = IsSuspended,
        StartTime = _began,
        DrainTime = _taken[(int)LvsRolloutPhase.Drain],
        ScriptTime = _taken[(int)LvsRolloutPhase.Script],
        HealthCheckTime = _taken[(int)LvsRolloutPhase.HealthCheck],
        ResumeTime = _taken[(int)LvsRolloutPhase.Resume],
        Attempts = Attempts,
        Output = Output,
        Error = error,
    };
}

/// <summary>A host at one director.</summary>
/// <param name="director">The director.</param>
/// <param name="entries">The services that it is in there.</param>
internal sealed class RolloutPlace(RolloutDirector director, IEnumerable<RolloutEntry> entries)
{
    private readonly TaskCompletionSource<Exception?> _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal RolloutDirector Director => director;

    internal IReadOnlyList<RolloutEntry> Entries { get; } = [.. entries];

    /// <summary>Done when the host is drained here, or cannot be: then with the reason.</summary>
    internal Task<Exception?> Drained => _drained.Task;

    internal void EndDrain(Exception? failure) => _drained.TrySetResult(failure);
}

/// <summary>A host as a real server of one service at one director.</summary>
/// <param name="service">The service.</param>
/// <param name="server">The real server as it was before.</param>
/// <param name="earlier">How it was held before; null when it was not.</param>
internal sealed class RolloutEntry(LvsVirtualService service, LvsRealServer server, LvsHold? earlier)
{
    internal LvsVirtualService Service => service;

    internal LvsRealServer Server => server;

    /// <summary>How it was held before.</summary>
    internal LvsHold? Earlier => earlier;

    /// <summary>How the roll-out holds it; null where it does not, because somebody else keeps it out.</summary>
    internal LvsHold? Hold { get; set; }

    /// <summary>Whether the roll-out has taken it out and not given back.</summary>
    internal bool IsOut { get; set; }

    /// <summary>Its way back.</summary>
    internal RampUp? Way { get; set; }
}
