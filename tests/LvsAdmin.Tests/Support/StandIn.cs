using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace LvsAdmin.Tests.Support;

/// <summary>Hosts that a stand-in for ssh plays on this machine: every host whose name begins with stand-in, for code that takes ssh from PATH.</summary>
internal static class StandIn
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "StandIn");
    private static readonly string Log = Path.Combine(Path.GetTempPath(), $"lvs-stand-in-{Environment.ProcessId}");

    /// <summary>The calls of ssh for a host so far: process id and arguments.</summary>
    internal static (int Process, string Arguments)[] Calls(string host) => !File.Exists(Log) ? [] :
    [
        .. File.ReadAllLines(Log).Where(line => line.Contains($" -- {host} ", StringComparison.Ordinal))
            .Select(line => (int.Parse(line[..line.IndexOf(' ', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture), line)),
    ];

    /// <summary>Whether a process runs.</summary>
    internal static bool Runs(int process)
    {
        try
        {
            using Process found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // Before any test, because the path is the whole process's.
    [ModuleInitializer]
    internal static void Prepare()
    {
        Environment.SetEnvironmentVariable("PATH", $"{Folder}:{Environment.GetEnvironmentVariable("PATH")}");
        Environment.SetEnvironmentVariable("STAND_IN_LOG", Log);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(Log);
    }
}
