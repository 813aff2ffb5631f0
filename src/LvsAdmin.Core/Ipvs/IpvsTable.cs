namespace LvsAdmin.Core.Ipvs;

/// <summary>The table of a director: its services with their real servers.</summary>
public static class IpvsTable
{
    /// <summary>Reads services, in the order of their identity, each with its real servers. One that is removed meanwhile has none.</summary>
    /// <param name="client">The director's IPVS.</param>
    /// <param name="chooses">Which services are wanted: the servers of the others are not asked for. Null for all.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="IpvsException">The kernel refused.</exception>
    public static async ValueTask<IReadOnlyList<(LvsVirtualService Service, IReadOnlyList<LvsRealServer> Servers)>> ReadAsync(
        IpvsClient client, Func<LvsServiceId, bool>? chooses, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        List<(LvsVirtualService, IReadOnlyList<LvsRealServer>)> table = [];
        foreach (LvsVirtualService service in await client.GetServicesAsync(cancellationToken).ConfigureAwait(false))
        {
            if (chooses?.Invoke(service.VirtualService) ?? true)
            {
                table.Add((service, await client.GetRealServersAsync(service.VirtualService, cancellationToken).ConfigureAwait(false)));
            }
        }

        return table;
    }
}
