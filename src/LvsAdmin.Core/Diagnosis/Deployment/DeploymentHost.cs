using System.Collections.Concurrent;
using System.Text.Json;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>A host of a deployment and what was read of it: each fact once, however many rules ask for it. Facts of one family stand in a file of their own.</summary>
/// <param name="host">The host.</param>
/// <param name="connect">Opens the host's IPVS, or gives the connection that is open; null for a host whose IPVS is not looked at.</param>
internal sealed partial class DeploymentHost(ILvsHost host, Func<CancellationToken, ValueTask<IpvsClient>>? connect)
{
    // One question: the answer on a link comes within milliseconds, and this is asked for each VIP that is well.
    private const int SecondsToListen = 1;

    private readonly ConcurrentDictionary<string, Lazy<Task<object?>>> _facts = new(StringComparer.Ordinal);

    /// <summary>The host.</summary>
    internal ILvsHost Host => host;

    /// <summary>How results name it in a sentence: the network namespace where it is one.</summary>
    internal string Name => host.NetworkNamespace ?? host.Name;

    /// <summary>Asks its links who owns an address.</summary>
    internal LinkProbe Link { get; } = new(host, SecondsToListen);

    /// <summary>The connection to its IPVS, which takes one call at a time; directors have one.</summary>
    /// <exception cref="IpvsException">IPVS is missing, or may not be asked.</exception>
    internal ValueTask<IpvsClient> ConnectAsync(CancellationToken cancellationToken) =>
        connect?.Invoke(cancellationToken) ?? throw new InvalidOperationException("The IPVS of this host is not looked at.");

    /// <summary>Its interfaces, addresses, ARP policy and reverse path filters.</summary>
    internal ValueTask<RealServerState> GetStateAsync(CancellationToken cancellationToken) =>
        FactAsync("state", stop => RealServerState.ReadAsync(host, ListInterfacesAsync(stop), stop), cancellationToken)!;

    /// <summary>All addresses of its own, VIPs included.</summary>
    internal async ValueTask<IReadOnlySet<LvsAddress>> GetAddressesAsync(CancellationToken cancellationToken) =>
        (await GetStateAsync(cancellationToken).ConfigureAwait(false)).Interfaces.SelectMany(each => each.Addresses).Select(held => held.Address).ToHashSet();

    /// <summary>A small file, such as a sysctl; null when there is none.</summary>
    internal ValueTask<string?> ReadAsync(string path, CancellationToken cancellationToken) =>
        FactAsync($"file {path}", stop => host.ReadFileAsync(path, stop), cancellationToken);

    /// <summary>What <c>ip -json</c> lists; null when it fails with the words given.</summary>
    /// <param name="nothing">The words of its error that mean that there is nothing to list, such as <c>unreachable</c>.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <param name="arguments">Its arguments, with <c>-json</c>.</param>
    internal ValueTask<JsonElement[]?> IpAsync(string nothing, CancellationToken cancellationToken, params string[] arguments) =>
        FactAsync(IpFact(arguments), stop => IpCommand.TryQueryAsync(host, nothing, stop, arguments), cancellationToken);

    /// <summary>A fact, read at the first asking.</summary>
    /// <param name="name">Its name on this host.</param>
    /// <param name="read">How it is read.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    internal async ValueTask<T?> FactAsync<T>(string name, Func<CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        return (T?)await _facts.GetOrAdd(name, _ => new Lazy<Task<object?>>(ReadAsync)).Value.ConfigureAwait(false);

        async Task<object?> ReadAsync() => await read(cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<HostInterface>> ListInterfacesAsync(CancellationToken cancellationToken) => HostInterface.Parse(
        host, (await FactAsync(IpFact(HostInterface.Arguments), stop => IpCommand.QueryAsync(host, stop, HostInterface.Arguments), cancellationToken).ConfigureAwait(false))!);

    private static string IpFact(string[] arguments) => $"ip {string.Join('\0', arguments)}";

    /// <summary>Forgets what was read, after something was changed.</summary>
    internal void Forget() => _facts.Clear();
}
