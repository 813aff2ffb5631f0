using System.Collections.Concurrent;
using System.Diagnostics;

namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>Finds out through what a target is reached. ssh is asked only where a file of its configuration could name a jump host at all: a process a host is much.</summary>
internal static class JumpHosts
{
    private const int FilesAtMost = 100;

    private static readonly ConcurrentDictionary<(string Program, string Arguments), Task<string?>> Known = new();
    private static readonly Lazy<bool> MayBeConfigured = new(() => MayName(ConfigurationFiles()));

    /// <summary>What names the jump host of a target: the same text for the same one. Null when there is none.</summary>
    internal static async ValueTask<string?> OfAsync(SshTarget target, SshOptions options, CancellationToken cancellationToken)
    {
        if (target.Options.TryGetValue("ProxyJump", out string? jump) || target.Options.TryGetValue("ProxyCommand", out jump))
        {
            return IsNone(jump) ? null : jump;
        }

        if (!MayBeConfigured.Value)
        {
            return null;
        }

        List<string> arguments = SshArguments.Describe(target);
        (string Program, string Arguments) key = (options.Program, string.Join('\n', arguments));
        try
        {
            return await Known.GetOrAdd(key, _ => AskAsync(options.Program, arguments)).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (LvsConnectionException)
        {
            // ssh is missing; it may be there the next time.
            Known.TryRemove(key, out _);
            throw;
        }
    }

    /// <summary>Whether a file, or one that it includes, may name a jump host. A file that cannot be read is as good as none: ssh cannot read it either.</summary>
    internal static bool MayName(IEnumerable<string> files)
    {
        Queue<string> left = new(files);
        for (int count = 0; left.TryDequeue(out string? file); count++)
        {
            if (count == FilesAtMost)
            {
                return true;
            }

            foreach (string line in LinesOf(file))
            {
                string[] words = line.Split([' ', '\t', '=', '"'], StringSplitOptions.RemoveEmptyEntries);
                switch (words.FirstOrDefault()?.ToUpperInvariant())
                {
                    case "PROXYJUMP" or "PROXYCOMMAND":
                        return true;
                    case "INCLUDE":
                        foreach (string pattern in words.Skip(1))
                        {
                            if (!TryResolve(pattern, Path.GetDirectoryName(file)!, out IEnumerable<string> found))
                            {
                                return true;
                            }

                            foreach (string included in found)
                            {
                                left.Enqueue(included);
                            }
                        }

                        break;
                }
            }
        }

        return false;
    }

    private static IEnumerable<string> ConfigurationFiles() =>
    [
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ssh", "config"),
        OperatingSystem.IsWindows()
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "ssh", "ssh_config")
            : "/etc/ssh/ssh_config",
    ];

    private static string[] LinesOf(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllLines(file) : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // A pattern of file names, relative to the directory of the file that every user, or all users, have (ssh_config(5), Include). Tokens and variables are left to ssh.
    private static bool TryResolve(string pattern, string directory, out IEnumerable<string> found)
    {
        found = [];
        if (pattern.StartsWith("~/", StringComparison.Ordinal))
        {
            pattern = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), pattern[2..]);
        }

        string path = Path.Combine(directory, pattern);
        string folder = Path.GetDirectoryName(path) ?? string.Empty;
        if (pattern.AsSpan().IndexOfAny("%$~[{") >= 0 || folder.AsSpan().IndexOfAny("*?") >= 0)
        {
            return false;
        }

        try
        {
            found = Directory.Exists(folder) ? Directory.GetFiles(folder, Path.GetFileName(path)) : [];
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static async Task<string?> AskAsync(string program, List<string> arguments)
    {
        using Process process = SshProgram.Start(program, arguments);
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
        await errors.ConfigureAwait(false);
        await process.WaitForExitAsync().ConfigureAwait(false);
        // What ssh does not understand, it says again when it connects.
        return output.Split('\n', StringSplitOptions.TrimEntries)
            .Select(line => line.Split(' ', 2))
            .FirstOrDefault(words => words is ["proxyjump" or "proxycommand", var value] && !IsNone(value))?[1];
    }

    private static bool IsNone(string value) => value.Trim().Equals("none", StringComparison.OrdinalIgnoreCase);
}
