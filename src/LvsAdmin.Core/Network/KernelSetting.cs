using System.Globalization;
using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Network;

/// <summary>A number in a file under /proc/sys/net/ipv4/conf or /proc/sys/net/ipv6/conf: a setting of an interface, of <c>all</c> or of <c>default</c>.</summary>
internal static class KernelSetting
{
    internal const string Root = "/proc/sys/";

    /// <summary>Whether a path, perhaps read from a file, is one of these settings and nothing else.</summary>
    internal static bool IsOne(string path) =>
        path.StartsWith(Root, StringComparison.Ordinal)
        && path[Root.Length..].Split('/') is ["net", "ipv4" or "ipv6", "conf", not ("" or "." or ".."), var setting]
        && setting.Length > 0 && setting.All(letter => char.IsAsciiLetterLower(letter) || letter == '_');

    /// <summary>Reads the number; null when there is no such interface.</summary>
    /// <exception cref="LvsHostException">The file cannot be read, or holds something else (BadReply).</exception>
    internal static async ValueTask<int?> ReadAsync(ILvsHost host, string path, CancellationToken cancellationToken) =>
        Parse(host, path, await host.ReadFileAsync(path, cancellationToken).ConfigureAwait(false));

    /// <summary>Reads several numbers together; null where there is no such interface.</summary>
    /// <exception cref="LvsHostException">A file cannot be read, or holds something else (BadReply).</exception>
    internal static async ValueTask<IReadOnlyList<int?>> ReadAllAsync(ILvsHost host, IReadOnlyList<string> paths, CancellationToken cancellationToken) =>
        ParseAll(host, await host.ReadFilesAsync(paths, cancellationToken).ConfigureAwait(false));

    /// <summary>The numbers in files that were read; null where there is no such file.</summary>
    /// <exception cref="LvsHostException">A file could not be read, or holds something else (BadReply).</exception>
    internal static int?[] ParseAll(ILvsHost host, IEnumerable<HostFileText> files) => [.. files.Select(file => Parse(host, file.Path, file.Text))];

    /// <summary>The step that writes a number.</summary>
    internal static HostChange Change(ILvsHost host, string path, int from, int to)
    {
        string before = from.ToString(CultureInfo.InvariantCulture);
        string after = to.ToString(CultureInfo.InvariantCulture);
        string[] parts = path[Root.Length..].Split('/');
        return new HostChange(
            string.Join('.', parts[..^1]),
            parts[^1],
            before,
            after,
            stop => host.WriteFileAsync(path, after, stop),
            stop => host.WriteFileAsync(path, before, stop));
    }

    private static int? Parse(ILvsHost host, string path, string? text) => text is null
        ? null
        : int.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new LvsHostException(LvsHostError.BadReply, $"{path} on {host.Name} holds no number, but '{text.Trim()}'.");
}
