using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>Compares a desired state with a director's kernel, and plans the way from the one to the other. Reads only.</summary>
public static class ConfigurationPlanner
{
    /// <summary>Plans.</summary>
    /// <param name="host">The director.</param>
    /// <param name="client">Its IPVS.</param>
    /// <param name="configuration">The desired state.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The plan; without parts when the director is in the desired state.</returns>
    /// <exception cref="IpvsException">The kernel refused to be read.</exception>
    /// <exception cref="LvsHostException">The host cannot be read.</exception>
    public static async ValueTask<LvsPlan> PlanAsync(
        ILvsHost host, IpvsClient client, LvsConfiguration configuration, SyncOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(options);
        RequireOnce(configuration);
        DirectorState state = await DirectorState.ReadAsync(client, configuration, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<LvsHold> holds = await HoldsAsync(host, options, cancellationToken).ConfigureAwait(false);
        ServicePlanner services = new(configuration, options, holds, host.Name, host.NetworkNamespace);
        DirectorPlanner director = new(host, configuration, options);
        HashSet<LvsServiceId> named = [.. configuration.VirtualServices.Select(service => service.VirtualService)];
        LvsPlanItem?[] items =
        [
            .. await director.PlanBeforeAsync(state, cancellationToken).ConfigureAwait(false),
            .. configuration.VirtualServices.OrderBy(service => service.VirtualService).Select(service => services.Plan(
                service, state.Services.GetValueOrDefault(service.VirtualService), state.Servers.GetValueOrDefault(service.VirtualService) ?? [])),
            .. state.Services.Values.Where(service => !named.Contains(service.VirtualService)).OrderBy(service => service.VirtualService)
                .Select(service => services.PlanExtra(service, state.Servers[service.VirtualService])),
            .. await director.PlanAfterAsync(state, holds, cancellationToken).ConfigureAwait(false),
        ];
        LvsPlanItem[] found = [.. items.OfType<LvsPlanItem>()];
        return new LvsPlan(configuration, options, found, Fingerprint(state, holds, found)) { HostName = host.Name, NetworkNamespace = host.NetworkNamespace };
    }

    private static async ValueTask<IReadOnlyList<LvsHold>> HoldsAsync(ILvsHost host, SyncOptions options, CancellationToken cancellationToken)
    {
        DateTimeOffset now = options.Time.GetUtcNow();
        IReadOnlyList<LvsHold> holds = await HoldStore.ReadAsync(host, cancellationToken).ConfigureAwait(false);
        return [.. holds.Where(hold => hold.Until is null || hold.Until > now)];
    }

    // A reader of texts sees to it, with line and path; a document may also be made by a program.
    private static void RequireOnce(LvsConfiguration configuration)
    {
        if (configuration.VirtualServices.GroupBy(service => service.VirtualService).FirstOrDefault(group => group.Count() > 1) is { } service)
        {
            throw new LvsValidationException("VirtualServiceNamedTwice", $"The document names the virtual service {service.Key} twice.");
        }

        foreach (ServiceConfiguration each in configuration.VirtualServices)
        {
            if (each.RealServers?.GroupBy(server => server.RealServer).FirstOrDefault(group => group.Count() > 1) is { } server)
            {
                throw new LvsValidationException("RealServerNamedTwice", $"The document names the real server {server.Key} of {each.VirtualService} twice.");
            }
        }
    }

    private static string Fingerprint(DirectorState state, IReadOnlyList<LvsHold> holds, IEnumerable<LvsPlanItem> items)
    {
        IEnumerable<string> lines = state.Lines
            .Concat(holds.Select(hold => string.Create(CultureInfo.InvariantCulture, $"hold {hold.VirtualService} {hold.RealServer}")).Order(StringComparer.Ordinal))
            // What is read of the host itself is known by what shall be changed of it.
            .Concat(items.Where(item => item.VirtualService is null).SelectMany(item => item.Changes).Select(change => change.ToString()));
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines)))).ToLowerInvariant();
    }
}
