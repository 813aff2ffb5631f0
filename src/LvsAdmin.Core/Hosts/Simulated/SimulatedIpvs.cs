using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>
/// The IPVS family of a simulated kernel: takes requests apart, as ip_vs_genl_set_cmd, ip_vs_genl_get_cmd and the dumps of ip_vs_ctl.c do, and lets the table do
/// them. Every method that gives an int gives an error number, 0 for none.
/// </summary>
internal sealed class SimulatedIpvs
{
    internal const string Name = "IPVS";
    private const uint Version = 0x010201;
    private const uint ConnectionTableSize = 4096;
    private const byte SetInfo = 14;

    private static readonly IpvsAttribute[] TimeoutAttributes = [IpvsAttribute.TimeoutTcp, IpvsAttribute.TimeoutTcpFin, IpvsAttribute.TimeoutUdp];

    private readonly SimulatedTable _table;
    private readonly SimulatedDaemons _daemons;
    private readonly TimeProvider _time;
    // In seconds; what net/netfilter/ipvs/ip_vs_proto_tcp.c and _udp.c begin with.
    private readonly uint[] _timeouts = [900, 120, 300];

    internal SimulatedIpvs(TimeProvider time, ISimulatedNetwork network)
    {
        _time = time;
        _daemons = new SimulatedDaemons(network);
        _table = new SimulatedTable(time, network);
    }

    internal int TicksPerSecond { get; set; } = 250;

    internal SimulatedCounter Total => _table.Total;

    internal int ReadCount { get; private set; }

    internal int ChangeCount { get; private set; }

    internal bool OpenConnections(LvsServiceId service, LvsServerId server, int active, int inactive, int persistent, TimeSpan? lifetime)
    {
        SimulatedServer found = Require(service, server);
        DateTimeOffset now = _time.GetUtcNow();
        found.Prune(now);
        if (found.Weight == 0 && found.Count(now, connections => connections.Persistent) == 0)
        {
            return false;
        }

        found.Connections.Add(new SimulatedConnections(active, inactive, persistent, lifetime is { } length ? now + length : DateTimeOffset.MaxValue));
        foreach (SimulatedCounter counter in new[] { found.Total, found.Service.Connections, Total })
        {
            counter.Add((ulong)(active + inactive));
        }

        return true;
    }

    internal void CloseConnections(LvsServiceId service, LvsServerId server) => Require(service, server).Connections.Clear();

    /// <summary>Carries one request out.</summary>
    internal int Answer(byte number, ReadOnlySpan<byte> attributes, bool isDump, KernelReplyWriter writer)
    {
        IpvsCommand command = (IpvsCommand)number;
        bool isKnown = isDump
            ? command is IpvsCommand.GetService or IpvsCommand.GetDestination or IpvsCommand.GetDaemon
            : command is not (IpvsCommand.GetDestination or IpvsCommand.GetDaemon or (IpvsCommand)SetInfo) && number is > 0 and <= (byte)IpvsCommand.Flush;
        if (!isKnown)
        {
            return LinuxErrno.NotSupported;
        }

        bool isRead = isDump || command is IpvsCommand.GetService or IpvsCommand.GetConfig or IpvsCommand.GetInfo;
        ReadCount += isRead ? 1 : 0;
        ChangeCount += isRead ? 0 : 1;
        int errno = KernelAttributes<IpvsAttribute>.Parse(attributes, IpvsPolicies.Command, out KernelAttributes<IpvsAttribute> parsed);
        if (isDump)
        {
            // What a dump cannot read it takes for nothing.
            Dump(command, errno == 0 ? parsed : null, writer);
            return 0;
        }

        return errno != 0 ? errno : command switch
        {
            IpvsCommand.GetService => GetService(parsed, writer),
            IpvsCommand.GetConfig => GetConfig(writer),
            IpvsCommand.GetInfo => GetInfo(writer),
            IpvsCommand.SetConfig => SetConfig(parsed),
            IpvsCommand.NewDaemon => _daemons.Start(parsed.Find(IpvsAttribute.Daemon), _table.HasMixedFamilies),
            IpvsCommand.DeleteDaemon => _daemons.Stop(parsed.Find(IpvsAttribute.Daemon)),
            IpvsCommand.Flush => _table.Flush(),
            IpvsCommand.Zero when !parsed.Has(IpvsAttribute.Service) => _table.ZeroAll(),
            _ => Change(command, parsed),
        };
    }

    private int Change(IpvsCommand command, KernelAttributes<IpvsAttribute> attributes)
    {
        bool isFull = command is IpvsCommand.NewService or IpvsCommand.SetService;
        int errno = ServiceRequest.Parse(attributes.Find(IpvsAttribute.Service), isFull, out ServiceRequest service);
        if (errno != 0)
        {
            return errno;
        }

        SimulatedService? found = _table.Find(service.Key);
        if (command == IpvsCommand.NewService)
        {
            return found is null ? _table.Add(service, (uint)TicksPerSecond) : LinuxErrno.Exists;
        }

        if (found is null)
        {
            return LinuxErrno.NoSuchProcess;
        }

        return command switch
        {
            IpvsCommand.SetService => SimulatedTable.Edit(found, service, (uint)TicksPerSecond),
            IpvsCommand.DeleteService => _table.Remove(found),
            IpvsCommand.Zero => SimulatedTable.Zero(found),
            _ => ChangeServer(command, found, attributes.Find(IpvsAttribute.Destination)),
        };
    }

