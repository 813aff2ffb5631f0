using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>
/// Makes the tree of a desired state in canonical form: keys in their order, services, servers and all that has no order of its own sorted, and only what is
/// said, apart from a service's scheduler and the way to its servers, which a reader wants to see.
/// </summary>
internal static class DocumentBuilder
{
    internal static DocumentNode Build(LvsConfiguration configuration) => new Members()
        .Text(DocumentKeys.Schema, DocumentKeys.SchemaFile)
        .Number("version", DocumentKeys.CurrentVersion)
        .Text("owner", configuration.Owner)
        .Some("scope", configuration.Scope.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(pattern => DocumentNode.OfText(pattern)))
        .Add("timeouts", configuration.Timeout is { } timeout ? Timeouts(timeout) : null)
        .Add("syncDaemons", configuration.SyncDaemons is { } daemons ? DocumentNode.OfArray([.. daemons.OrderBy(daemon => daemon.Role).Select(Daemon)]) : null)
        .Some("directorVips", configuration.DirectorVips.OrderBy(vip => vip.Address).Select(Vip))
        .Add("forwarding", Forwarding(configuration))
        .Add("kernelParameters", KernelParameters(configuration))
        .Some("virtualServices", configuration.VirtualServices.OrderBy(service => service.VirtualService).Select(Service))
        .Node();

    private static DocumentNode? Timeouts(LvsTimeout timeout) =>
        new Members().Number("tcp", Said(timeout.Tcp)).Number("tcpFin", Said(timeout.TcpFin)).Number("udp", Said(timeout.Udp)).NodeUnlessEmpty();

    // 0 leaves the director's value, which a document says by leaving it out.
    private static uint? Said(uint? seconds) => seconds is 0 ? null : seconds;

    private static DocumentNode Daemon(LvsSyncDaemon daemon) => new Members()
        .Text("role", daemon.Role.ToString())
        .Text("interface", daemon.Interface)
        .Number("syncId", daemon.SyncId)
        .Number("maximumLength", daemon.MaximumLength)
        .Text("multicastGroup", daemon.MulticastGroup?.ToString())
        .Number("multicastPort", daemon.MulticastPort)
        .Number("multicastTtl", daemon.MulticastTtl)
        .Node();

    private static DocumentNode Vip(DirectorVipSettings vip) => vip is { Interface: null, PrefixLength: null }
        ? DocumentNode.OfText(vip.Address.ToString())
        : new Members().Text("address", vip.Address.ToString()).Text("interface", vip.Interface).Number("prefixLength", vip.PrefixLength).Node();

    private static DocumentNode? Forwarding(LvsConfiguration configuration) =>
        new Members().Flag("ipv4", configuration.ForwardingIPv4).Flag("ipv6", configuration.ForwardingIPv6).NodeUnlessEmpty();

    private static DocumentNode? KernelParameters(LvsConfiguration configuration)
    {
        Members members = new();
        foreach ((string name, object value) in configuration.KernelParameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal))
        {
            members.Add(name, Canonical(name, value) switch
            {
                bool flag => DocumentNode.OfBoolean(flag),
                long number => DocumentNode.OfNumber(number),
                var other => DocumentNode.OfText(Convert.ToString(other, CultureInfo.InvariantCulture) ?? string.Empty),
            });
        }

