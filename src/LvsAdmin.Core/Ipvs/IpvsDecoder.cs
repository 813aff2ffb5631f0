using System.Numerics;
using System.Runtime.CompilerServices;
using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Core.Ipvs;

/// <summary>Reads attributes of the IPVS family as values of LVS. Bytes that cannot be such give a <see cref="NetlinkFormatException"/>.</summary>
internal static class IpvsDecoder
{
    internal static LvsVirtualService ReadService(ReadOnlySpan<byte> payload, string hostName, string? networkNamespace)
    {
        ushort? family = null;
        ushort? protocol = null;
        ReadOnlySpan<byte> address = default;
        ushort? port = null;
        uint? mark = null;
        string scheduler = string.Empty;
        string? engine = null;
        IpvsServiceFlags flags = 0;
        uint timeout = 0;
        uint mask = 0;
        uint prefix = 0;
        LvsStatistics? statistics = null;
        UnknownAttributes unknown = default;

        AttributeReader<IpvsServiceAttribute> service = Nested<IpvsServiceAttribute>(payload, IpvsAttribute.Service);
        while (service.MoveNext())
        {
            switch (service.Attribute)
            {
                case IpvsServiceAttribute.AddressFamily:
                    family = service.ReadUInt16();
                    break;
                case IpvsServiceAttribute.Protocol:
                    protocol = service.ReadUInt16();
                    break;
                case IpvsServiceAttribute.Address:
                    address = service.Value;
                    break;
                case IpvsServiceAttribute.Port:
                    port = service.ReadUInt16BigEndian();
                    break;
                case IpvsServiceAttribute.FirewallMark:
                    mark = service.ReadUInt32();
                    break;
                case IpvsServiceAttribute.Scheduler:
                    scheduler = service.ReadString();
                    break;
                case IpvsServiceAttribute.PersistenceEngine:
                    engine = service.ReadString();
                    break;
                case IpvsServiceAttribute.Flags:
                    flags = ReadFlags(service.Value);
                    break;
                case IpvsServiceAttribute.Timeout:
                    timeout = service.ReadUInt32();
                    break;
                case IpvsServiceAttribute.Netmask:
                    mask = service.ReadUInt32BigEndian();
                    prefix = service.ReadUInt32();
                    break;
                case IpvsServiceAttribute.Statistics:
                    statistics ??= ReadStatistics(service.ReadNested<IpvsStatisticsAttribute>());
                    break;
                case IpvsServiceAttribute.Statistics64:
                    statistics = ReadStatistics(service.ReadNested<IpvsStatisticsAttribute>());
                    break;
                default:
                    unknown.Add(service.Raw);
                    break;
            }
        }

        LvsAddressFamily known = Family(family ?? throw Missing("service", "address family"));
        LvsServiceId id = mark is > 0
            ? new LvsServiceId(mark.Value, known)
            : new LvsServiceId(
                (LvsProtocol)(protocol ?? throw Missing("service", "protocol")),
                Address(address, known, "service"),
                port ?? throw Missing("service", "port"));
        (int? length, uint? irregular) = known == LvsAddressFamily.IPv6 ? (Length(prefix, 128), null) : Netmask(mask);
        VirtualServiceSettings settings = new()
        {
            VirtualService = id,
            Scheduler = scheduler,
            SchedulerFlags = new LvsSchedulerFlags((uint)flags, scheduler),
            OnePacket = (flags & IpvsServiceFlags.OnePacket) != 0,
            PersistenceTimeout = (flags & IpvsServiceFlags.Persistent) != 0 ? timeout : null,
            PersistencePrefixLength = length,
            IrregularNetmask = irregular,
            PersistenceEngine = string.IsNullOrEmpty(engine) ? null : engine,
        };
        return new LvsVirtualService(settings)
        {
            UnknownAttributes = unknown.ToMemory(),
            Statistics = statistics ?? new LvsStatistics(),
            HostName = hostName,
            NetworkNamespace = networkNamespace,
        };
    }

