using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>Says in words what -WhatIf and -Verbose show: settings, and old and new value of those that change.</summary>
internal static class SettingsText
{
    internal static string Of(VirtualServiceSettings settings) => Join(Named(settings));

    internal static string Of(RealServerSettings settings) => Join(Named(settings));

    internal static string Of(LvsSyncDaemon daemon) => Join(
    [
        ("SyncId", Number(daemon.SyncId)),
        ("MaximumLength", daemon.MaximumLength is { } length ? Number(length) : null),
        ("MulticastGroup", daemon.MulticastGroup?.ToString()),
        ("MulticastPort", daemon.MulticastPort is { } port ? Number(port) : null),
        ("MulticastTtl", daemon.MulticastTtl is { } ttl ? Number(ttl) : null),
    ]);

    internal static IReadOnlyList<string> Differences(VirtualServiceSettings old, VirtualServiceSettings desired) =>
        Differences(Named(old), Named(desired));

    internal static IReadOnlyList<string> Differences(RealServerSettings old, RealServerSettings desired) =>
        Differences(Named(old), Named(desired));

    internal static IReadOnlyList<string> Differences(LvsTimeout old, LvsTimeout desired) => Differences(Named(old), Named(desired));

    /// <summary>One change as -WhatIf shows it.</summary>
    internal static string Change(string property, string? old, string? desired) => $"{property}: {Shown(old)} -> {Shown(desired)}";

    private static (string Name, string? Value)[] Named(VirtualServiceSettings settings) =>
    [
        ("Scheduler", settings.Scheduler),
        ("SchedulerFlags", settings.SchedulerFlags.IsEmpty ? null : settings.SchedulerFlags.For(settings.Scheduler).ToString()),
        ("OnePacket", settings.OnePacket ? "yes" : null),
        ("PersistenceTimeout", settings.PersistenceTimeout is { } seconds ? Number(seconds) + " s" : null),
        ("PersistencePrefixLength", settings.PersistencePrefixLength is { } length ? Number(length) : null),
        ("PersistenceEngine", settings.PersistenceEngine),
    ];

    private static (string Name, string? Value)[] Named(RealServerSettings settings) =>
    [
        ("Forwarding", settings.Forwarding.ToString()),
        ("Weight", Number(settings.Weight)),
        ("UpperThreshold", settings.UpperThreshold == 0 ? null : Number(settings.UpperThreshold)),
        ("LowerThreshold", settings.LowerThreshold == 0 ? null : Number(settings.LowerThreshold)),
        ("TunnelType", settings.TunnelType == LvsTunnelType.Ipip ? null : settings.TunnelType.ToString()),
        ("TunnelPort", settings.TunnelPort == 0 ? null : Number(settings.TunnelPort)),
        ("TunnelChecksum", settings.TunnelChecksum == LvsTunnelChecksum.None ? null : settings.TunnelChecksum.ToString()),
    ];

    private static (string Name, string? Value)[] Named(LvsTimeout timeout) =>
    [
        ("Tcp", Number(timeout.Tcp ?? 0) + " s"),
        ("TcpFin", Number(timeout.TcpFin ?? 0) + " s"),
        ("Udp", Number(timeout.Udp ?? 0) + " s"),
    ];

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Shown(string? value) => string.IsNullOrEmpty(value) ? "none" : value;

    private static string Join((string Name, string? Value)[] values) =>
        string.Join(", ", values.Where(value => value.Value is not null).Select(value => $"{value.Name} {value.Value}"));

    private static List<string> Differences((string Name, string? Value)[] old, (string Name, string? Value)[] desired) =>
        [.. old.Zip(desired).Where(pair => pair.First.Value != pair.Second.Value).Select(pair => Change(pair.First.Name, pair.First.Value, pair.Second.Value))];
}
