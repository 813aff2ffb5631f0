using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>The hosts that one cmdlet works on, each opened once and closed with the cmdlet.</summary>
internal sealed class HostPool : IDisposable
{
    private readonly Dictionary<string, (ILvsHost Host, IpvsClient? Client)> _hosts = new(StringComparer.Ordinal);

    /// <summary>The host with a network namespace of this machine.</summary>
    internal ILvsHost Get(string? networkNamespace) => Entry(networkNamespace).Host;

    /// <summary>The connection to its IPVS.</summary>
    internal async ValueTask<IpvsClient> ConnectAsync(string? networkNamespace, CancellationToken cancellationToken)
    {
        (ILvsHost host, IpvsClient? client) = Entry(networkNamespace);
        if (client is null)
        {
            client = await IpvsClient.ConnectAsync(
                await host.OpenNetlinkAsync(cancellationToken), host.Name, host.NetworkNamespace, cancellationToken);
            _hosts[networkNamespace ?? string.Empty] = (host, client);
        }

        return client;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((ILvsHost host, IpvsClient? client) in _hosts.Values)
        {
            client?.DisposeAsync().AsTask().GetAwaiter().GetResult();
            host.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        _hosts.Clear();
    }

    private (ILvsHost Host, IpvsClient? Client) Entry(string? networkNamespace)
    {
        string key = networkNamespace ?? string.Empty;
        if (!_hosts.TryGetValue(key, out (ILvsHost Host, IpvsClient? Client) entry))
        {
            entry = (new LocalHost(networkNamespace), null);
            _hosts.Add(key, entry);
        }

        return entry;
    }
}
