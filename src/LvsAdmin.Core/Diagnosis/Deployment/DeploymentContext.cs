using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>What the rules look at: one director, its services, and all hosts that can be asked.</summary>
internal sealed class DeploymentContext
{
    private readonly HashSet<(LvsDeploymentCause Cause, DeploymentHost Host, LvsAddress? Vip)> _found = [];

    /// <summary>The director.</summary>
    internal required DeploymentHost Director { get; init; }

    /// <summary>All directors that take turns with each other, this one among them, in the order in which the user named them.</summary>
    internal required IReadOnlyList<DeploymentHost> Directors { get; init; }

    /// <summary>The other directors; empty for a single one.</summary>
    internal IEnumerable<DeploymentHost> Peers => Directors.Where(director => director != Director);

    /// <summary>The host from which a client asks; null when none was named.</summary>
    internal DeploymentHost? Client { get; init; }

    /// <summary>The services to look at, as the director's kernel has them.</summary>
    internal required IReadOnlyList<DeploymentService> Services { get; init; }

    /// <summary>The hosts of the real servers that could be reached, each once.</summary>
    internal IEnumerable<DeploymentHost> RealServerHosts => Services.SelectMany(service => service.Servers).Select(server => server.Host).OfType<DeploymentHost>().Distinct();

    /// <summary>All real servers of the services.</summary>
    internal IEnumerable<(DeploymentService Service, DeploymentServer Server)> Servers => Services.SelectMany(service => service.Servers, (service, server) => (service, server));

    /// <summary>The VIPs of the services, each once.</summary>
    internal IEnumerable<LvsAddress> Vips => Services.Select(service => service.Vip).OfType<LvsAddress>().Distinct();

    /// <summary>All hosts that can be asked, each once.</summary>
    internal IEnumerable<DeploymentHost> Hosts => Directors.Concat(RealServerHosts).Concat(Client is null ? [] : [Client]).Distinct();

    /// <summary>The host that has a MAC address; null when none of those that can be asked has it.</summary>
    internal async ValueTask<DeploymentHost?> FindByMacAsync(string mac, CancellationToken cancellationToken)
    {
        foreach (DeploymentHost host in Hosts)
        {
            if ((await host.GetStateAsync(cancellationToken).ConfigureAwait(false)).Interfaces.Any(each => each.MacAddress == mac))
            {
                return host;
            }
        }

        return null;
    }

    /// <summary>Whether a cause was found on a host before: then its consequences there are no news.</summary>
    /// <param name="cause">The cause.</param>
    /// <param name="host">Where.</param>
    /// <param name="vip">The VIP to which it has to matter; null for any.</param>
    internal bool Has(LvsDeploymentCause cause, DeploymentHost host, LvsAddress? vip = null)
    {
        lock (_found)
        {
            return vip is null
                ? _found.Any(each => each.Cause == cause && each.Host == host)
                : _found.Contains((cause, host, vip)) || _found.Contains((cause, host, null));
        }
    }

    /// <summary>Remembers what was found; the runner does so with each result that failed.</summary>
    internal void Add(LvsDeploymentCause cause, DeploymentHost host, LvsAddress? vip)
    {
        lock (_found)
        {
            _found.Add((cause, host, vip));
        }
    }
}

/// <summary>A virtual service and its real servers.</summary>
/// <param name="Service">As the director's kernel has it.</param>
/// <param name="Servers">In the kernel's order.</param>
internal sealed record DeploymentService(LvsVirtualService Service, IReadOnlyList<DeploymentServer> Servers)
{
    /// <summary>Which service it is.</summary>
    internal LvsServiceId Id => Service.VirtualService;

    /// <summary>The VIP; null for a firewall mark, which may stand for many.</summary>
    internal LvsAddress? Vip => Service.VirtualService.Address;
}

/// <summary>A real server of a service, and its host.</summary>
/// <param name="Server">As the director's kernel has it.</param>
/// <param name="Host">The host that has its address; null when none of those that can be asked has it.</param>
internal sealed record DeploymentServer(LvsRealServer Server, DeploymentHost? Host)
{
    /// <summary>Which real server it is.</summary>
    internal LvsServerId Id => Server.RealServer;
}
