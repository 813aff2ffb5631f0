using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Fleet;

/// <summary>A director at one moment, as far as a roll-out over directors goes by it.</summary>
internal sealed record DirectorFacts
{
    /// <summary>The host, by the very name that leads back to how it was reached.</summary>
    internal required string HostName { get; init; }

    /// <summary>Its network namespace of this machine; null for the host's own.</summary>
    internal string? NetworkNamespace { get; init; }

    /// <summary>Its services, and whether any of their real servers takes new connections.</summary>
    internal required IReadOnlyDictionary<LvsServiceId, bool> Services { get; init; }

    /// <summary>Services and servers with their settings, line by line, sorted: equal tables have equal lines.</summary>
    internal required IReadOnlyList<string> Table { get; init; }

    /// <summary>All addresses that the host has.</summary>
    internal required IReadOnlySet<LvsAddress> Addresses { get; init; }

    /// <summary>The sync daemons.</summary>
    internal required IReadOnlyList<LvsSyncDaemon> Daemons { get; init; }

    /// <summary>The virtual IPs of its services.</summary>
    internal IEnumerable<LvsAddress> Vips => Services.Keys.Select(service => service.Address).OfType<LvsAddress>().Distinct();

    internal static async ValueTask<DirectorFacts> ReadAsync(ILvsHost host, IpvsClient client, CancellationToken cancellationToken)
    {
        DirectorState state = await DirectorState.ReadAsync(client, null, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<HostInterface> interfaces = await HostInterface.ReadAsync(host, cancellationToken).ConfigureAwait(false);
        return new DirectorFacts
        {
            HostName = host.Name,
            NetworkNamespace = host.NetworkNamespace,
            Services = state.Servers.ToDictionary(each => each.Key, each => each.Value.Any(server => server.Weight > 0)),
            Table = [.. state.TableLines.Order(StringComparer.Ordinal)],
            Addresses = interfaces.SelectMany(each => each.Addresses).Select(address => address.Address).ToHashSet(),
            Daemons = state.SyncDaemons ?? [],
        };
    }
}
