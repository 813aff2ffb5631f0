namespace LvsAdmin.Core.Network;

/// <summary>A file that has to be there for VIPs to come back after a boot.</summary>
/// <param name="Path">Where.</param>
/// <param name="Content">Its text, our mark included.</param>
/// <param name="Mode">Its permissions; null for 0644.</param>
internal sealed record PersistentFile(string Path, string Content, UnixFileMode? Mode = null)
{
    /// <summary>The permissions of what only root may read: NetworkManager takes its profiles with no others.</summary>
    internal const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The permissions of a script.</summary>
    internal const UnixFileMode Script = Secret | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>The first line of every file.</summary>
    internal static string Heading { get; } = OwnedFile.Heading("Enable-LvsRealServerVip and Enable-LvsDirectorVip with -Persistent");
}
