namespace LvsAdmin.Core.Network;

/// <summary>What the files of all managers ask of VIPs.</summary>
internal static class PersistentParts
{
    internal const string Loopback = "lo";

    /// <summary>Whether the VIP, or the way of its answers, is on a network card, which somebody else's settings bring up.</summary>
    internal static bool IsOnCard(this PersistentVip vip) => vip is { InterfaceKind: "", Interface: not Loopback };

    /// <summary>The interface that a kernel parameter is about; null for one of all interfaces, or of none.</summary>
    internal static string? InterfaceOf(string setting) => setting.Split('/') switch
    {
        ["net", "ipv4" or "ipv6", "conf", var name, _] when name is not ("all" or "default") => name,
        _ => null,
    };

    /// <summary>The kernel parameters of all VIPs. Where two differ, the one that was enabled later holds, as it does in the kernel.</summary>
    internal static IReadOnlyDictionary<string, int> SettingsOf(IEnumerable<PersistentVip> vips)
    {
        Dictionary<string, int> merged = new(StringComparer.Ordinal);
        foreach ((string key, int value) in vips.SelectMany(vip => vip.Settings))
        {
            merged[key] = value;
        }

        return merged;
    }
}
