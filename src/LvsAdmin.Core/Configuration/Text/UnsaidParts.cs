using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>Gathers what a format cannot say, one note of a kind, which names all that lose it.</summary>
internal sealed class UnsaidParts(string format)
{
    private const int Named = 5;

    private readonly Dictionary<string, List<string>> _parts = [];

    internal IReadOnlyList<ConfigurationNote> Notes => [.. _parts.Select(part => new ConfigurationNote($"{format} {part.Key}: {List(part.Value)}."))];

    /// <summary>Adds a loss.</summary>
    /// <param name="loss">What becomes of what, as in "ipvsadm LOSS: those that lose it".</param>
    /// <param name="subject">What loses it.</param>
    internal void Add(string loss, string subject)
    {
        if (!_parts.TryGetValue(loss, out List<string>? subjects))
        {
            _parts.Add(loss, subjects = []);
        }

        subjects.Add(subject);
    }

    /// <summary>What only our own document has.</summary>
    internal void AddDocumentParts(LvsConfiguration configuration)
    {
        if (configuration.Owner is { } owner)
        {
            Add("has no owner, which is left out", owner);
        }

        foreach (string pattern in configuration.Scope)
        {
            Add("has no scope, which is left out", pattern);
        }

        foreach (DirectorVipSettings vip in configuration.DirectorVips)
        {
            Add("does not hold the director's virtual IPs, which are left out", vip.Address.ToString());
        }

        if (configuration.ForwardingIPv4 is not null)
        {
            Add("does not set forwarding, which is left out", "IPv4");
        }

        if (configuration.ForwardingIPv6 is not null)
        {
            Add("does not set forwarding, which is left out", "IPv6");
        }

        foreach (string name in configuration.KernelParameters.Keys)
        {
            Add("does not set kernel parameters, which are left out", name);
        }

        foreach (ServiceConfiguration service in configuration.VirtualServices)
        {
            string subject = service.VirtualService.ToString();
            if (service.RealServers is null)
            {
                Add("cannot leave the real servers of a service alone, which is written without any", subject);
            }

            if (service.MinimumAvailable is not null)
            {
                Add("has no minimum of available real servers, which is left out", subject);
            }
        }
    }

    /// <summary>
    /// The real servers of a service in order. Programs that run without NAT take the service's port, or none with a firewall mark; servers that differ in
    /// nothing but their port are one to them, of which the first stays.
    /// </summary>
    /// <param name="service">The service.</param>
    /// <param name="markHasPort">Whether a server of a firewall mark keeps its port.</param>
    internal IReadOnlyList<ServerConfiguration> Servers(ServiceConfiguration service, bool markHasPort)
    {
        HashSet<(LvsAddress Address, ushort? Port)> seen = [];
        List<ServerConfiguration> servers = [];
        foreach (ServerConfiguration server in (service.RealServers ?? []).OrderBy(each => each.RealServer.Address).ThenBy(each => each.RealServer.Port))
        {
            ushort? own = server.RealServer.Within(service.VirtualService).Port;
            bool keeps = server.Settings.Forwarding == LvsForwardingMethod.Nat || (markHasPort && service.VirtualService.Port is null);
            if (seen.Add((server.RealServer.Address, keeps ? own : service.VirtualService.Port ?? 0)))
            {
                servers.Add(server);
            }
            else
            {
                Add("takes the service's port for a real server without NAT, so those that differ only in it are one; left out", $"{server.RealServer} in {service.VirtualService}");
            }
        }

        return servers;
    }

    private static string List(List<string> subjects) => subjects.Count <= Named
        ? string.Join(", ", subjects)
        : $"{string.Join(", ", subjects[..Named])} and {subjects.Count - Named} more";
}
