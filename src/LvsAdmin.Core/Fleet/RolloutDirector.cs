using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Fleet;

/// <summary>A director of a roll-out. Its IPVS takes one call at a time, and so does its list of holds.</summary>
/// <param name="name">As messages name it.</param>
/// <param name="openAsync">Opens the host and its IPVS; anew, when its argument says that the connection was lost.</param>
public sealed class RolloutDirector(string name, Func<bool, CancellationToken, ValueTask<(ILvsHost Host, IpvsClient Client)>> openAsync) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private bool _isLost;

    /// <summary>The director as messages name it.</summary>
    public string Name => name;

    /// <summary>The services with their real servers, as they were read last.</summary>
    public IReadOnlyList<(LvsVirtualService Service, IReadOnlyList<LvsRealServer> Servers)> Services { get; private set; } = [];

    /// <summary>What was held when they were read.</summary>
    internal IReadOnlyList<LvsHold> Holds { get; private set; } = [];

    /// <summary>What it was like when it was looked at as a host that a roll-out changes; null before.</summary>
    internal DirectorFacts? Facts { get; private set; }

    /// <summary>Reads what a roll-out over directors goes by: the table, the addresses that the host has, and the sync daemons.</summary>
    /// <exception cref="LvsHostException">The director cannot be reached, or its addresses cannot be read.</exception>
    /// <exception cref="IpvsException">The kernel refused.</exception>
    public async ValueTask ReadFactsAsync(RolloutOptions options, CancellationToken cancellationToken) =>
        Facts = await UseAsync(DirectorFacts.ReadAsync, options, cancellationToken).ConfigureAwait(false);

    /// <summary>Reads the services, the real servers and the holds.</summary>
    /// <exception cref="LvsHostException">The director cannot be reached, or the list of holds cannot be read.</exception>
    /// <exception cref="IpvsException">The kernel refused.</exception>
    public async ValueTask ReadAsync(RolloutOptions options, CancellationToken cancellationToken) => await UseAsync(
        async (host, client, stop) =>
        {
            IReadOnlyList<(LvsVirtualService, IReadOnlyList<LvsRealServer>)> services = await IpvsTable.ReadAsync(client, null, stop).ConfigureAwait(false);
            Holds = await HoldStore.ReadAsync(host, stop).ConfigureAwait(false);
            Services = services;
            return true;
        },
        options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    /// <summary>The services as far as servers may be taken out of them.</summary>
    internal IEnumerable<RolloutPool> Pools(RolloutQuantity minimum) => Services.Select(each => new RolloutPool(
        name, each.Service.VirtualService, each.Servers.ToDictionary(server => server.RealServer, server => server.Weight > 0), minimum.AtLeast(each.Servers.Count)));

    /// <summary>Works on the director; after an error of the connection again, over a new one.</summary>
    /// <exception cref="LvsConnectionException">It was lost, and did not come back.</exception>
    internal async ValueTask<T> UseAsync<T>(Func<ILvsHost, IpvsClient, CancellationToken, ValueTask<T>> work, RolloutOptions options, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (int attempt = 0; ; attempt++)
            {
                try
                {
                    (ILvsHost host, IpvsClient client) = await openAsync(_isLost, cancellationToken).ConfigureAwait(false);
                    _isLost = false;
                    return await work(host, client, cancellationToken).ConfigureAwait(false);
                }
                catch (LvsConnectionException)
                {
                    _isLost = true;
                    if (attempt >= options.RetryCount)
                    {
                        throw;
                    }
                }

                await Task.Delay(RolloutRetry.PauseAfter(attempt), options.Time, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }
    }
}
