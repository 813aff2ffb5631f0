using System.Collections.Concurrent;
using System.Management.Automation;
using LvsAdmin.Core.Fleet;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands.Fleet;

/// <summary>Leads from what the user chose at directors to the hosts of a roll-out.</summary>
internal sealed class RolloutSelection
{
    private readonly ConcurrentDictionary<HostReference, IReadOnlySet<LvsAddress>> _hosts = [];

    // With the place of the first name that chose it.
    private readonly Dictionary<LvsAddress, int> _addresses = [];
    private readonly Dictionary<string, LvsServiceSelector> _services = [];
    private readonly Dictionary<string, LvsServerSelector> _servers = [];
    private readonly HashSet<string> _found = [];

    /// <summary>Says which addresses a host has.</summary>
    internal void Add(HostReference host, IReadOnlySet<LvsAddress> addresses) => _hosts[host] = addresses;

    /// <summary>Chooses real servers of a director.</summary>
    /// <param name="director">The director, read.</param>
    /// <param name="services">Of which services; null for all.</param>
    /// <param name="servers">Which; null for all.</param>
    internal void Choose(RolloutDirector director, IReadOnlyList<LvsServiceSelector>? services, IReadOnlyList<LvsServerSelector>? servers)
    {
        foreach (LvsServiceSelector selector in services ?? [])
        {
            _services.TryAdd(selector.Text, selector);
        }

        foreach (LvsServerSelector selector in servers ?? [])
        {
            _servers.TryAdd(selector.Text, selector);
        }

        foreach ((LvsVirtualService service, IReadOnlyList<LvsRealServer> present) in director.Services)
        {
            LvsServiceSelector[] matching = [.. (services ?? []).Where(selector => selector.IsWildcard ? selector.Matches(service.VirtualService) : selector.Id == service.VirtualService)];
            if (services is not null && matching.Length == 0)
            {
                continue;
            }

            _found.UnionWith(matching.Select(selector => $"service {selector.Text}"));
            foreach (LvsRealServer server in present)
            {
                LvsServerSelector[] naming = [.. (servers ?? []).Where(selector => selector.Refusal is null && selector.Matches(server.RealServer))];
                _found.UnionWith(naming.Select(selector => $"server {selector.Text}"));
                if (servers is null || naming.Length > 0)
                {
                    int place = naming.Length == 0 ? 0 : naming.Min(selector => Array.IndexOf([.. _servers.Keys], selector.Text));
                    _addresses[server.Address] = Math.Min(place, _addresses.GetValueOrDefault(server.Address, place));
                }
            }
        }
    }

    /// <summary>Errors for what was named and is at none of the directors.</summary>
    internal IEnumerable<ErrorRecord> Missing(string directors) =>
    [
        .. _services.Values.Where(selector => !selector.IsWildcard && !_found.Contains($"service {selector.Text}"))
            .Select(selector => selector.Id is { } id ? Errors.ServiceNotFound(id, directors) : Errors.InvalidService(selector)),
        .. _servers.Values.Where(selector => !selector.IsWildcard && !_found.Contains($"server {selector.Text}"))
            .Select(selector => selector.Refusal is null ? Errors.ServerNotFound(selector.Text, directors) : Errors.InvalidServer(selector)),
    ];

