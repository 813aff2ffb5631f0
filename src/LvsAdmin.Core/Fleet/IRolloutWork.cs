namespace LvsAdmin.Core.Fleet;

/// <summary>What a roll-out asks of who started it: the user's scripts, and to show what happens. Called for several hosts at the same time.</summary>
public interface IRolloutWork
{
    /// <summary>Whether there is a health check.</summary>
    bool HasHealthCheck { get; }

    /// <summary>Whether there is a script that moves the virtual IPs from a director.</summary>
    bool HasEvacuation { get; }

    /// <summary>Asks whether to work on a batch.</summary>
    /// <param name="batch">The batch, from 1.</param>
    /// <param name="batches">How many there will be, if all goes well.</param>
    /// <param name="targets">Its hosts.</param>
    ValueTask<bool> ApproveAsync(int batch, int batches, IReadOnlyList<LvsRolloutTarget> targets);

    /// <summary>Runs the user's script that moves the virtual IPs from a director to another one of its pair, or makes VRRP do so.</summary>
    /// <exception cref="Exception">It failed, in any way.</exception>
    ValueTask EvacuateAsync(LvsRolloutTarget target, CancellationToken cancellationToken);

    /// <summary>Runs the user's script for a host.</summary>
    /// <returns>What it wrote.</returns>
    /// <exception cref="Exception">It failed, in any way.</exception>
    ValueTask<IReadOnlyList<object>> RunScriptAsync(LvsRolloutTarget target, CancellationToken cancellationToken);

    /// <summary>Runs the user's health check for a host once.</summary>
    /// <returns>Why the host is not healthy; null when it is.</returns>
    ValueTask<string?> CheckHealthAsync(LvsRolloutTarget target, CancellationToken cancellationToken);

    /// <summary>Whether an error is one of the connection, after which it makes sense to try the same again.</summary>
    bool IsConnectionError(Exception exception);

    /// <summary>Takes what became of a host.</summary>
    /// <param name="result">What became of it.</param>
    /// <param name="failure">The error of one that failed; null otherwise.</param>
    ValueTask ReportAsync(LvsRolloutResult result, Exception? failure);

    /// <summary>Tells what the user should know.</summary>
    ValueTask WarnAsync(string message);

    /// <summary>Shows how far the roll-out has come.</summary>
    ValueTask ShowAsync(RolloutProgress progress);

    /// <summary>Tells in what state an interrupted roll-out leaves the farm. Nothing else can be written any more.</summary>
    /// <param name="results">What became of the hosts that were in work.</param>
    /// <param name="remaining">The hosts whose turn did not come.</param>
    void Interrupted(IReadOnlyList<LvsRolloutResult> results, IReadOnlyList<LvsRolloutTarget> remaining);
}
