using System.Globalization;
using System.Text;

namespace LvsAdmin.Core.Network;

/// <summary>
/// Units of our own (systemd.service(5)) that run ip(8) at boot, where no network manager can bring a VIP back: one for what the kernel has or makes
/// (lo, dummies, tunnels), early, so that services find their VIPs when they start; and one for what is on network cards, after these are up.
/// </summary>
internal static class SystemdUnitFiles
{
    internal const string Directory = "/etc/systemd/system";
    internal const string Early = "lvsadmin-vips.service";
    internal const string Late = "lvsadmin-vips-link.service";

    /// <summary>Both units' names.</summary>
    internal static IReadOnlyList<string> Units { get; } = [Early, Late];

    internal static IEnumerable<PersistentFile> Render(IReadOnlyList<PersistentVip> vips)
    {
        ILookup<bool, PersistentVip> parts = vips.ToLookup(PersistentParts.IsOnCard);
        if (parts[false].Any())
        {
            yield return Unit(Early, "Virtual IPs of LvsAdmin", EarlyOrder([.. parts[false]]), parts[false]);
        }

        if (parts[true].Any())
        {
            yield return Unit(
                Late, "Virtual IPs and routes of LvsAdmin on network cards", $"Wants=network-online.target\nAfter=network-online.target {Early}\n", parts[true]);
        }
    }

    // The cards whose ARP policy is set have to be there first; the wait for one that never comes ends by itself.
    private static string EarlyOrder(IReadOnlyList<PersistentVip> vips)
    {
        string[] made = [PersistentParts.Loopback, .. vips.Select(vip => vip.Interface)];
        string[] cards =
        [
            .. PersistentParts.SettingsOf(vips).Keys.Select(PersistentParts.InterfaceOf).OfType<string>().Except(made).Order(StringComparer.Ordinal)
                .Select(name => $"sys-subsystem-net-devices-{Escape(name)}.device"),
        ];
        string wants = cards.Length > 0 ? $"Wants={string.Join(' ', cards)}\n" : string.Empty;
        return $"{wants}After={string.Join(' ', ["systemd-modules-load.service", "systemd-sysctl.service", "network-pre.target", .. cards])}\nBefore=network.target\n";
    }

    private static PersistentFile Unit(string name, string description, string order, IEnumerable<PersistentVip> vips)
    {
        StringBuilder text = new(PersistentFile.Heading);
        text.Append(CultureInfo.InvariantCulture, $"[Unit]\nDescription={description}\n{order}\n[Service]\nType=oneshot\nRemainAfterExit=yes\n");
        Append(text, "ExecStart", BootCommands.Start(vips));
        Append(text, "ExecStop", BootCommands.Stop(vips));
        text.Append("\n[Install]\nWantedBy=multi-user.target\n");
        return new PersistentFile($"{Directory}/{name}", text.ToString());
    }

    private static void Append(StringBuilder text, string key, IReadOnlyList<BootCommand> commands)
    {
        foreach (BootCommand command in commands)
        {
            text.Append(CultureInfo.InvariantCulture, $"{key}={(command.MayFail ? "-" : "")}{command}\n");
        }
    }

    // As systemd-escape(1) does it with the parts of a path.
    private static string Escape(string name) => string.Concat(name.Select((letter, at) =>
        char.IsAsciiLetterOrDigit(letter) || letter == '_' || (letter == '.' && at > 0)
            ? letter.ToString()
            : string.Create(CultureInfo.InvariantCulture, $@"\x{(int)letter:x2}")));
}
