using System.Collections.Concurrent;

namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>
/// Lets few connections at a time be made through one jump host: sshd begins to drop them at random when ten are not logged in yet (sshd_config(5), MaxStartups 10:30:100).
/// </summary>
internal static class HandshakeGate
{
    private const int AtOnce = 6;

    // One for each jump host that was ever used; there are few.
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> Gates = new(StringComparer.Ordinal);

    /// <summary>Waits for its turn.</summary>
    /// <param name="jump">What names the jump host; null for a host that is reached directly, which never waits.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>To be disposed when the connection is made, or has failed.</returns>
    internal static async ValueTask<Turn> EnterAsync(string? jump, CancellationToken cancellationToken)
    {
        if (jump is null)
        {
            return default;
        }

        SemaphoreSlim gate = Gates.GetOrAdd(jump, _ => new SemaphoreSlim(AtOnce, AtOnce));
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Turn(gate);
    }

    /// <summary>A turn.</summary>
    internal readonly struct Turn(SemaphoreSlim? gate) : IDisposable
    {
        public void Dispose() => gate?.Release();
    }
}
