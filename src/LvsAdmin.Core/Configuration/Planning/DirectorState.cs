using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>The IPVS of a director as a document looks at it: one dump of the services, and one of the servers for each service that belongs to it.</summary>
internal sealed class DirectorState
{
    private DirectorState(IReadOnlyList<LvsVirtualService> services, IReadOnlyDictionary<LvsServiceId, IReadOnlyList<LvsRealServer>> servers)
    {
        Services = services.ToDictionary(service => service.VirtualService);
        Servers = servers;
    }

    /// <summary>The services that belong to the document.</summary>
    internal IReadOnlyDictionary<LvsServiceId, LvsVirtualService> Services { get; }

    /// <summary>Their real servers.</summary>
    internal IReadOnlyDictionary<LvsServiceId, IReadOnlyList<LvsRealServer>> Servers { get; }

    /// <summary>The timeouts; null where they were not asked for.</summary>
    internal LvsTimeout? Timeout { get; private init; }

    /// <summary>The sync daemons; null where they were not asked for.</summary>
    internal IReadOnlyList<LvsSyncDaemon>? SyncDaemons { get; private init; }

    /// <summary>What there is, line by line, without counters: two states with the same lines are the same.</summary>
    internal IEnumerable<string> Lines
    {
        get
        {
            foreach (string line in TableLines)
            {
                yield return line;
            }

            if (Timeout is not null)
            {
                yield return $"timeout {Text(SettingsProperties.Of(Timeout))}";
            }

            foreach (LvsSyncDaemon daemon in SyncDaemons ?? [])
            {
                yield return $"daemon {daemon.Role} {Text(SettingsProperties.Of(daemon))}";
            }
        }
    }

    /// <summary>The services and their servers alone, in the same way.</summary>
    internal IEnumerable<string> TableLines
    {
        get
        {
            foreach (LvsVirtualService service in Services.Values.OrderBy(service => service.VirtualService))
            {
                yield return $"{service.VirtualService} {Text(SettingsProperties.Of(service.Settings))}";
                foreach (LvsRealServer server in Servers[service.VirtualService])
                {
                    yield return $"{service.VirtualService} -> {server.RealServer} {Text(SettingsProperties.Of(server.Settings))}";
                }
            }
        }
    }

    /// <summary>Reads what a document has a say in.</summary>
    /// <param name="client">The director's IPVS.</param>
    /// <param name="configuration">The document; null to read all.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    internal static async ValueTask<DirectorState> ReadAsync(IpvsClient client, LvsConfiguration? configuration, CancellationToken cancellationToken)
    {
        HashSet<LvsServiceId> named = [.. configuration?.VirtualServices.Select(service => service.VirtualService) ?? []];
        IReadOnlyList<(LvsVirtualService Service, IReadOnlyList<LvsRealServer> Servers)> table = await IpvsTable.ReadAsync(
            client, id => configuration is null || named.Contains(id) || configuration.Owns(id), cancellationToken).ConfigureAwait(false);
        return new DirectorState([.. table.Select(each => each.Service)], table.ToDictionary(each => each.Service.VirtualService, each => each.Servers))
        {
            Timeout = configuration is null or { Timeout: not null } ? await client.GetTimeoutAsync(cancellationToken).ConfigureAwait(false) : null,
            SyncDaemons = configuration is null or { SyncDaemons: not null } ? await client.GetSyncDaemonsAsync(cancellationToken).ConfigureAwait(false) : null,
        };
    }

    private static string Text(IReadOnlyList<SettingsProperty> properties) =>
        string.Join(' ', properties.Where(property => property.Value is not null).Select(property => string.Create(CultureInfo.InvariantCulture, $"{property.Name}={property.Text}")));
}