    internal static LvsRealServer ReadServer(ReadOnlySpan<byte> payload, LvsServiceId service, string hostName, string? networkNamespace)
    {
        ushort? family = null;
        ReadOnlySpan<byte> address = default;
        ushort? port = null;
        uint forwarding = 0, weight = 0, upper = 0, lower = 0, active = 0, inactive = 0, persistent = 0;
        byte tunnelType = 0;
        ushort tunnelPort = 0, tunnelFlags = 0;
        LvsStatistics? statistics = null;
        UnknownAttributes unknown = default;

        AttributeReader<IpvsDestinationAttribute> server = Nested<IpvsDestinationAttribute>(payload, IpvsAttribute.Destination);
        while (server.MoveNext())
        {
            switch (server.Attribute)
            {
                case IpvsDestinationAttribute.AddressFamily:
                    family = server.ReadUInt16();
                    break;
                case IpvsDestinationAttribute.Address:
                    address = server.Value;
                    break;
                case IpvsDestinationAttribute.Port:
                    port = server.ReadUInt16BigEndian();
                    break;
                case IpvsDestinationAttribute.ForwardingMethod:
                    forwarding = server.ReadUInt32();
                    break;
                case IpvsDestinationAttribute.Weight:
                    weight = server.ReadUInt32();
                    break;
                case IpvsDestinationAttribute.UpperThreshold:
                    upper = server.ReadUInt32();
                    break;
                case IpvsDestinationAttribute.LowerThreshold:
                    lower = server.ReadUInt32();
                    break;
                case IpvsDestinationAttribute.ActiveConnections:
                    active = server.ReadUInt32();
                    break;
                case IpvsDestinationAttribute.InactiveConnections:
                    inactive = server.ReadUInt32();
                    break;
                case IpvsDestinationAttribute.PersistentConnections:
                    persistent = server.ReadUInt32();
                    break;
                case IpvsDestinationAttribute.TunnelType:
                    tunnelType = server.ReadByte();
                    break;
                case IpvsDestinationAttribute.TunnelPort:
                    tunnelPort = server.ReadUInt16BigEndian();
                    break;
                case IpvsDestinationAttribute.TunnelFlags:
                    tunnelFlags = server.ReadUInt16();
                    break;
                case IpvsDestinationAttribute.Statistics:
                    statistics ??= ReadStatistics(server.ReadNested<IpvsStatisticsAttribute>());
                    break;
                case IpvsDestinationAttribute.Statistics64:
                    statistics = ReadStatistics(server.ReadNested<IpvsStatisticsAttribute>());
                    break;
                default:
                    unknown.Add(server.Raw);
                    break;
            }
        }

        // Kernels before 3.18 do not tell a server's own family.
        LvsAddress rip = Address(address, family is { } number ? Family(number) : service.AddressFamily, "real server");
        return new LvsRealServer(service, new RealServerSettings
        {
            RealServer = LvsServerId.Observed(rip, port ?? throw Missing("real server", "port")),
            Forwarding = (LvsForwardingMethod)forwarding,
            Weight = (int)weight,
            UpperThreshold = upper,
            LowerThreshold = lower,
            TunnelType = (LvsTunnelType)tunnelType,
            TunnelPort = tunnelPort,
            TunnelChecksum = (LvsTunnelChecksum)tunnelFlags,
        })
        {
            UnknownAttributes = unknown.ToMemory(),
            ActiveConnections = active,
            InactiveConnections = inactive,
            PersistentConnections = persistent,
            Statistics = statistics ?? new LvsStatistics(),
            HostName = hostName,
            NetworkNamespace = networkNamespace,
        };
    }

    internal static LvsSyncDaemon ReadDaemon(ReadOnlySpan<byte> payload, string hostName, string? networkNamespace)
    {
        LvsSyncDaemon daemon = new() { Role = 0, Interface = string.Empty, HostName = hostName, NetworkNamespace = networkNamespace };
        AttributeReader<IpvsDaemonAttribute> attributes = Nested<IpvsDaemonAttribute>(payload, IpvsAttribute.Daemon);
        while (attributes.MoveNext())
        {
            daemon = attributes.Attribute switch
            {
                IpvsDaemonAttribute.State => daemon with { Role = (LvsSyncRole)attributes.ReadUInt32() },
                IpvsDaemonAttribute.Interface => daemon with { Interface = attributes.ReadString() },
                IpvsDaemonAttribute.SyncId => daemon with { SyncId = (byte)attributes.ReadUInt32() },
                IpvsDaemonAttribute.MaximumLength => daemon with { MaximumLength = attributes.ReadUInt16() },
                IpvsDaemonAttribute.Group => daemon with { MulticastGroup = Address(attributes.Value, LvsAddressFamily.IPv4, "sync daemon") },
                IpvsDaemonAttribute.Group6 => daemon with { MulticastGroup = Address(attributes.Value, LvsAddressFamily.IPv6, "sync daemon") },
                IpvsDaemonAttribute.Port => daemon with { MulticastPort = attributes.ReadUInt16() },
                IpvsDaemonAttribute.Ttl => daemon with { MulticastTtl = attributes.ReadByte() },
                _ => daemon,
            };
        }

        return daemon.Role == 0 ? throw Missing("sync daemon", "state") : daemon;
    }

    internal static LvsTimeout ReadTimeout(ReadOnlySpan<byte> payload, string hostName, string? networkNamespace)
    {
        LvsTimeout timeout = new() { HostName = hostName, NetworkNamespace = networkNamespace };
        AttributeReader<IpvsAttribute> attributes = new(GenericNetlinkFamily.Attributes(payload));
        while (attributes.MoveNext())
        {
            timeout = attributes.Attribute switch
            {
                IpvsAttribute.TimeoutTcp => timeout with { Tcp = attributes.ReadUInt32() },
                IpvsAttribute.TimeoutTcpFin => timeout with { TcpFin = attributes.ReadUInt32() },
                IpvsAttribute.TimeoutUdp => timeout with { Udp = attributes.ReadUInt32() },
                _ => timeout,
            };
        }

        return timeout;
    }