    private int ChangeServer(IpvsCommand command, SimulatedService service, byte[]? nest)
    {
        bool isFull = command != IpvsCommand.DeleteDestination;
        int errno = ServerRequest.Parse(nest, isFull, service.Key.Family, out ServerRequest server);
        if (errno != 0)
        {
            return errno;
        }

        // The synchronisation of connections knows no services of two families, and only a tunnel leads from one to the other.
        bool isMixed = isFull && server.Key.Family != service.Key.Family;
        return isMixed && (_daemons.AreRunning || server.Forwarding != (uint)LvsForwardingMethod.Tunnel)
            ? LinuxErrno.InvalidArgument
            : command switch
            {
                IpvsCommand.NewDestination => _table.AddServer(service, server),
                IpvsCommand.SetDestination => SimulatedTable.EditServer(service, server),
                _ => _table.RemoveServer(service, server.Key),
            };
    }

    private void Dump(IpvsCommand command, KernelAttributes<IpvsAttribute>? attributes, KernelReplyWriter writer)
    {
        switch (command)
        {
            case IpvsCommand.GetService:
                foreach (SimulatedService service in _table.Services)
                {
                    writer.Begin(SimulatedKernel.IpvsFamily, (byte)IpvsCommand.NewService, 1, isPart: true);
                    IpvsRecords.Write(writer, service, (uint)TicksPerSecond);
                    writer.EndPart();
                }

                break;
            case IpvsCommand.GetDestination:
                if (attributes is not null && ServiceRequest.Parse(attributes.Find(IpvsAttribute.Service), false, out ServiceRequest request) == 0)
                {
                    DateTimeOffset now = _time.GetUtcNow();
                    foreach (SimulatedServer server in _table.Find(request.Key)?.Servers ?? [])
                    {
                        writer.Begin(SimulatedKernel.IpvsFamily, (byte)IpvsCommand.NewDestination, 1, isPart: true);
                        IpvsRecords.Write(writer, server, now);
                        writer.EndPart();
                    }
                }

                break;
            default:
                foreach ((LvsSyncRole role, SimulatedDaemon daemon) in _daemons.Running)
                {
                    writer.Begin(SimulatedKernel.IpvsFamily, (byte)IpvsCommand.NewDaemon, 1, isPart: true);
                    IpvsRecords.Write(writer, role, daemon);
                    writer.EndPart();
                }

                break;
        }
    }

    private int GetService(KernelAttributes<IpvsAttribute> attributes, KernelReplyWriter writer)
    {
        int errno = ServiceRequest.Parse(attributes.Find(IpvsAttribute.Service), false, out ServiceRequest request);
        if (errno != 0)
        {
            return errno;
        }

        if (_table.Find(request.Key) is not { } service)
        {
            return LinuxErrno.NoSuchProcess;
        }

        writer.Begin(SimulatedKernel.IpvsFamily, (byte)IpvsCommand.NewService, 1, isPart: false);
        IpvsRecords.Write(writer, service, (uint)TicksPerSecond);
        writer.End();
        return 0;
    }

    private int GetConfig(KernelReplyWriter writer)
    {
        writer.Begin(SimulatedKernel.IpvsFamily, (byte)IpvsCommand.SetConfig, 1, isPart: false);
        for (int index = 0; index < _timeouts.Length; index++)
        {
            writer.Write(TimeoutAttributes[index], _timeouts[index]);
        }

        writer.End();
        return 0;
    }

    private static int GetInfo(KernelReplyWriter writer)
    {
        writer.Begin(SimulatedKernel.IpvsFamily, SetInfo, 1, isPart: false);
        writer.Write(IpvsInfoAttribute.Version, Version);
        writer.Write(IpvsInfoAttribute.ConnectionTableSize, ConnectionTableSize);
        writer.End();
        return 0;
    }

    private int SetConfig(KernelAttributes<IpvsAttribute> attributes)
    {
        uint[] given = [.. TimeoutAttributes.Select(attributes.ReadUInt32)];
        if (given.Any(seconds => seconds > int.MaxValue / TicksPerSecond))
        {
            return LinuxErrno.InvalidArgument;
        }

        for (int index = 0; index < given.Length; index++)
        {
            // 0 keeps what is.
            _timeouts[index] = given[index] == 0 ? _timeouts[index] : given[index];
        }

        return 0;
    }

    private SimulatedServer Require(LvsServiceId service, LvsServerId server) =>
        _table.Find(ServiceKey.Of(service))?.Find(ServerKey.Of(server, service.Port ?? 0))
            ?? throw new ArgumentException($"The simulated kernel has no real server {server} in {service}.", nameof(server));
}
