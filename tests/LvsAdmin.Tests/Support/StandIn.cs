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
        .. File.ReadAllLines(Log).Where(line => line.Contains($" -- {host} ", StringComparison.Ordinal)).Select(Read),
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

    private static (int Process, string Arguments) Read(string line) =>
        (int.Parse(line[..line.IndexOf(' ', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture), line);

    /// <summary>Reads the calls as they are made.</summary>
    internal sealed class Reader : IDisposable
    {
        private readonly StreamReader _log = new(new FileStream(Log, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite));
        private string _begun = string.Empty;

        /// <summary>The calls since the last time.</summary>
        internal IEnumerable<(int Process, string Arguments)> ReadNew()
        {
            string[] lines = (_begun + _log.ReadToEnd()).Split('\n');
            _begun = lines[^1];
            return lines[..^1].Select(Read);
        }

        public void Dispose() => _log.Dispose();
    }
}
