using System.Globalization;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Names the clients that are still on a real server, by the director's connection table.</summary>
public static class DrainClients
{
    /// <summary>The clients with most connections, and how many others there are, such as <c>198.51.100.7 (2), 198.51.100.9 and 5 more</c>.</summary>
    /// <param name="host">The director.</param>
    /// <param name="status">What remains on the server: closed connections count only where they keep it busy.</param>
    /// <param name="most">How many to name.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The text; null where the table names none, as for a service of a firewall mark, whose connections do not show it.</returns>
    /// <exception cref="LvsHostException">The table cannot be read.</exception>
    public static async ValueTask<string?> DescribeAsync(ILvsHost host, LvsDrainStatus status, int most, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(status);
        Dictionary<LvsAddress, int> counts = [];
        ConnectionFilter filter = new() { VirtualService = id => id == status.VirtualService, RealServer = id => id == status.RealServer };
        await foreach (LvsConnection connection in ConnectionTable.ReadAsync(host, filter, cancellationToken).ConfigureAwait(false))
        {
            bool keepsBusy = connection.IsTemplate
                ? status.TemplatesCount && status.ActiveConnections + status.InactiveConnections == 0
                : status.ActiveConnections == 0 || connection.State == LvsConnectionState.Established;
            if (keepsBusy)
            {
                counts[connection.ClientAddress] = counts.GetValueOrDefault(connection.ClientAddress) + 1;
            }
        }

        if (counts.Count == 0)
        {
            return null;
        }

        IEnumerable<string> named = counts.OrderByDescending(each => each.Value).ThenBy(each => each.Key).Take(most)
            .Select(each => each.Value == 1 ? $"{each.Key}" : string.Create(CultureInfo.InvariantCulture, $"{each.Key} ({each.Value})"));
        string others = counts.Count > most ? string.Create(CultureInfo.InvariantCulture, $" and {counts.Count - most} more") : string.Empty;
        return string.Join(", ", named) + others;
    }
}
