using System.Globalization;

namespace LvsAdmin.Core.Network;

/// <summary>
/// What every host reads at boot, whoever manages its network: kernel parameters (sysctl.d(5)) and modules (modules-load.d(5)). The parameters of an
/// interface that appears later are set by udev when it appears.
/// </summary>
internal static class BootFiles
{
    internal const string SettingsPath = "/etc/sysctl.d/90-lvsadmin-vips.conf";
    internal const string ModulesPath = "/etc/modules-load.d/lvsadmin-vips.conf";

    internal static IEnumerable<PersistentFile> Render(IReadOnlyList<PersistentVip> vips)
    {
        // A dash lets the interface be missing when the file is read. Names with slashes may have dots in them.
        string[] settings =
        [
            .. PersistentParts.SettingsOf(vips).OrderBy(setting => setting.Key, StringComparer.Ordinal)
                .Select(setting => string.Create(CultureInfo.InvariantCulture, $"{(PersistentParts.InterfaceOf(setting.Key) is null ? "" : "-")}{setting.Key} = {setting.Value}\n")),
        ];
        if (settings.Length > 0)
        {
            yield return new PersistentFile(SettingsPath, PersistentFile.Heading + string.Concat(settings));
        }

        string[] modules = [.. vips.SelectMany(vip => vip.Modules).Distinct().Order(StringComparer.Ordinal)];
        if (modules.Length > 0)
        {
            yield return new PersistentFile(ModulesPath, PersistentFile.Heading + string.Join('\n', modules) + "\n");
        }
    }
}
