using System.Globalization;
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

    /// <summary>Takes a path apart again; false for one that is none of these settings.</summary>
    internal static bool TryParsePath(string path, out string interfaceName, out string setting)
    {
        (interfaceName, setting) = (string.Empty, string.Empty);
        if (!path.StartsWith(Root + "/", StringComparison.Ordinal)
            || path[(Root.Length + 1)..].Split('/') is not [var name, (ArpIgnore or ArpAnnounce or ReversePathFilter) and var known]
            || name is "" or "." or "..")
        {
            return false;
        }

        (interfaceName, setting) = (name, known);
        return true;
    }

    /// <summary>Reads a number; null when there is no such interface.</summary>
    internal static async ValueTask<int?> ReadAsync(ILvsHost host, string interfaceName, string setting, CancellationToken cancellationToken)
    {
        string path = PathOf(interfaceName, setting);
        string? text = await host.ReadFileAsync(path, cancellationToken).ConfigureAwait(false);
        if (text is null)
        {
            return null;
        }

        return int.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new LvsHostException(LvsHostError.BadReply, $"{path} on {host.Name} holds no number, but '{text.Trim()}'.");
    }

    /// <summary>The step that writes a number.</summary>
    internal static HostChange Change(ILvsHost host, string interfaceName, string setting, int from, int to)
    {
        string path = PathOf(interfaceName, setting);
        string before = from.ToString(CultureInfo.InvariantCulture);
        string after = to.ToString(CultureInfo.InvariantCulture);
        return new HostChange(
            $"net.ipv4.conf.{interfaceName}",
            setting,
            before,
            after,
            stop => host.WriteFileAsync(path, after, stop),
            stop => host.WriteFileAsync(path, before, stop));
    }
}
