using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Network;

/// <summary>
/// The files that set kernel parameters when a host boots, in the order in which systemd-sysctl (sysctl.d(5)) or <c>sysctl --system</c> of procps
/// reads them: by file name over all directories, where a file hides those of the same name in later directories.
/// </summary>
internal sealed class SysctlFiles
{
    private const string Classic = "/etc/sysctl.conf";

    private static readonly string[] Directories = ["/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d"];

    private readonly IReadOnlyList<(string Path, string SortKey, string Text)> _files;
    private readonly List<SysctlAssignment> _assignments;

    private SysctlFiles(IEnumerable<(string Path, string SortKey, string Text)> files, IReadOnlyList<string> unreadable, bool isSystemd)
    {
        _files = [.. files.OrderBy(file => file.SortKey, StringComparer.Ordinal)];
        _assignments = [.. _files.SelectMany(file => SysctlAssignment.Parse(file.Path, file.Text, isSystemd))];
        Unreadable = unreadable;
        IsSystemd = isSystemd;
    }

    /// <summary>Files that this user may not read.</summary>
    internal IReadOnlyList<string> Unreadable { get; }

    /// <summary>Whether systemd runs the host: it sets an interface's parameters again when the interface comes up later, as others do not.</summary>
    internal bool IsSystemd { get; }

    /// <summary>Reads the files of a host.</summary>
    /// <exception cref="LvsHostException">The host cannot be read; files closed to this user are only listed.</exception>
    internal static async ValueTask<SysctlFiles> ReadAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        Listing listing = await ListAsync(host, cancellationToken).ConfigureAwait(false);
        return From(listing, await host.ReadFilesAsync(listing.Paths, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Finds the files of a host, the first step of reading them: over a network each step is a round trip, so all directories are asked for at once.</summary>
    /// <exception cref="LvsHostException">The host cannot be read.</exception>
    internal static async ValueTask<Listing> ListAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        // sd_booted(3) asks for the first directory too.
        IReadOnlyList<string>[] listed = await Task.WhenAll(
            ((string[])["/run/systemd", .. Directories]).Select(directory => host.ListDirectoryAsync(directory, cancellationToken).AsTask())).ConfigureAwait(false);
        return new Listing(
            [
                .. from entry in Directories.Zip(listed.Skip(1))
                   from name in entry.Second
                   where name.EndsWith(".conf", StringComparison.Ordinal)
                   select $"{entry.First}/{name}",
                Classic,
            ],
            listed[0].Contains("system"));
    }

    /// <summary>Makes of the files what they mean together.</summary>
    /// <param name="listing">What was found.</param>
    /// <param name="read">What came of each path of it.</param>
    /// <exception cref="LvsHostException">A file could not be read, for another reason than that it is closed to this user.</exception>
    internal static SysctlFiles From(Listing listing, IEnumerable<HostFileText> read)
    {
        bool isSystemd = listing.IsSystemd;
        Dictionary<string, HostFileText> texts = read.ToDictionary(file => file.Path);
        List<(string Path, string SortKey, string Text)> files = [];
        List<string> unreadable = [];
        foreach (string path in listing.Paths.Where(path => path != Classic))
        {
            string name = path[(path.LastIndexOf('/') + 1)..];
            if (!files.Exists(file => file.SortKey == name) && TextOf(path) is { } text)
            {
                files.Add((path, name, text));
            }
        }

        if (TextOf(Classic) is { } classic)
        {
            // Distributions link to it from sysctl.d, so that systemd reads it, which does not on its own. It is one file, under its own name.
            int link = classic.Length == 0 ? -1 : files.FindIndex(file => file.Text == classic);
            string? place = link >= 0 ? files[link].SortKey : null;
            if (link >= 0)
            {
                files.RemoveAt(link);
            }

            if (!isSystemd || link >= 0)
            {
                // procps reads it last; no file name sorts behind this one.
                files.Add((Classic, isSystemd ? place! : "\uffff", classic));
            }
        }

        return new SysctlFiles(files, unreadable, isSystemd);

        string? TextOf(string path)
        {
            if (texts[path].Failure is { Error: LvsHostError.AccessDenied })
            {
                unreadable.Add(path);
                return null;
            }

            return texts[path].Text;
        }
    }

    /// <summary>These files with another text in one of them.</summary>
    /// <param name="path">A file in the first directory.</param>
    /// <param name="text">Its text; null for no such file.</param>
    internal SysctlFiles With(string path, string? text)
    {
        string name = path[(path.LastIndexOf('/') + 1)..];
        IEnumerable<(string Path, string SortKey, string Text)> others = _files.Where(file => file.Path != path);
        return new SysctlFiles(text is null ? others : others.Append((path, name, text)), Unreadable, IsSystemd);
    }

    /// <summary>Whether a line stands in a file of LvsAdmin's.</summary>
    internal bool IsOurs(SysctlAssignment line) => _files.Any(file => file.Path == line.Path && OwnedFile.IsOurs(file.Text));

    /// <summary>The line that decides a key at boot: the last one that names it; or else the last pattern. Null when nothing sets it.</summary>
    /// <param name="key">The path below /proc/sys.</param>
    internal SysctlAssignment? Find(string key)
    {
        SysctlAssignment? named = _assignments.FindLast(line => line.Key == key);
        SysctlAssignment? found = named ?? _assignments.FindLast(line => line.Matches(key));
        return found?.Value is null ? null : found;
    }

    /// <summary>What a host has of such files.</summary>
    /// <param name="Paths">The files that may count, in the order of their directories.</param>
    /// <param name="IsSystemd">Whether systemd runs the host.</param>
    internal sealed record Listing(IReadOnlyList<string> Paths, bool IsSystemd);
}
