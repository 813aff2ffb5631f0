using System.Runtime.CompilerServices;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>
/// A deployment of LVS as a whole: directors, their services, the hosts of the real servers, and where clients ask from. Finds out why it does not work:
/// each cause is one bad result, on the host where it is to be mended, and what follows from a cause is not told again.
/// </summary>
/// <param name="directors">The directors; several take turns with each other.</param>
/// <param name="realServers">Hosts of real servers; which is which, their addresses tell.</param>
/// <param name="reach">Gives the host of a real server's address where none of those has it; null where such a server cannot be looked at.</param>
/// <param name="client">The host that clients ask from; null for none.</param>
public sealed partial class LvsDeployment(
    IReadOnlyList<LvsDeploymentDirector> directors, IReadOnlyList<ILvsHost> realServers, Func<LvsAddress, ILvsHost>? reach, ILvsHost? client)
{
    private readonly Dictionary<ILvsHost, DeploymentHost> _hosts = [];

    /// <summary>How many kinds of trouble are looked for.</summary>
    public static int RuleCount => DeploymentRules.All.Count;

    /// <summary>Told of a director that could not be looked at, and why; null to end the checks with that error.</summary>
    public Func<ILvsHost, Exception, ValueTask>? Lost { get; init; }

    /// <summary>The services of all directors that were looked at last; null where one of them could not tell, so that it is not known which there are.</summary>
    public IReadOnlySet<LvsServiceId>? Services { get; private set; }

    /// <summary>Looks at all of it, as it is now. Changes nothing.</summary>
    /// <param name="progress">Told before each kind of trouble is looked for: which, and how many were before it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>A result for each place that was looked at, in the order in which trouble is best mended.</returns>
    /// <exception cref="LvsHostException">A director cannot be reached.</exception>
    /// <exception cref="IpvsException">A director's IPVS may not be asked.</exception>
    public async IAsyncEnumerable<LvsDeploymentCheck> CheckAsync(Func<LvsDeploymentCause, int, ValueTask>? progress, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (DeploymentHost host in _hosts.Values)
        {
            host.Forget();
        }

        List<LvsDeploymentCheck> unreachable = [];
        IReadOnlyList<DeploymentContext> contexts = await ReadAsync(unreachable, cancellationToken).ConfigureAwait(false);
        foreach (LvsDeploymentCheck check in unreachable)
        {
            yield return check;
        }

        HashSet<object> told = [];
        for (int rule = 0; rule < DeploymentRules.All.Count; rule++)
        {
            if (progress is not null)
            {
                await progress(DeploymentRules.All[rule].Cause, rule).ConfigureAwait(false);
            }

            foreach (DeploymentContext context in contexts)
            {
                foreach (LvsDeploymentCheck check in await RunAsync(DeploymentRules.All[rule], context, cancellationToken).ConfigureAwait(false))
                {
                    if (told.Add(check.Key))
                    {
                        yield return check;
                    }
                }
            }
        }
    }

    private static async ValueTask<IReadOnlyList<LvsDeploymentCheck>> RunAsync(DeploymentRule rule, DeploymentContext context, CancellationToken cancellationToken)
    {
        List<LvsDeploymentCheck> checks = [];
        try
        {
            await foreach (LvsDeploymentCheck check in rule.CheckAsync(context, cancellationToken).ConfigureAwait(false))
            {
                checks.Add(check);
            }
        }
        catch (Exception failure) when (failure is LvsHostException or IpvsException or NetlinkException)
        {
            checks.Add(new LvsDeploymentCheck
            {
                Cause = rule.Cause,
                Outcome = LvsCheckOutcome.NotChecked,
                HostName = context.Director.Host.Name,
                NetworkNamespace = context.Director.Host.NetworkNamespace,
                Expected = "the hosts tell it",
                Found = failure.Message,
            });
        }

        // Only afterwards: what a rule found on one server is no reason to leave out the next one.
        foreach (LvsDeploymentCheck check in checks)
        {
            if (check is { Outcome: LvsCheckOutcome.Failed, Place: { } place })
            {
                context.Add(check.Cause, place, check.Vip ?? check.VirtualService?.Address);
            }
        }

        return checks;
    }

    private async ValueTask<IReadOnlyList<DeploymentContext>> ReadAsync(List<LvsDeploymentCheck> unreachable, CancellationToken cancellationToken)
    {
        DeploymentHost[] heads = [.. directors.Select(director => HostOf(director.Host, director.Connect))];
        List<(DeploymentHost Head, IReadOnlyList<(LvsVirtualService Service, IReadOnlyList<LvsRealServer> Servers)> Services)> tables = [];
        bool isComplete = true;
        foreach ((LvsDeploymentDirector director, DeploymentHost head) in directors.Zip(heads))
        {
            try
            {
                IReadOnlyList<(LvsVirtualService Service, IReadOnlyList<LvsRealServer> Servers)>? table = await ReadTableAsync(director, head, cancellationToken).ConfigureAwait(false);
                isComplete &= table is not null;
                tables.Add((head, table ?? []));
                LvsAddress[] vips = [.. VipsOf(table ?? [])];
                await head.PrefetchAsync([.. vips, .. (table ?? []).SelectMany(each => each.Servers).Select(server => server.Address)], cancellationToken).ConfigureAwait(false);
                await DirectorVipRule.BeginAskingAsync(head, vips, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (Lost is not null && failure is LvsHostException or IpvsException or NetlinkException)
            {
                isComplete = false;
                await Lost!(director.Host, failure).ConfigureAwait(false);
            }
        }

        Services = isComplete ? tables.SelectMany(table => table.Services).Select(each => each.Service.VirtualService).ToHashSet() : null;

        LvsAddress[] served = [.. tables.SelectMany(table => VipsOf(table.Services)).Distinct()];
        Task<(DeploymentHost? Client, LvsDeploymentCheck? Trouble)> finding = FindClientAsync(served, cancellationToken);
        Dictionary<LvsAddress, DeploymentHost> owners = await FindOwnersAsync(
            served,
            tables.Select(table => table.Head),
            [.. tables.SelectMany(table => table.Services).SelectMany(each => each.Servers).Select(server => server.Address).Distinct()],
            unreachable,
            cancellationToken).ConfigureAwait(false);
        (DeploymentHost? asking, LvsDeploymentCheck? trouble) = await finding.ConfigureAwait(false);
        unreachable.AddRange(trouble is null ? [] : [trouble]);
        return
        [
            .. tables.Select(table => new DeploymentContext
            {
                Director = table.Head,
                Directors = [.. tables.Select(each => each.Head)],
                Client = asking,
                Services =
                [
                    .. table.Services.Select(each => new DeploymentService(each.Service, [.. each.Servers.Select(server => new DeploymentServer(server, owners.GetValueOrDefault(server.Address)))])),
                ],
            }),
        ];
    }

    private static IEnumerable<LvsAddress> VipsOf(IEnumerable<(LvsVirtualService Service, IReadOnlyList<LvsRealServer> Servers)> table) =>
        table.Select(each => each.Service.VirtualService.Address).OfType<LvsAddress>();

    // Null where there is no IPVS, which a rule tells.
    private static async ValueTask<IReadOnlyList<(LvsVirtualService Service, IReadOnlyList<LvsRealServer> Servers)>?> ReadTableAsync(
        LvsDeploymentDirector director, DeploymentHost head, CancellationToken cancellationToken)
    {
        try
        {
            return [.. (await head.GetTableAsync(cancellationToken).ConfigureAwait(false)).Where(each => director.Chooses(each.Service.VirtualService))];
        }
        catch (IpvsException missing) when (missing.Error == IpvsError.ModuleNotLoaded)
        {
            return null;
        }
    }

    private async ValueTask<Dictionary<LvsAddress, DeploymentHost>> FindOwnersAsync(
        LvsAddress[] served, IEnumerable<DeploymentHost> heads, IReadOnlyList<LvsAddress> addresses, List<LvsDeploymentCheck> unreachable, CancellationToken cancellationToken)
    {
        Dictionary<LvsAddress, DeploymentHost> owners = [];
        DeploymentHost[] known = [.. realServers.Select(host => HostOf(host, null)).Concat(heads).Distinct()];
        string?[] failures = await Task.WhenAll(known.Select(host => LookAsync(host))).ConfigureAwait(false);
        foreach ((DeploymentHost host, string? failure) in known.Zip(failures))
        {
            if (failure is not null)
            {
                unreachable.Add(Unreachable(host, null, failure));
            }
        }

        foreach (LvsAddress address in addresses.Where(address => !owners.ContainsKey(address)).ToArray())
        {
            if (reach is null)
            {
                if (realServers.Count > 0 && failures.All(failure => failure is null))
                {
                    unreachable.Add(Unknown(address, $"none of the named hosts has the address {address}: name its host too (-RealServerHost)"));
                }
                else if (realServers.Count == 0)
                {
                    unreachable.Add(Unknown(address, "no host of it was named (-RealServerHost, -OnRealServer): only the director's side was looked at"));
                }

                continue;
            }

            DeploymentHost host = HostOf(reach(address), null);
            if (await LookAsync(host).ConfigureAwait(false) is { } trouble)
            {
                unreachable.Add(Unreachable(host, address, trouble));
            }
            else
            {
                owners.TryAdd(address, host);
            }
        }

        return owners;

        async Task<string?> LookAsync(DeploymentHost host)
        {
            try
            {
                await host.PrefetchAsync(served, cancellationToken).ConfigureAwait(false);
                IReadOnlySet<LvsAddress> own = await host.GetAddressesAsync(cancellationToken).ConfigureAwait(false);
                lock (owners)
                {
                    foreach (LvsAddress address in addresses.Where(own.Contains))
                    {
                        owners.TryAdd(address, host);
                    }
                }

                return null;
            }
            catch (LvsHostException failure)
            {
                return failure.Message;
            }
        }
    }

    private async Task<(DeploymentHost? Client, LvsDeploymentCheck? Trouble)> FindClientAsync(LvsAddress[] served, CancellationToken cancellationToken)
    {
        if (client is null)
        {
            return (null, null);
        }

        DeploymentHost host = HostOf(client, null);
        try
        {
            await host.PrefetchAsync(served, cancellationToken).ConfigureAwait(false);
            await host.GetStateAsync(cancellationToken).ConfigureAwait(false);
            return (host, null);
        }
        catch (LvsHostException failure)
        {
            return (null, Unreachable(host, null, failure.Message) with { Reason = "Whom clients take for the director is not known." });
        }
    }

    private static LvsDeploymentCheck Unreachable(DeploymentHost host, LvsAddress? address, string failure) => new()
    {
        Cause = LvsDeploymentCause.HostUnreachable,
        Outcome = LvsCheckOutcome.Failed,
        HostName = host.Host.Name,
        NetworkNamespace = host.Host.NetworkNamespace,
        RealServer = address is { } known ? new LvsServerId(known) : null,
        Expected = "the host can be looked at",
        Found = failure,
        Reason = "Whether it serves its clients is not known.",
        Place = host,
    };

    private LvsDeploymentCheck Unknown(LvsAddress address, string why) => new()
    {
        Cause = LvsDeploymentCause.HostUnreachable,
        Outcome = LvsCheckOutcome.NotChecked,
        HostName = directors[0].Host.Name,
        NetworkNamespace = directors[0].Host.NetworkNamespace,
        RealServer = new LvsServerId(address),
        Expected = "the host can be looked at",
        Found = why,
    };

    private DeploymentHost HostOf(ILvsHost host, Func<CancellationToken, ValueTask<IpvsClient>>? connect)
    {
        if (!_hosts.TryGetValue(host, out DeploymentHost? known))
        {
            _hosts.Add(host, known = new DeploymentHost(host, connect));
        }

        return known;
    }
}
