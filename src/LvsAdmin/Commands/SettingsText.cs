using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>Says in words what -WhatIf and -Verbose show: settings, and old and new value of those that change.</summary>
internal static class SettingsText
{
    internal static string Of(VirtualServiceSettings settings) => Join(SettingsProperties.Of(settings));

    internal static string Of(RealServerSettings settings) => Join(SettingsProperties.Of(settings));

    // The interface is named beside it.
    internal static string Of(LvsSyncDaemon daemon) => Join(SettingsProperties.Of(daemon).Where(property => property.Name != nameof(daemon.Interface)));

    internal static IReadOnlyList<string> Differences(VirtualServiceSettings old, VirtualServiceSettings desired) =>
        Differences(SettingsProperties.Of(old), SettingsProperties.Of(desired));

    internal static IReadOnlyList<string> Differences(RealServerSettings old, RealServerSettings desired) =>
        Differences(SettingsProperties.Of(old), SettingsProperties.Of(desired));

    internal static IReadOnlyList<string> Differences(LvsTimeout old, LvsTimeout desired) =>
        Differences(SettingsProperties.Of(old), SettingsProperties.Of(desired));

    /// <summary>One change as -WhatIf shows it.</summary>
    internal static string Change(string property, string? old, string? desired) => $"{property}: {Shown(old)} -> {Shown(desired)}";

    private static string Shown(string? value) => string.IsNullOrEmpty(value) ? "none" : value;

    private static string Join(IEnumerable<SettingsProperty> properties) =>
        string.Join(", ", properties.Where(property => property.Value is not null).Select(property => $"{property.Name} {property.Text}"));

    private static List<string> Differences(IReadOnlyList<SettingsProperty> old, IReadOnlyList<SettingsProperty> desired) =>
        [.. SettingsProperties.Differences(old, desired).Select(pair => Change(pair.New.Name, pair.Old.Text, pair.New.Text))];
}
