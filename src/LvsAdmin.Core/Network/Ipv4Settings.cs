using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Network;

/// <summary>The numbers in /proc/sys/net/ipv4/conf: one directory an interface, and <c>all</c> and <c>default</c>.</summary>
internal static class Ipv4Settings
{
    internal const string All = "all";
    internal const string Default = "default";
    internal const string ArpIgnore = "arp_ignore";
    internal const string ArpAnnounce = "arp_announce";
    internal const string ReversePathFilter = "rp_filter";

    private const string Root = "/proc/sys/net/ipv4/conf";

    /// <summary>The directories: <c>all</c> and <c>default</c> first, then the interfaces by name.</summary>
    internal static async ValueTask<IReadOnlyList<string>> ListAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> names = await host.ListDirectoryAsync(Root, cancellationToken).ConfigureAwait(false);
        return names.Count == 0
            ? throw new LvsHostException(LvsHostError.FileMissing, $"{host.Name} has no {Root}: its kernel has no IPv4, or /proc is not mounted there.")
            : [.. names.OrderBy(Rank)];
    }

    /// <summary>Sorts <c>all</c> and <c>default</c> before the interfaces.</summary>
    internal static int Rank(string name) => name switch { All => 0, Default => 1, _ => 2 };

    internal static string PathOf(string interfaceName, string setting) => $"{Root}/{interfaceName}/{setting}";

    /// <summary>Whether a path is that of a setting of ARP.</summary>
    internal static bool IsArp(string path) =>
        path.StartsWith(Root + "/", StringComparison.Ordinal) && path.Split('/')[^1] is (ArpIgnore or ArpAnnounce);

    /// <summary>The interface of a path to a reverse path filter; null for another path.</summary>
    internal static string? InterfaceOfFilter(string path) =>
        path.StartsWith(Root + "/", StringComparison.Ordinal) && path.Split('/') is [.., var name, ReversePathFilter] ? name : null;

    /// <summary>Reads a number; null when there is no such interface.</summary>
    internal static ValueTask<int?> ReadAsync(ILvsHost host, string interfaceName, string setting, CancellationToken cancellationToken) =>
        KernelSetting.ReadAsync(host, PathOf(interfaceName, setting), cancellationToken);

    /// <summary>The step that writes a number.</summary>
    internal static HostChange Change(ILvsHost host, string interfaceName, string setting, int from, int to) =>
        KernelSetting.Change(host, PathOf(interfaceName, setting), from, to);
}
