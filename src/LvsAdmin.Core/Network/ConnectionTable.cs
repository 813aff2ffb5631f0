using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Network;

/// <summary>Reads a director's connection table, which the kernel shows nowhere but in /proc/net/ip_vs_conn.</summary>
public static class ConnectionTable
{
    /// <summary>
    /// Reads the connections as they come. The kernel walks its table while it is read, so entries that come and go meanwhile may be missed, or seen
    /// though they have ended.
    /// </summary>
    /// <param name="host">The director.</param>
    /// <param name="filter">Which ones are wanted; null for all.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="LvsHostException">ip_vs is not loaded (ModuleNotLoaded), a line cannot be understood (BadReply), or the host cannot be read.</exception>
    public static IAsyncEnumerable<LvsConnection> ReadAsync(ILvsHost host, ConnectionFilter? filter, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
