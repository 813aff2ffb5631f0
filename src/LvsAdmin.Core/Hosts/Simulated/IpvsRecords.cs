using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>The records of the IPVS family as a kernel fills them in (ip_vs_genl_fill_service, _dest, _daemon, _stats; net/netfilter/ipvs/ip_vs_ctl.c).</summary>
internal static class IpvsRecords
{
    internal static void Write(KernelReplyWriter writer, SimulatedService service, uint ticksPerSecond)
    {
        int nest = writer.BeginNest(IpvsAttribute.Service);
        writer.Write(IpvsServiceAttribute.AddressFamily, service.Key.Family);
        if (service.Key.Mark != 0)
        {
            writer.Write(IpvsServiceAttribute.FirewallMark, service.Key.Mark);
        }
        else
        {
            writer.Write(IpvsServiceAttribute.Protocol, service.Key.Protocol);
            WriteAddress(writer, IpvsServiceAttribute.Address, service.Key.Address);
            writer.WriteBigEndian(IpvsServiceAttribute.Port, service.Key.Port);
        }

        writer.Write(IpvsServiceAttribute.Scheduler, service.Scheduler);
        if (service.Engine is not null)
        {
            writer.Write(IpvsServiceAttribute.PersistenceEngine, service.Engine);
        }

        ReadOnlySpan<uint> flags = [service.Flags, uint.MaxValue];
        writer.Write(IpvsServiceAttribute.Flags, MemoryMarshal.AsBytes(flags));
        writer.Write(IpvsServiceAttribute.Timeout, service.TimeoutTicks / ticksPerSecond);
        writer.Write(IpvsServiceAttribute.Netmask, service.Netmask);
        WriteStatistics(writer, IpvsServiceAttribute.Statistics, IpvsServiceAttribute.Statistics64, service.Connections.Value);
        writer.EndNest(nest);
    }

    internal static void Write(KernelReplyWriter writer, SimulatedServer server, DateTimeOffset now)
    {
        int nest = writer.BeginNest(IpvsAttribute.Destination);
        WriteAddress(writer, IpvsDestinationAttribute.Address, server.Key.Address);
        writer.WriteBigEndian(IpvsDestinationAttribute.Port, server.Key.Port);
        writer.Write(IpvsDestinationAttribute.ForwardingMethod, server.Forwarding);
        writer.Write(IpvsDestinationAttribute.Weight, (uint)server.Weight);
        writer.Write(IpvsDestinationAttribute.TunnelType, server.TunnelType);
        writer.WriteBigEndian(IpvsDestinationAttribute.TunnelPort, server.TunnelPort);
        writer.Write(IpvsDestinationAttribute.TunnelFlags, server.TunnelFlags);
        writer.Write(IpvsDestinationAttribute.UpperThreshold, server.Upper);
        writer.Write(IpvsDestinationAttribute.LowerThreshold, server.Lower);
        writer.Write(IpvsDestinationAttribute.ActiveConnections, server.Count(now, connections => connections.Active));
        writer.Write(IpvsDestinationAttribute.InactiveConnections, server.Count(now, connections => connections.Inactive));
        writer.Write(IpvsDestinationAttribute.PersistentConnections, server.Count(now, connections => connections.Persistent));
        writer.Write(IpvsDestinationAttribute.AddressFamily, server.Key.Family);
        WriteStatistics(writer, IpvsDestinationAttribute.Statistics, IpvsDestinationAttribute.Statistics64, server.Total.Value);
        writer.EndNest(nest);
    }

    internal static void Write(KernelReplyWriter writer, LvsSyncRole role, SimulatedDaemon daemon)
    {
        int nest = writer.BeginNest(IpvsAttribute.Daemon);
        writer.Write(IpvsDaemonAttribute.State, (uint)role);
        writer.Write(IpvsDaemonAttribute.Interface, daemon.Interface);
        writer.Write(IpvsDaemonAttribute.SyncId, daemon.SyncId);
        writer.Write(IpvsDaemonAttribute.MaximumLength, daemon.MaximumLength);
        writer.Write(IpvsDaemonAttribute.Port, daemon.Port);
        writer.Write(IpvsDaemonAttribute.Ttl, daemon.Ttl);
        writer.Write(daemon.Group.Length == 4 ? IpvsDaemonAttribute.Group : IpvsDaemonAttribute.Group6, daemon.Group);
        writer.EndNest(nest);
    }

    // The 32-bit nest and the 64-bit one. Packets do not pass through a simulated kernel.
    private static void WriteStatistics<TAttribute>(KernelReplyWriter writer, TAttribute narrow, TAttribute wide, ulong connections)
        where TAttribute : unmanaged, Enum
    {
        int nest = writer.BeginNest(narrow);
        for (IpvsStatisticsAttribute attribute = IpvsStatisticsAttribute.Connections; attribute < IpvsStatisticsAttribute.Padding; attribute++)
        {
            if (attribute is IpvsStatisticsAttribute.IncomingBytes or IpvsStatisticsAttribute.OutgoingBytes)
            {
                writer.Write(attribute, 0ul);
            }
            else
            {
                writer.Write(attribute, attribute == IpvsStatisticsAttribute.Connections ? (uint)connections : 0);
            }
        }

        writer.EndNest(nest);
        nest = writer.BeginNest(wide);
        for (IpvsStatisticsAttribute attribute = IpvsStatisticsAttribute.Connections; attribute < IpvsStatisticsAttribute.Padding; attribute++)
        {
            writer.Write(attribute, attribute == IpvsStatisticsAttribute.Connections ? connections : 0);
        }

        writer.EndNest(nest);
    }

    private static void WriteAddress<TAttribute>(KernelReplyWriter writer, TAttribute attribute, UInt128 address)
        where TAttribute : unmanaged, Enum
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, address);
        writer.Write(attribute, bytes);
    }
}
