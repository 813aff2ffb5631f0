using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>
/// The services and real servers of a simulated kernel (net/netfilter/ipvs/ip_vs_ctl.c). Every method that gives an int gives an error number, 0 for none.
/// </summary>
internal sealed class SimulatedTable(TimeProvider time, ISimulatedNetwork network)
{
    private const byte Gue = (byte)LvsTunnelType.Gue;
    private const string NoScheduler = "none";

    // ::ffff:0:0/96, an IPv4 address in IPv6's form, is no unicast address (ipv6_addr_type).
    private const ulong MappedPrefix = 0xffff;

    // IP_VS_DEST_TRASH_PERIOD: a removed server that nothing needs any more is kept so long, and taken up again with its counters when it is added anew.
    private static readonly TimeSpan TrashPeriod = TimeSpan.FromSeconds(120);

    // What Linux 6.1 has as modules.
    internal static IReadOnlySet<string> Schedulers { get; } =
        new HashSet<string>(["rr", "wrr", "lc", "wlc", "fo", "ovf", "lblc", "lblcr", "dh", "sh", "mh", "sed", "nq", "twos"], StringComparer.Ordinal);

    private readonly List<SimulatedService> _services = [];
    private readonly Dictionary<ServiceKey, SimulatedService> _byKey = [];
    private readonly List<SimulatedServer> _trash = [];

    /// <summary>The services, those of a firewall mark last.</summary>
    internal IEnumerable<SimulatedService> Services => _services.Where(service => service.Key.Mark == 0).Concat(_services.Where(service => service.Key.Mark != 0));

    /// <summary>The counter of everything.</summary>
    internal SimulatedCounter Total { get; } = new();

    /// <summary>Whether a service has a server of the other address family.</summary>
    internal bool HasMixedFamilies => _services.Exists(service => service.Servers.Exists(server => server.Key.Family != service.Key.Family));

    internal SimulatedService? Find(ServiceKey key) => _byKey.GetValueOrDefault(key);

    internal int Add(ServiceRequest request, uint ticksPerSecond)
    {
        if (Check(request) is > 0 and var errno)
        {
            return errno;
        }

        SimulatedService service = new() { Key = request.Key, Scheduler = request.Scheduler };
        Apply(service, request, ticksPerSecond);
        _services.Add(service);
        _byKey.Add(service.Key, service);
        return 0;
    }

    internal static int Edit(SimulatedService service, ServiceRequest request, uint ticksPerSecond)
    {
        if (Check(request) is > 0 and var errno)
        {
            return errno;
        }

        Apply(service, request, ticksPerSecond);
        return 0;
    }

    internal int Remove(SimulatedService service)
    {
        foreach (SimulatedServer server in service.Servers)
        {
            Discard(server);
        }

        service.Servers.Clear();
        _services.Remove(service);
        _byKey.Remove(service.Key);
        return 0;
    }

    internal int Flush()
    {
        foreach (SimulatedService service in _services.ToArray())
        {
            Remove(service);
        }

        return 0;
    }

    internal static int Zero(SimulatedService service)
    {
        service.Connections.Zero();
        foreach (SimulatedServer server in service.Servers)
        {
            server.Total.Zero();
        }

        return 0;
    }

    internal int ZeroAll()
    {
        _services.ForEach(service => Zero(service));
        Total.Zero();
        return 0;
    }

    internal int AddServer(SimulatedService service, ServerRequest request)
    {
        if (Check(request) is > 0 and var errno)
        {
            return errno;
        }

        if (service.Find(request.Key) is not null)
        {
            return LinuxErrno.Exists;
        }

        SimulatedServer? server = TakeFromTrash(service, request.Key);
        if (server is null)
        {
            if (!IsUsable(request.Key))
            {
                return LinuxErrno.InvalidArgument;
            }

            server = new SimulatedServer { Key = request.Key, Service = service };
        }

        if (server.Service != service)
        {
            server.Total.Zero();
            server.Service = service;
        }

        server.Removed = null;
        Apply(server, request);
        service.Servers.Insert(0, server);
        return 0;
    }

    internal static int EditServer(SimulatedService service, ServerRequest request)
    {
        if (Check(request) is > 0 and var errno)
        {
            return errno;
        }

        if (service.Find(request.Key) is not { } server)
        {
            return LinuxErrno.NoEntry;
        }

        Apply(server, request);
        return 0;
    }

    internal int RemoveServer(SimulatedService service, ServerKey key)
    {
        if (service.Find(key) is not { } server)
        {
            return LinuxErrno.NoEntry;
        }

        service.Servers.Remove(server);
        Discard(server);
        return 0;
    }

    private static int Check(ServiceRequest request) => request switch
    {
        { Scheduler: not NoScheduler } when !Schedulers.Contains(request.Scheduler) => LinuxErrno.NoEntry,
        { Engine: not ("" or "sip") } => LinuxErrno.NoEntry,
        { Key.Family: ServerKey.IPv6, Netmask: 0 or > 128 } => LinuxErrno.InvalidArgument,
        _ => 0,
    };

    private static void Apply(SimulatedService service, ServiceRequest request, uint ticksPerSecond)
    {
        service.Scheduler = request.Scheduler;
        service.Engine = request.Engine.Length == 0 ? null : request.Engine;
        service.Flags = (service.Flags & ~request.FlagMask) | (request.Flags & request.FlagMask) | SimulatedService.Hashed;
        service.TimeoutTicks = unchecked(request.Timeout * ticksPerSecond);
        service.Netmask = request.Netmask;
    }

    private static int Check(ServerRequest request) => request switch
    {
        { Weight: < 0 } => LinuxErrno.OutOfRange,
        _ when request.Lower > request.Upper => LinuxErrno.OutOfRange,
        { TunnelType: Gue, TunnelPort: 0 } => LinuxErrno.InvalidArgument,
        _ => 0,
    };

    private static void Apply(SimulatedServer server, ServerRequest request)
    {
        server.Forwarding = request.Forwarding;
        server.Weight = request.Weight;
        server.Upper = request.Upper;
        server.Lower = request.Lower;
        server.TunnelType = request.TunnelType;
        server.TunnelPort = request.TunnelPort;
        server.TunnelFlags = request.TunnelFlags;
    }

    // ip_vs_new_dest: what is neither one host's address nor the host's own is refused. Any address of IPv4 counts as one host's that is not for many.
    private bool IsUsable(ServerKey key)
    {
        LvsAddress address = ServerKey.ToAddress(key.Family, key.Address);
        return key.Family == ServerKey.IPv4
            ? !address.IsUnspecified && !address.IsMulticast && !address.IsBroadcast && !network.IsBroadcast(address)
            : (!address.IsUnspecified && !address.IsMulticast && !address.IsLinkLocalV6 && key.Address >> 32 != MappedPrefix) || network.IsLocal(address);
    }

    private void Discard(SimulatedServer server)
    {
        DateTimeOffset now = time.GetUtcNow();
        server.Prune(now);
        server.Removed = now;
        _trash.Insert(0, server);
    }

    private SimulatedServer? TakeFromTrash(SimulatedService service, ServerKey key)
    {
        DateTimeOffset now = time.GetUtcNow();
        _trash.RemoveAll(server => server.IdleSince < now - TrashPeriod);
        int index = _trash.FindIndex(server => server.Key == key && server.Service.Key == service.Key);
        if (index < 0)
        {
            return null;
        }

        SimulatedServer found = _trash[index];
        _trash.RemoveAt(index);
        return found;
    }
}