        return members.NodeUnlessEmpty();
    }

    private static object Canonical(string name, object value)
    {
        try
        {
            return DirectorBinder.Canonical(name, value);
        }
        catch (LvsValidationException)
        {
            // Who reads it is told; to write is not to judge.
            return value;
        }
    }

    private static DocumentNode Service(ServiceConfiguration service)
    {
        VirtualServiceSettings settings = service.Settings;
        RealServerSettings[] servers = [.. service.RealServers?.Select(server => server.Settings) ?? []];
        // What all servers have in common is said once, at the service.
        RealServerSettings? model = servers.FirstOrDefault();
        RealServerSettings common = new()
        {
            RealServer = model?.RealServer ?? LvsServerId.Observed(default, 0),
            Forwarding = model is not null && servers.All(server => server.Forwarding == model.Forwarding) ? model.Forwarding : LvsForwardingMethod.DirectRouting,
        };
        if (common.Forwarding == LvsForwardingMethod.Tunnel && servers.All(server => SameTunnel(server, model!)))
        {
            common = common with { TunnelType = model!.TunnelType, TunnelPort = model.TunnelPort, TunnelChecksum = model.TunnelChecksum };
        }

        int longest = settings.VirtualService.AddressFamily == LvsAddressFamily.IPv6 ? 128 : 32;
        return Tunnel(
            new Members()
                .Text("virtualService", settings.VirtualService.ToString())
                .Text("scheduler", settings.Scheduler)
                .Text("schedulerFlags", settings.SchedulerFlags.IsEmpty ? null : settings.SchedulerFlags.For(settings.Scheduler).ToString())
                .Flag("onePacket", settings.OnePacket ? true : null)
                .Number("persistenceTimeout", settings.PersistenceTimeout)
                .Number("persistencePrefixLength", settings.PersistencePrefixLength == longest ? null : settings.PersistencePrefixLength)
                .Text("persistenceNetmask", settings is { IrregularNetmask: { } mask, PersistencePrefixLength: null } ? Netmask(mask) : null)
                .Text("persistenceEngine", settings.PersistenceEngine)
                .Text("forwarding", model is not null && servers.All(server => server.Forwarding == common.Forwarding) ? common.Forwarding.ToString() : null),
            common,
            null)
            .Add("minimumAvailable", service.MinimumAvailable is { } minimum ? Minimum(minimum, service.MinimumIsPercent) : null)
            .Number("quorum", service.Quorum)
            .Add("sorryServer", service.SorryServer is { } sorry ? Server(sorry, null, common) : null)
            .Add("healthCheck", service.HealthCheck is { } check ? HealthCheck(check) : null)
            .Add("realServers", service.RealServers is { } list
                ? DocumentNode.OfArray([.. list.OrderBy(server => server.RealServer).Select(server => Server(server.Settings, server.HealthCheck, common))])
                : null)
            .Node();
    }

    private static DocumentNode Minimum(int minimum, bool isPercent) =>
        isPercent ? DocumentNode.OfText(string.Create(CultureInfo.InvariantCulture, $"{minimum}%")) : DocumentNode.OfNumber(minimum);

    private static string Netmask(uint mask) => string.Create(CultureInfo.InvariantCulture, $"{mask >> 24}.{(mask >> 16) & 255}.{(mask >> 8) & 255}.{mask & 255}");

    private static bool SameTunnel(RealServerSettings left, RealServerSettings right) =>
        (left.TunnelType, left.TunnelPort, left.TunnelChecksum) == (right.TunnelType, right.TunnelPort, right.TunnelChecksum);

    private static DocumentNode Server(RealServerSettings server, HealthCheckSettings? check, RealServerSettings common)
    {
        Members members = new Members().Text("realServer", server.RealServer.ToString());
        if (server.Forwarding != common.Forwarding)
        {
            // Whoever says how it is reached says how it is tunnelled.
            members.Text("forwarding", server.Forwarding.ToString());
        }

        members.Number("weight", server.Weight == 1 ? null : server.Weight)
            .Number("upperThreshold", server.UpperThreshold == 0 ? null : server.UpperThreshold)
            .Number("lowerThreshold", server.LowerThreshold == 0 ? null : server.LowerThreshold);
        if (server.Forwarding == common.Forwarding || server.Forwarding == LvsForwardingMethod.Tunnel || !SameTunnel(server, new RealServerSettings { RealServer = server.RealServer }))
        {
            Tunnel(members, server, common);
        }

        members.Add("healthCheck", check is null ? null : HealthCheck(check));
        return members.Count == 1 ? DocumentNode.OfText(server.RealServer.ToString()) : members.Node();
    }

    // Against what the service says; against nothing at the service itself.
    private static Members Tunnel(Members members, RealServerSettings server, RealServerSettings? common) => members
        .Text("tunnelType", server.TunnelType == (common?.TunnelType ?? LvsTunnelType.Ipip) ? null : server.TunnelType.ToString())
        .Number("tunnelPort", server.TunnelPort == (common?.TunnelPort ?? 0) ? null : server.TunnelPort)
        .Text("tunnelChecksum", server.TunnelChecksum == (common?.TunnelChecksum ?? LvsTunnelChecksum.None) ? null : server.TunnelChecksum.ToString());

    private static DocumentNode HealthCheck(HealthCheckSettings check) => new Members()
        .Text("kind", check.Kind.ToString())
        .Text("address", check.Address?.ToString())
        .Number("port", check.Port)
        .Number("interval", check.Interval)
        .Number("timeout", check.Timeout)
        .Number("retries", check.Retries)
        .Number("retryDelay", check.RetryDelay)
        .Text("path", check.Path)
        .Text("virtualHost", check.VirtualHost)
        .Text("method", check.Method)
        .Some("status", check.Status.Distinct().Order().Select(code => DocumentNode.OfNumber(code)))
        .Text("pattern", check.Pattern)
        .Text("digest", check.Digest)
        .Text("queryName", check.QueryName)
        .Text("queryType", check.QueryType)
        .Text("helloName", check.HelloName)
        .Text("command", check.Command)
        .Node();

    /// <summary>The names of an object as they come; what is null is left out.</summary>
    private sealed class Members
    {
        private readonly List<DocumentMember> _members = [];

        internal int Count => _members.Count;

        internal Members Add(string name, DocumentNode? value)
        {
            if (value is not null)
            {
                _members.Add(new DocumentMember(name, 0, value));
            }

            return this;
        }

        internal Members Text(string name, string? text) => Add(name, text is null ? null : DocumentNode.OfText(text));

        internal Members Flag(string name, bool? flag) => Add(name, flag is { } value ? DocumentNode.OfBoolean(value) : null);

        internal Members Number(string name, long? number) => Add(name, number is { } value ? DocumentNode.OfNumber(value) : null);

        internal Members Number(string name, double? number) => Add(name, number is { } value ? DocumentNode.OfNumber(value) : null);

        internal Members Some(string name, IEnumerable<DocumentNode> items)
        {
            DocumentNode[] all = [.. items];
            return Add(name, all.Length == 0 ? null : DocumentNode.OfArray(all));
        }

        internal DocumentNode Node() => DocumentNode.OfMap(_members);

        internal DocumentNode? NodeUnlessEmpty() => _members.Count == 0 ? null : Node();
    }
}