    internal static IpvsInfo ReadInfo(ReadOnlySpan<byte> payload)
    {
        uint version = 0;
        uint size = 0;
        AttributeReader<IpvsInfoAttribute> attributes = new(GenericNetlinkFamily.Attributes(payload));
        while (attributes.MoveNext())
        {
            switch (attributes.Attribute)
            {
                case IpvsInfoAttribute.Version:
                    version = attributes.ReadUInt32();
                    break;
                case IpvsInfoAttribute.ConnectionTableSize:
                    size = attributes.ReadUInt32();
                    break;
            }
        }

        // One byte each, as NVERSION of ip_vs.h has them.
        return new IpvsInfo(new Version((int)(version >> 16) & 0xff, (int)(version >> 8) & 0xff, (int)version & 0xff), size);
    }

    private static LvsStatistics ReadStatistics(AttributeReader<IpvsStatisticsAttribute> attributes)
    {
        Span<ulong> values = stackalloc ulong[(int)IpvsStatisticsAttribute.Padding];
        values.Clear();
        while (attributes.MoveNext())
        {
            if (attributes.Attribute is > 0 and < IpvsStatisticsAttribute.Padding)
            {
                values[(int)attributes.Attribute] = attributes.Value.Length == sizeof(uint) ? attributes.ReadUInt32() : attributes.ReadUInt64();
            }
        }

        return new LvsStatistics
        {
            Connections = values[(int)IpvsStatisticsAttribute.Connections],
            IncomingPackets = values[(int)IpvsStatisticsAttribute.IncomingPackets],
            OutgoingPackets = values[(int)IpvsStatisticsAttribute.OutgoingPackets],
            IncomingBytes = values[(int)IpvsStatisticsAttribute.IncomingBytes],
            OutgoingBytes = values[(int)IpvsStatisticsAttribute.OutgoingBytes],
            ConnectionsPerSecond = values[(int)IpvsStatisticsAttribute.ConnectionsPerSecond],
            IncomingPacketsPerSecond = values[(int)IpvsStatisticsAttribute.IncomingPacketsPerSecond],
            OutgoingPacketsPerSecond = values[(int)IpvsStatisticsAttribute.OutgoingPacketsPerSecond],
            IncomingBytesPerSecond = values[(int)IpvsStatisticsAttribute.IncomingBytesPerSecond],
            OutgoingBytesPerSecond = values[(int)IpvsStatisticsAttribute.OutgoingBytesPerSecond],
        };
    }

    private static AttributeReader<TInner> Nested<TInner>(ReadOnlySpan<byte> payload, IpvsAttribute nest)
        where TInner : unmanaged, Enum
    {
        AttributeReader<IpvsAttribute> attributes = new(GenericNetlinkFamily.Attributes(payload));
        while (attributes.MoveNext())
        {
            if (attributes.Attribute == nest)
            {
                return attributes.ReadNested<TInner>();
            }
        }

        throw new NetlinkFormatException($"The kernel's answer has no attribute {nest}.");
    }

    // struct ip_vs_flags: the flags, then a mask that means nothing in an answer.
    private static IpvsServiceFlags ReadFlags(ReadOnlySpan<byte> value) => value.Length == 2 * sizeof(uint)
        ? (IpvsServiceFlags)Unsafe.ReadUnaligned<uint>(in value[0])
        : throw new NetlinkFormatException($"The flags of a service have {value.Length} bytes instead of 8.");

    private static LvsAddressFamily Family(ushort number) => (LvsAddressFamily)number is var family && Enum.IsDefined(family)
        ? family
        : throw new NetlinkFormatException($"{number} is no address family that IPVS has.");

    private static LvsAddress Address(ReadOnlySpan<byte> bytes, LvsAddressFamily family, string what)
    {
        int length = family == LvsAddressFamily.IPv6 ? 16 : 4;
        return bytes.Length is 4 or 16 && bytes.Length >= length
            ? LvsAddress.FromBytes(bytes[..length])
            : throw new NetlinkFormatException($"The address of a {what} has {bytes.Length} bytes.");
    }

    private static int? Length(uint prefix, uint full) => prefix == full || prefix > full ? null : (int)prefix;

    private static (int? Length, uint? Irregular) Netmask(uint mask)
    {
        int length = BitOperations.PopCount(mask);
        if (length == 32)
        {
            return (null, null);
        }

        return BitOperations.LeadingZeroCount(~mask) == length ? (length, null) : (null, mask);
    }

    private static NetlinkFormatException Missing(string what, string attribute) => new($"The kernel's answer for a {what} has no {attribute}.");

    /// <summary>Collects attributes that this version does not know. There are none as a rule, and then nothing is allocated.</summary>
    private struct UnknownAttributes
    {
        private byte[]? _bytes;

        internal void Add(ReadOnlySpan<byte> raw)
        {
            int length = _bytes?.Length ?? 0;
            Array.Resize(ref _bytes, length + ((raw.Length + 3) & ~3));
            raw.CopyTo(_bytes.AsSpan(length));
        }

        internal readonly ReadOnlyMemory<byte> ToMemory() => _bytes;
    }
}
