using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Network;

/// <summary>Steps that change whole files of a host. As text each is the difference between the file as it is and as it will be.</summary>
internal static class FileChange
{
    /// <summary>The step that writes a file.</summary>
    /// <param name="host">Whose file.</param>
    /// <param name="path">The file.</param>
    /// <param name="oldContent">Its text as it is; null where there is none, and then the undo removes the file.</param>
    /// <param name="newContent">Its text as it will be.</param>
    /// <param name="mode">Its permissions; null to keep what it has, or 0644.</param>
    internal static HostChange Write(ILvsHost host, string path, string? oldContent, string newContent, UnixFileMode? mode = null) => new(
        Target(path),
        "content",
        oldContent,
        newContent,
        stop => host.WriteFileAsync(path, newContent, mode, stop),
        stop => oldContent is null ? RemoveAsync(host, path, stop) : host.WriteFileAsync(path, oldContent, mode, stop))
    {
        Description = TextDifference.Unified(path, oldContent, newContent),
    };

    /// <summary>The step that removes a file, with the directory for it where that is empty then and nobody but us had made it.</summary>
    /// <param name="host">Whose file.</param>
    /// <param name="path">The file.</param>
    /// <param name="oldContent">Its text, which the undo writes again.</param>
    /// <param name="mode">The permissions that the undo gives it.</param>
    internal static HostChange Remove(ILvsHost host, string path, string oldContent, UnixFileMode? mode = null) => new(
        Target(path),
        "content",
        oldContent,
        null,
        stop => RemoveAsync(host, path, stop),
        stop => host.WriteFileAsync(path, oldContent, mode, stop))
    {
        Description = TextDifference.Unified(path, oldContent, null),
    };

    private static string Target(string path) => $"file {path}";

    private static async ValueTask RemoveAsync(ILvsHost host, string path, CancellationToken cancellationToken)
    {
        await host.RemoveFileAsync(path, cancellationToken).ConfigureAwait(false);
        string directory = path[..path.LastIndexOf('/')];
        if (IsMadeForUs(directory) && (await host.ListDirectoryAsync(directory, cancellationToken).ConfigureAwait(false)).Count == 0)
        {
            try
            {
                _ = await host.RunAsync(new ProgramInvocation("rmdir", directory), cancellationToken).ConfigureAwait(false);
            }
            catch (LvsHostException)
            {
                // An empty directory left behind does no harm: no reason to undo the rest.
            }
        }
    }

    // Directories that no package ships: for settings that are added to somebody else's file, and our own.
    private static bool IsMadeForUs(string directory) =>
        directory == "/etc/lvsadmin" || directory.EndsWith(".network.d", StringComparison.Ordinal);
}
