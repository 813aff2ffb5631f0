using System.Runtime.CompilerServices;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Reads a director's connection table, which the kernel shows nowhere but in /proc/net/ip_vs_conn.</summary>
public static class ConnectionTable
{
    private const string FilePath = "/proc/net/ip_vs_conn";

    /// <summary>
    /// Reads the connections as they come. The kernel walks its table while it is read, so entries that come and go meanwhile may be missed, or seen
    /// though they have ended.
    /// </summary>
    /// <param name="host">The director.</param>
    /// <param name="filter">Which ones are wanted; null for all.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="LvsHostException">ip_vs is not loaded (ModuleNotLoaded), a line cannot be understood (BadReply), or the host cannot be read.</exception>
    public static async IAsyncEnumerable<LvsConnection> ReadAsync(
        ILvsHost host, ConnectionFilter? filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        await KernelModules.RequireIpvsAsync(host, cancellationToken).ConfigureAwait(false);
        int number = 0;
        await foreach (string text in host.ReadLinesAsync(FilePath, cancellationToken).ConfigureAwait(false))
        {
            // The first line is a heading, which begins like no protocol.
            if (++number == 1 && text.StartsWith("Pro ", StringComparison.Ordinal))
            {
                continue;
            }

            if (Read(text, number, host, filter) is { } connection)
            {
                yield return connection;
            }
        }
    }

    private static LvsConnection? Read(string text, int number, ILvsHost host, ConnectionFilter? filter)
    {
        if (!ConnectionLine.TryParse(text, out ConnectionLine line))
        {
            throw new LvsHostException(
                LvsHostError.BadReply, $"Line {number} of {FilePath} on {host.Name} is no connection that this version can read: '{text}'");
        }

        // What costs nothing is asked first: a filter may leave out nearly all of a million lines.
        if (filter?.ClientAddress is { } client && client != line.ClientAddress)
        {
            return null;
        }

        if (filter?.States is { Count: > 0 } states && !states.Contains(line.State))
        {
            return null;
        }

        LvsServiceId? service = line.VirtualService;
        if (filter?.VirtualService is { } wanted && (service is null || !wanted(service)))
        {
            return null;
        }

        // Whatever the kernel has: with vs/cache_bypass it is where the client wanted to go.
        LvsServerId server = LvsServerId.Observed(line.RealServerAddress, line.RealServerPort);
        return filter?.RealServer?.Invoke(server) == false
            ? null
            : new LvsConnection
            {
                Protocol = line.Protocol,
                ClientAddress = line.ClientAddress,
                ClientPort = line.ClientPort,
                VirtualAddress = line.VirtualAddress,
                VirtualPort = line.VirtualPort,
                RealServerAddress = line.RealServerAddress,
                RealServerPort = line.RealServerPort,
                State = line.State,
                StateText = line.StateText,
                ExpiresInSeconds = line.Expires,
                IsTemplate = line.IsTemplate,
                PersistenceEngine = line.Engine,
                PersistenceEngineData = line.EngineData,
                VirtualService = service,
                RealServer = server,
                HostName = host.Name,
                NetworkNamespace = host.NetworkNamespace,
            };
    }
}
