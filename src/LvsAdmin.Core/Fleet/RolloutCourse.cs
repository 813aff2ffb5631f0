namespace LvsAdmin.Core.Fleet;

/// <summary>What a roll-out does that depends on what its hosts are: real servers, or directors.</summary>
public abstract class RolloutCourse
{
    /// <summary>How long to wait between two looks at what is not ready.</summary>
    internal static readonly TimeSpan CheckPause = TimeSpan.FromSeconds(1);

    private protected RolloutCourse()
    {
    }

    /// <summary>Whether hosts are looked at after the script besides the user's health check.</summary>
    internal virtual bool HasCheck => false;

    /// <summary>Reads again what there is, before each batch but the first.</summary>
    /// <returns>Why the roll-out cannot go on; null when it can.</returns>
    internal abstract ValueTask<string?> RefreshAsync(CancellationToken cancellationToken);

    /// <summary>Chooses the next batch: hosts in their order, without those that would have to wait.</summary>
    /// <param name="remaining">The hosts that are left.</param>
    /// <param name="size">The wanted size.</param>
    /// <returns>The batch: smaller than wanted where it must be, and empty where none of them may be worked on.</returns>
    internal abstract IReadOnlyList<LvsRolloutTarget> Next(IReadOnlyList<LvsRolloutTarget> remaining, int size);

    /// <summary>Why none of the hosts that are left may be worked on, and what to do.</summary>
    internal abstract string ObstacleOf(IReadOnlyList<LvsRolloutTarget> refused);

    /// <summary>Begins with a host.</summary>
    internal abstract RolloutHost Begin(LvsRolloutTarget target, int batch);

    /// <summary>What goes on beside the work on the hosts of a batch.</summary>
    internal virtual Task BesideAsync(IReadOnlyList<RolloutHost> hosts, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Takes a host out of service, and waits until it is.</summary>
    /// <param name="host">The host.</param>
    /// <param name="showAsync">Shows how far it has come.</param>
    /// <param name="stop">Ends the waiting.</param>
    /// <exception cref="Exception">It cannot be taken out.</exception>
    internal abstract ValueTask TakeOutAsync(RolloutHost host, Func<ValueTask> showAsync, CancellationToken stop);

    /// <summary>Looks at a host after its script.</summary>
    /// <returns>Why it is not healthy; null when it is.</returns>
    internal virtual ValueTask<string?> CheckAsync(RolloutHost host, CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);

    /// <summary>Gives a host back to its service.</summary>
    /// <exception cref="Exception">It cannot be given back.</exception>
    internal virtual ValueTask GiveBackAsync(RolloutHost host, CancellationToken stop) => ValueTask.CompletedTask;

    /// <summary>Leaves a host that does not go on in a state that is safe.</summary>
    /// <param name="host">The host.</param>
    /// <param name="why">What failed.</param>
    /// <param name="end">Ends what takes too long.</param>
    /// <returns>In what state it is, in sentences.</returns>
    internal abstract ValueTask<string> LeaveAsync(RolloutHost host, string why, CancellationToken end);

    /// <summary>Ends the roll-out, whatever came of it.</summary>
    internal virtual void End()
    {
    }

    /// <summary>Whether an error is one of a host or of its kernel, and no fault of ours.</summary>
    private protected static bool IsExpected(Exception exception) =>
        exception is Ipvs.IpvsException or Hosts.LvsHostException or Network.LvsDrainException or Ipvs.LvsValidationException or Netlink.NetlinkException;
}
