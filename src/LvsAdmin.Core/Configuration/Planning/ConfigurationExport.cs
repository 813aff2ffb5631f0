using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Configuration;

/// <summary>Makes a document of what a director has.</summary>
public static class ConfigurationExport
{
    /// <summary>Reads a director's table, timeouts and sync daemons as a document that describes just these.</summary>
    /// <param name="client">The director's IPVS.</param>
    /// <param name="services">Which services, by patterns of their text form with * and ?; empty for all.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="IpvsException">The kernel refused to be read.</exception>
    public static async ValueTask<LvsConfiguration> ReadTableAsync(IpvsClient client, IReadOnlyList<string> services, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(services);
        LvsConfiguration? wanted = services.Count == 0 ? null : new LvsConfiguration { Scope = services };
        DirectorState state = await DirectorState.ReadAsync(client, wanted, cancellationToken).ConfigureAwait(false);
        return new LvsConfiguration
        {
            Scope = services,
            // As it would be asked for: without the director that reported it.
            Timeout = state.Timeout is { } timeout ? new LvsTimeout { Tcp = timeout.Tcp, TcpFin = timeout.TcpFin, Udp = timeout.Udp } : null,
            SyncDaemons = state.SyncDaemons is { } daemons ? [.. daemons.Select(daemon => daemon with { HostName = string.Empty, NetworkNamespace = null })] : null,
            VirtualServices =
            [
                .. state.Services.Values.OrderBy(service => service.VirtualService).Select(service => new ServiceConfiguration
                {
                    Settings = service.Settings,
                    RealServers = [.. state.Servers[service.VirtualService].Select(server => new ServerConfiguration { Settings = server.Settings })],
                }),
            ],
        };
    }

    /// <summary>
    /// Reads all that a document can say of a director: also which of its services' addresses it holds, how it forwards, and the parameters of IPVS that
    /// are not as in a fresh kernel.
    /// </summary>
    /// <param name="host">The director.</param>
    /// <param name="client">Its IPVS.</param>
    /// <param name="services">Which services, by patterns of their text form with * and ?; empty for all.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="IpvsException">The kernel refused to be read.</exception>
    /// <exception cref="LvsHostException">The host cannot be read.</exception>
    public static async ValueTask<LvsConfiguration> ReadAllAsync(
        ILvsHost host, IpvsClient client, IReadOnlyList<string> services, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        LvsConfiguration table = await ReadTableAsync(client, services, cancellationToken).ConfigureAwait(false);
        LvsAddress[] addresses = [.. table.VirtualServices.Select(service => service.VirtualService.Address).OfType<LvsAddress>().Distinct().Order()];
        IReadOnlyList<LvsKernelParameter> parameters = await KernelParameters.ReadAsync(host, cancellationToken).ConfigureAwait(false);
        return table with
        {
            DirectorVips = addresses.Length == 0 ? [] : await VipsAsync(host, addresses, cancellationToken).ConfigureAwait(false),
            ForwardingIPv4 = await ForwardsAsync(host, LvsAddressFamily.IPv4, cancellationToken).ConfigureAwait(false),
            ForwardingIPv6 = await ForwardsAsync(host, LvsAddressFamily.IPv6, cancellationToken).ConfigureAwait(false),
            KernelParameters = parameters.Where(parameter => parameter.IsDefault == false)
                .ToDictionary(parameter => parameter.Name, parameter => parameter.Value, StringComparer.Ordinal),
        };
    }

    private static async ValueTask<IReadOnlyList<DirectorVipSettings>> VipsAsync(ILvsHost host, LvsAddress[] addresses, CancellationToken cancellationToken)
    {
        IReadOnlyList<HostInterface> interfaces = await HostInterface.ReadAsync(host, cancellationToken).ConfigureAwait(false);
        return
        [
            .. from address in addresses
               let holder = interfaces.SelectMany(each => each.Addresses, (each, held) => (each.Name, Held: held)).FirstOrDefault(each => each.Held.Address == address)
               where holder.Name is not null
               select new DirectorVipSettings { Address = address, Interface = holder.Name, PrefixLength = holder.Held.PrefixLength },
        ];
    }

    private static async ValueTask<bool?> ForwardsAsync(ILvsHost host, LvsAddressFamily family, CancellationToken cancellationToken)
    {
        try
        {
            return (await ForwardingPolicies.GetAsync(host, family, cancellationToken).ConfigureAwait(false)).Forwarding;
        }
        catch (LvsHostException missing) when (missing.Error == LvsHostError.FileMissing)
        {
            // A kernel without the family.
            return null;
        }
    }
}
