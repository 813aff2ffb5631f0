using System.ComponentModel;
using System.Diagnostics;

namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>The OpenSSH client of this machine.</summary>
internal static class SshProgram
{
    private const int NoSuchFile = 2;

    /// <summary>Starts ssh with its three pipes open.</summary>
    /// <exception cref="LvsConnectionException">It is not on this machine (ProgramMissing), or cannot be run (Failed).</exception>
    internal static Process Start(string program, IEnumerable<string> arguments)
    {
        ProcessStartInfo info = new(Find(program), arguments)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Its words are read.
        info.Environment["LC_ALL"] = "C";
        try
        {
            return Process.Start(info)!;
        }
        catch (Win32Exception exception)
        {
            throw exception.NativeErrorCode == NoSuchFile
                ? Missing(program, exception)
                : new LvsConnectionException(LvsHostError.Failed, $"'{program}' cannot be run on this machine: {exception.Message}", exception);
        }
    }

    // .NET would look in the current directory first, where anybody may have put an ssh.
    private static string Find(string program)
    {
        if (Path.IsPathRooted(program))
        {
            return program;
        }

        string file = OperatingSystem.IsWindows() && !program.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? program + ".exe" : program;
        return (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
            .Where(Path.IsPathRooted)
            .Select(directory => Path.Combine(directory, file))
            .FirstOrDefault(File.Exists) ?? throw Missing(program, null);
    }

    private static LvsConnectionException Missing(string program, Exception? cause) => new(
        LvsHostError.ProgramMissing,
        OperatingSystem.IsWindows()
            ? $"The program '{program}' is not on this machine. It is a feature of Windows: Add-WindowsCapability -Online -Name OpenSSH.Client~~~~0.0.1.0."
            : HostErrors.ProgramMissingText(program, "this machine"),
        cause);
}
