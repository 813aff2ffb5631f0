using System.Globalization;

namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>The command line of ssh for a target. Of options that are given twice ssh takes the first.</summary>
internal static class SshArguments
{
    // What requests need, and what would do things that nobody asked for. An existing master connection may be used; ours never becomes one, for it would outlive us.
    private static readonly string[] Always =
    [
        "BatchMode=yes", "RemoteCommand=none", "ClearAllForwardings=yes", "ForwardAgent=no", "ForwardX11=no", "PermitLocalCommand=no", "ControlMaster=no", "LogLevel=INFO",
    ];

    // What a user may set otherwise. A host that went away is noticed after 45 seconds.
    private static readonly string[] UnlessTold = ["ServerAliveInterval=15", "ServerAliveCountMax=3"];

    /// <summary>The arguments for a connection on which the host runs <see cref="ShellServer.Command"/>.</summary>
    internal static List<string> Connect(SshTarget target) =>
        [.. Common(target), "--", target.Host, target.Sudo ? $"exec sudo -n -- {ShellServer.Command}" : $"exec {ShellServer.Command}"];

    /// <summary>The arguments with which ssh only prints what its files say about a target.</summary>
    internal static List<string> Describe(SshTarget target) => ["-G", .. Common(target), "--", target.Host];

    private static List<string> Common(SshTarget target)
    {
        List<string> arguments = ["-T"];
        Add(arguments, Always);
        if (target.Port is { } port)
        {
            arguments.AddRange(["-p", port.ToString(CultureInfo.InvariantCulture)]);
        }

        if (target.UserName is { } user)
        {
            arguments.AddRange(["-l", user]);
        }

        if (target.KeyFilePath is { } key)
        {
            AddKey(arguments, key);
        }

        Add(arguments, target.Options.OrderBy(option => option.Key, StringComparer.OrdinalIgnoreCase).Select(option => $"{option.Key}={option.Value}"));
        Add(arguments, UnlessTold);
        // For a single address, of which a name may have several; the whole is timed by us.
        Add(arguments, [string.Create(CultureInfo.InvariantCulture, $"ConnectTimeout={Math.Ceiling(target.ConnectingTimeout.TotalSeconds)}")]);
        return arguments;
    }

    private static void Add(List<string> arguments, IEnumerable<string> options)
    {
        foreach (string option in options)
        {
            arguments.AddRange(["-o", option]);
        }
    }

    // -i looks for the file before it expands tokens (% and what follows), and so fails on a path with such; as an option it is expanded first, and quoted for blanks.
    private static void AddKey(List<string> arguments, string path)
    {
        if (path.Contains('%', StringComparison.Ordinal))
        {
            string escaped = path.Replace("%", "%%", StringComparison.Ordinal).Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
            Add(arguments, [$"IdentityFile=\"{escaped}\""]);
        }
        else
        {
            arguments.AddRange(["-i", path]);
        }
    }
}