    /// <summary>
    /// The hosts in the order in which they were named, and by their addresses where a wildcard named several; each once, with all services that it is in: also
    /// those that were not chosen, for it is one host.
    /// </summary>
    /// <param name="directors">The directors, read.</param>
    /// <param name="order">The real servers' own hosts, as they were named.</param>
    /// <param name="isByHosts">Whether these alone were chosen, and no other address is a host.</param>
    internal IReadOnlyList<LvsRolloutTarget> Targets(IReadOnlyList<RolloutDirector> directors, IReadOnlyList<HostReference> order, bool isByHosts)
    {
        LvsRealServer[] all = [.. directors.SelectMany(director => director.Services).SelectMany(each => each.Servers)];
        List<LvsRolloutTarget> targets = [];
        HashSet<LvsAddress> taken = [];
        foreach (LvsAddress address in _addresses.OrderBy(each => each.Value).ThenBy(each => each.Key).Select(each => each.Key).Where(taken.Add))
        {
            HostReference? host = order.FirstOrDefault(each => _hosts.TryGetValue(each, out IReadOnlySet<LvsAddress>? own) && own.Contains(address));
            if (host is null && isByHosts)
            {
                continue;
            }

            LvsAddress[] addresses = [address];
            if (host is not null)
            {
                addresses = [.. addresses.Concat(all.Select(server => server.Address).Where(_hosts[host].Contains)).Distinct()];
                taken.UnionWith(addresses);
            }

            LvsRealServer[] these = [.. all.Where(server => addresses.Contains(server.Address))];
            targets.Add(new LvsRolloutTarget
            {
                HostName = host?.Name ?? $"{address}",
                NetworkNamespace = (host as HostReference.Local)?.NetworkNamespace,
                Addresses = addresses,
                VirtualServices = [.. these.Select(server => server.VirtualService).Distinct()],
                RealServers = [.. these.Select(server => server.RealServer).Distinct()],
            });
        }

        return targets;
    }

    /// <summary>The addresses of all hosts in the results of an earlier roll-out, also of one that was written to a file.</summary>
    internal static IEnumerable<LvsAddress> AddressesOf(IEnumerable<PSObject> results) => results.SelectMany(AddressesOf).Distinct();

    /// <summary>Requires results of a roll-out over directors: they have a state, and no addresses.</summary>
    /// <exception cref="LvsValidationException">One is something else (InvalidRolloutResult).</exception>
    internal static void RequireDirectors(IEnumerable<PSObject> results)
    {
        foreach (PSObject result in results)
        {
            if (result.Properties[nameof(LvsRolloutResult.State)] is null || Values(result).Any())
            {
                throw new LvsValidationException("InvalidRolloutResult", $"-ResumeFrom beside -Director takes what Invoke-LvsRollout -Director has written, and '{result}' is something else.");
            }
        }
    }

    /// <summary>Whether a host succeeded in an earlier roll-out, or in one before that. A director is known by its name, a real server by its addresses.</summary>
    internal static bool IsDone(LvsRolloutTarget target, IEnumerable<PSObject> results) => results.Any(result =>
        Text(result, nameof(LvsRolloutResult.State)) is nameof(LvsRolloutState.Succeeded) or nameof(LvsRolloutState.Skipped)
        && (target.Addresses.Count > 0
            ? AddressesOf(result).Any(target.Addresses.Contains)
            : Text(result, nameof(LvsRolloutResult.HostName)) == target.HostName && Text(result, nameof(LvsRolloutResult.NetworkNamespace)) == (target.NetworkNamespace ?? string.Empty)));

    private static string Text(PSObject result, string property) => $"{result.Properties[property]?.Value}";

    private static IEnumerable<object> Values(PSObject result) =>
        (LanguagePrimitives.GetEnumerable(result.Properties[nameof(LvsRolloutResult.Addresses)]?.Value) ?? Array.Empty<object>()).Cast<object>();

    private static IEnumerable<LvsAddress> AddressesOf(PSObject result) =>
        Values(result)
            .Select(value => LvsAddress.TryParse($"{value}", out LvsAddress address, out _) ? address : throw NoResult(result))
            .DefaultIfEmpty()
            .Select(address => address == default ? throw NoResult(result) : address);

    private static LvsValidationException NoResult(PSObject result) =>
        new("InvalidRolloutResult", $"-ResumeFrom takes what Invoke-LvsRollout has written, and '{result}' is something else: it has no addresses. Directors of an earlier roll-out are named by -Director.");
}
