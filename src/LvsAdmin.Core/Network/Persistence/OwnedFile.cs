using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Network;

/// <summary>
/// Files in other programs' directories that are ours alone: their first line begins with a mark. A file in the same place without the mark is somebody
/// else's, and is neither overwritten nor removed.
/// </summary>
internal static class OwnedFile
{
    private const string Mark = "# LvsAdmin: ";

    /// <summary>The first line of a file of ours.</summary>
    /// <param name="writer">The commands whose changes rewrite the file, for people who find it.</param>
    internal static string Heading(string writer) => $"{Mark}written by {writer}; changes made here by hand are overwritten.\n";

    /// <summary>Whether a text is that of a file of ours. In a script the mark is on the second line, for the first one is the kernel's.</summary>
    internal static bool IsOurs(string content) =>
        content.StartsWith(Mark, StringComparison.Ordinal)
        || (content.StartsWith("#!", StringComparison.Ordinal) && content[(content.IndexOf('\n', StringComparison.Ordinal) + 1)..].StartsWith(Mark, StringComparison.Ordinal));

    /// <summary>Plans to have a file of ours.</summary>
    /// <param name="host">Whose file.</param>
    /// <param name="path">The file.</param>
    /// <param name="content">The text that it has to have, with our first line; null for no file.</param>
    /// <param name="mode">Its permissions; null for 0644.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The step; null when all is as wanted.</returns>
    /// <exception cref="LvsHostException">There is a file that is not ours (FileNotOurs), or it cannot be read.</exception>
    internal static async ValueTask<HostChange?> PlanAsync(ILvsHost host, string path, string? content, UnixFileMode? mode, CancellationToken cancellationToken)
    {
        string? existing = await host.ReadFileAsync(path, cancellationToken).ConfigureAwait(false);
        return existing switch
        {
            null when content is null => null,
            null => FileChange.Write(host, path, null, content, mode),
            _ when !IsOurs(existing) => content is null ? null : throw NotOurs(host, path),
            _ when content is null => FileChange.Remove(host, path, existing, mode),
            _ when existing == content => null,
            _ => FileChange.Write(host, path, existing, content, mode),
        };
    }

    private static LvsHostException NotOurs(ILvsHost host, string path) => new(
        LvsHostError.FileNotOurs,
        $"{path} on {host.Name} is not LvsAdmin's: its first line does not begin with '{Mark.Trim()}'. Nothing was changed. Move it away, and take over into a file of another name what you need of it.");
}
