using System.Buffers.Binary;

namespace LvsAdmin.Core.Ipvs;

/// <summary>Settings as lists of their properties, always all of them in the same order. The identity is none of them.</summary>
public static class SettingsProperties
{
    /// <summary>The properties of a service.</summary>
    public static IReadOnlyList<SettingsProperty> Of(VirtualServiceSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        int longest = settings.VirtualService.AddressFamily == LvsAddressFamily.IPv6 ? 128 : 32;
        return
        [
            new(nameof(settings.Scheduler), settings.Scheduler),
            new(nameof(settings.SchedulerFlags), settings.SchedulerFlags.IsEmpty ? null : settings.SchedulerFlags.For(settings.Scheduler)),
            new(nameof(settings.OnePacket), settings.OnePacket ? true : null),
            new(nameof(settings.PersistenceTimeout), settings.PersistenceTimeout, "s"),
            // Every address by itself is what no prefix means too.
            new(nameof(settings.PersistencePrefixLength), settings.PersistencePrefixLength == longest ? null : settings.PersistencePrefixLength),
            new("PersistenceNetmask", settings is { IrregularNetmask: { } mask, PersistencePrefixLength: null } ? Dotted(mask) : null),
            new(nameof(settings.PersistenceEngine), settings.PersistenceEngine),
        ];
    }

    /// <summary>The properties of a real server.</summary>
    public static IReadOnlyList<SettingsProperty> Of(RealServerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return
        [
            new(nameof(settings.Forwarding), settings.Forwarding),
            new(nameof(settings.Weight), settings.Weight),
            new(nameof(settings.UpperThreshold), settings.UpperThreshold == 0 ? null : settings.UpperThreshold),
            new(nameof(settings.LowerThreshold), settings.LowerThreshold == 0 ? null : settings.LowerThreshold),
            new(nameof(settings.TunnelType), settings.TunnelType == LvsTunnelType.Ipip ? null : settings.TunnelType),
            new(nameof(settings.TunnelPort), settings.TunnelPort == 0 ? null : settings.TunnelPort),
            new(nameof(settings.TunnelChecksum), settings.TunnelChecksum == LvsTunnelChecksum.None ? null : settings.TunnelChecksum),
        ];
    }

    /// <summary>The properties of a sync daemon.</summary>
    public static IReadOnlyList<SettingsProperty> Of(LvsSyncDaemon daemon)
    {
        ArgumentNullException.ThrowIfNull(daemon);
        return
        [
            new(nameof(daemon.Interface), daemon.Interface),
            new(nameof(daemon.SyncId), daemon.SyncId),
            new(nameof(daemon.MaximumLength), daemon.MaximumLength),
            new(nameof(daemon.MulticastGroup), daemon.MulticastGroup),
            new(nameof(daemon.MulticastPort), daemon.MulticastPort),
            new(nameof(daemon.MulticastTtl), daemon.MulticastTtl),
        ];
    }

    /// <summary>The properties of timeouts.</summary>
    public static IReadOnlyList<SettingsProperty> Of(LvsTimeout timeout)
    {
        ArgumentNullException.ThrowIfNull(timeout);
        return [new(nameof(timeout.Tcp), timeout.Tcp, "s"), new(nameof(timeout.TcpFin), timeout.TcpFin, "s"), new(nameof(timeout.Udp), timeout.Udp, "s")];
    }

    /// <summary>The properties of which two lists of the same kind of settings say something else.</summary>
    public static IEnumerable<(SettingsProperty Old, SettingsProperty New)> Differences(
        IReadOnlyList<SettingsProperty> old, IReadOnlyList<SettingsProperty> desired) =>
        old.Zip(desired).Where(pair => !Equals(pair.First.Value, pair.Second.Value));

    private static LvsAddress Dotted(uint mask)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, mask);
        return LvsAddress.FromBytes(bytes);
    }
}
