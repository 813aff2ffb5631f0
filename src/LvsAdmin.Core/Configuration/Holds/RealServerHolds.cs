using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>Takes real servers out of their services so that it is remembered why, and gives them back: in the kernel, in the list of holds and in the rules of the next boot.</summary>
public static class RealServerHolds
{
    /// <summary>Sets a real server's weight to 0.</summary>
    /// <param name="host">The director.</param>
    /// <param name="client">Its IPVS.</param>
    /// <param name="server">The server as it was read.</param>
    /// <param name="hold">What is to be remembered.</param>
    /// <param name="earlier">What is remembered; null for nothing.</param>
    /// <param name="cancellationToken">Ends the work; what was begun is finished.</param>
    /// <exception cref="IpvsException">The kernel refused: all is as before.</exception>
    /// <exception cref="LvsHostException">A file cannot be read or written, or the director was lost.</exception>
    public static async ValueTask SuspendAsync(ILvsHost host, IpvsClient client, LvsRealServer server, LvsHold hold, LvsHold? earlier, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(server);
        cancellationToken.ThrowIfCancellationRequested();
        // Remembered first: a server at weight 0 that nobody knows the reason of would be given its weight again by the next Sync.
        await HoldStore.AddAsync(host, hold, CancellationToken.None).ConfigureAwait(false);
        try
        {
            await SetWeightAsync(host, client, server, 0).ConfigureAwait(false);
        }
        catch (IpvsException)
        {
            if (earlier is null)
            {
                await HoldStore.RemoveAsync(host, server.VirtualService, server.RealServer, CancellationToken.None).ConfigureAwait(false);
            }
            else
            {
                await HoldStore.AddAsync(host, earlier, CancellationToken.None).ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <summary>Gives a real server a weight, and forgets that it was held.</summary>
    /// <param name="host">The director.</param>
    /// <param name="client">Its IPVS.</param>
    /// <param name="server">The server as it was read.</param>
    /// <param name="hold">What is remembered.</param>
    /// <param name="weight">The weight.</param>
    /// <param name="cancellationToken">Ends the work; what was begun is finished.</param>
    /// <exception cref="IpvsException">The kernel refused: all is as before.</exception>
    /// <exception cref="LvsHostException">A file cannot be read or written, or the director was lost.</exception>
    public static async ValueTask ResumeAsync(ILvsHost host, IpvsClient client, LvsRealServer server, LvsHold hold, int weight, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(server);
        cancellationToken.ThrowIfCancellationRequested();
        // Forgotten first: of one who is killed in between, the next Sync finishes the work.
        await HoldStore.RemoveAsync(host, server.VirtualService, server.RealServer, CancellationToken.None).ConfigureAwait(false);
        try
        {
            await SetWeightAsync(host, client, server, weight).ConfigureAwait(false);
        }
        catch (IpvsException)
        {
            await HoldStore.AddAsync(host, hold, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    private static async ValueTask SetWeightAsync(ILvsHost host, IpvsClient client, LvsRealServer server, int weight)
    {
        ArgumentNullException.ThrowIfNull(client);
        if (server.Weight != weight)
        {
            await client.SetRealServerAsync(server, server.Settings with { Weight = weight }, CancellationToken.None).ConfigureAwait(false);
        }

        await PersistentTable.SetWeightAsync(host, server.VirtualService, server.RealServer, weight, CancellationToken.None).ConfigureAwait(false);
    }
}
