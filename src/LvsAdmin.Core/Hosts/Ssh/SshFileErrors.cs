namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>The errors of files on another host, from the words of its programs, which are told to speak English (LC_ALL=C).</summary>
internal static class SshFileErrors
{
    /// <summary>Whether the reply says that there is no such file or directory.</summary>
    internal static bool IsMissing(ShellResult result) =>
        result.Status == ShellServer.Missing || (result.ExitCode > 0 && (Says(result, "No such file or directory") || Says(result, "Not a directory")));

    /// <summary>Throws what a reply says, unless it is success.</summary>
    internal static void Check(string participle, string path, string host, ShellResult result)
    {
        if (result.ExitCode != 0)
        {
            throw Of(participle, path, host, result);
        }
    }

    /// <summary>The exception that a reply means.</summary>
    internal static LvsHostException Of(string participle, string path, string host, ShellResult result)
    {
        string words = SshFailure.Quote(result.Error);
        return true switch
        {
            _ when IsMissing(result) => HostErrors.FileMissing(path, host),
            _ when Says(result, "Permission denied") || Says(result, "Operation not permitted") || Says(result, "Read-only file system") =>
                HostErrors.FileDenied(participle, path, host, "log in as root, or use sudo (-Sudo)", words),
            _ when Says(result, "Invalid argument") || Says(result, "Numerical result out of range") || Says(result, "Result not representable") =>
                HostErrors.ValueRefused(path, host, words),
            _ => HostErrors.FileFailed(participle, path, host, words.Length > 0 ? words : $"status {result.Status}"),
        };
    }

    private static bool Says(ShellResult result, string text) => result.Error.Contains(text, StringComparison.OrdinalIgnoreCase);
}
