using System.Runtime.InteropServices;
using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Core.Ipvs;

/// <summary>Writes values of LVS as attributes of the IPVS family. Byte orders are as ip_vs_ctl.c has them, which is not uniform.</summary>
internal static class IpvsEncoder
{
    internal static void WriteServiceId(AttributeWriter<IpvsAttribute> writer, LvsServiceId id)
    {
        using AttributeScope scope = writer.Nest(IpvsAttribute.Service);
        WriteIdentity(scope.Attributes<IpvsServiceAttribute>(), id);
    }

    internal static void WriteService(AttributeWriter<IpvsAttribute> writer, VirtualServiceSettings settings, ReadOnlySpan<byte> unknown)
    {
        using AttributeScope scope = writer.Nest(IpvsAttribute.Service);
        AttributeWriter<IpvsServiceAttribute> service = scope.Attributes<IpvsServiceAttribute>();
        WriteIdentity(service, settings.VirtualService);
        service.Write(IpvsServiceAttribute.Scheduler, settings.Scheduler);

        IpvsServiceFlags flags = (IpvsServiceFlags)settings.SchedulerFlags.Bits
            | (settings.PersistenceTimeout is null ? 0 : IpvsServiceFlags.Persistent)
            | (settings.OnePacket ? IpvsServiceFlags.OnePacket : 0);
        // The kernel keeps the bits outside of the mask.
        ReadOnlySpan<uint> pair = [(uint)flags, (uint)IpvsServiceFlags.Managed];
        service.Write(IpvsServiceAttribute.Flags, MemoryMarshal.AsBytes(pair));
        service.Write(IpvsServiceAttribute.Timeout, settings.PersistenceTimeout ?? 0);
        WriteNetmask(service, settings);
        if (settings.PersistenceEngine is not null)
        {
            service.Write(IpvsServiceAttribute.PersistenceEngine, settings.PersistenceEngine);
        }

        service.WriteRaw(unknown);
    }

    internal static void WriteServerId(AttributeWriter<IpvsAttribute> writer, LvsServerId id)
    {
        using AttributeScope scope = writer.Nest(IpvsAttribute.Destination);
        WriteIdentity(scope.Attributes<IpvsDestinationAttribute>(), id);
    }

    internal static void WriteServer(AttributeWriter<IpvsAttribute> writer, RealServerSettings settings, ReadOnlySpan<byte> unknown)
    {
        using AttributeScope scope = writer.Nest(IpvsAttribute.Destination);
        AttributeWriter<IpvsDestinationAttribute> server = scope.Attributes<IpvsDestinationAttribute>();
        WriteIdentity(server, settings.RealServer);
        server.Write(IpvsDestinationAttribute.ForwardingMethod, (uint)settings.Forwarding);
        server.Write(IpvsDestinationAttribute.Weight, (uint)settings.Weight);
        server.Write(IpvsDestinationAttribute.UpperThreshold, settings.UpperThreshold);
        server.Write(IpvsDestinationAttribute.LowerThreshold, settings.LowerThreshold);
        // Left out, the kernel would reset them to a plain IPIP tunnel.
        server.Write(IpvsDestinationAttribute.TunnelType, (byte)settings.TunnelType);
        server.WriteBigEndian(IpvsDestinationAttribute.TunnelPort, settings.TunnelPort);
        server.Write(IpvsDestinationAttribute.TunnelFlags, (ushort)settings.TunnelChecksum);
        server.WriteRaw(unknown);
    }

    internal static void WriteDaemon(AttributeWriter<IpvsAttribute> writer, LvsSyncDaemon daemon)
    {
        using AttributeScope scope = writer.Nest(IpvsAttribute.Daemon);
        AttributeWriter<IpvsDaemonAttribute> attributes = scope.Attributes<IpvsDaemonAttribute>();
        attributes.Write(IpvsDaemonAttribute.State, (uint)daemon.Role);
        attributes.Write(IpvsDaemonAttribute.Interface, daemon.Interface);
        attributes.Write(IpvsDaemonAttribute.SyncId, (uint)daemon.SyncId);
        if (daemon.MaximumLength is { } length)
        {
            attributes.Write(IpvsDaemonAttribute.MaximumLength, length);
        }

        if (daemon.MulticastGroup is { } group)
        {
            Span<byte> bytes = stackalloc byte[16];
            attributes.Write(
                group.Family == LvsAddressFamily.IPv6 ? IpvsDaemonAttribute.Group6 : IpvsDaemonAttribute.Group,
                bytes[..group.WriteBytes(bytes)]);
        }

        if (daemon.MulticastPort is { } port)
        {
            attributes.Write(IpvsDaemonAttribute.Port, port);
        }

        if (daemon.MulticastTtl is { } ttl)
        {
            attributes.Write(IpvsDaemonAttribute.Ttl, ttl);
        }
    }

    internal static void WriteDaemonRole(AttributeWriter<IpvsAttribute> writer, LvsSyncRole role)
    {
        using AttributeScope scope = writer.Nest(IpvsAttribute.Daemon);
        scope.Attributes<IpvsDaemonAttribute>().Write(IpvsDaemonAttribute.State, (uint)role);
    }

    private static void WriteIdentity(AttributeWriter<IpvsServiceAttribute> service, LvsServiceId id)
    {
        service.Write(IpvsServiceAttribute.AddressFamily, (ushort)id.AddressFamily);
        if (id.FirewallMark is { } mark)
        {
            service.Write(IpvsServiceAttribute.FirewallMark, mark);
            return;
        }

        service.Write(IpvsServiceAttribute.Protocol, (ushort)id.Protocol!.Value);
        WriteAddress(service, IpvsServiceAttribute.Address, id.Address!.Value);
        service.WriteBigEndian(IpvsServiceAttribute.Port, id.Port!.Value);
    }

    private static void WriteIdentity(AttributeWriter<IpvsDestinationAttribute> server, LvsServerId id)
    {
        // A server of another family than its service's (a tunnel) is found only when its family is told.
        server.Write(IpvsDestinationAttribute.AddressFamily, (ushort)id.Address.Family);
        WriteAddress(server, IpvsDestinationAttribute.Address, id.Address);
        server.WriteBigEndian(IpvsDestinationAttribute.Port, id.Port ?? 0);
    }

    // union nf_inet_addr: sixteen bytes, of which IPv4 takes the first four.
    private static void WriteAddress<TAttribute>(AttributeWriter<TAttribute> writer, TAttribute attribute, LvsAddress address)
        where TAttribute : unmanaged, Enum
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        address.WriteBytes(bytes);
        writer.Write(attribute, bytes);
    }

    private static void WriteNetmask(AttributeWriter<IpvsServiceAttribute> service, VirtualServiceSettings settings)
    {
        if (settings.VirtualService.AddressFamily == LvsAddressFamily.IPv6)
        {
            service.Write(IpvsServiceAttribute.Netmask, (uint)(settings.PersistencePrefixLength ?? 128));
            return;
        }

        uint mask = settings.PersistencePrefixLength is { } length
            ? length == 0 ? 0 : uint.MaxValue << (32 - length)
            : settings.IrregularNetmask ?? uint.MaxValue;
        service.WriteBigEndian(IpvsServiceAttribute.Netmask, mask);
    }
}
