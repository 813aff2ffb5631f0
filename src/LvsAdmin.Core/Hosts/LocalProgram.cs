using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace LvsAdmin.Core.Hosts;

/// <summary>A program of this machine while it runs.</summary>
internal static class LocalProgram
{
    private const int NoSuchFile = 2;
    private const int NotPermitted = 1;
    private const int AccessDenied = 13;

    private static readonly string[] SystemDirectories = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

    /// <summary>Starts a program in the network namespace of the calling thread.</summary>
    internal static Process Start(ProgramInvocation invocation)
    {
        string[] path = SearchPath();
        ProcessStartInfo info = new(Find(invocation.Program, path), invocation.Arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        info.Environment["LC_ALL"] = "C";
        info.Environment["PATH"] = string.Join(':', path);
        try
        {
            return Process.Start(info)!;
        }
        catch (Win32Exception exception)
        {
            throw exception.NativeErrorCode switch
            {
                NoSuchFile => HostErrors.ProgramMissing(invocation.Program, LocalHost.LocalName, exception),
                NotPermitted or AccessDenied => new LvsHostException(
                    LvsHostError.AccessDenied, $"'{invocation}' cannot be run by this user on localhost: {exception.Message}", exception),
                _ => new LvsHostException(LvsHostError.Failed, $"'{invocation}' cannot be run on localhost: {exception.Message}", exception),
            };
        }
    }

    /// <summary>Feeds a program, reads what it writes and waits for its end; the program ends with the caller's patience.</summary>
    internal static async ValueTask<ProgramResult> FinishAsync(Process process, string? input, CancellationToken cancellationToken)
    {
        using (process)
        {
            try
            {
                // All three pipes at once: a program that waits for one of them is never kept waiting by another.
                Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
                Task<string> error = process.StandardError.ReadToEndAsync(cancellationToken);
                Task feeding = FeedAsync(process.StandardInput, input, cancellationToken);
                await Task.WhenAll(output, error, feeding).ConfigureAwait(false);
                await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
                return new ProgramResult(process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
            }
            catch
            {
                Kill(process);
                throw;
            }
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended by itself, or belongs to another user (sudo): why we stop matters more.
        }
    }

    private static async Task FeedAsync(StreamWriter writer, string? input, CancellationToken cancellationToken)
    {
        try
        {
            await using (writer.ConfigureAwait(false))
            {
                await writer.WriteAsync(input.AsMemory(), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (IOException)
        {
            // The program ended, or closed its input, before it had read all: its exit status tells more than the broken pipe.
        }
    }

    private static string[] SearchPath() =>
        [.. (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Where(Path.IsPathRooted).Concat(SystemDirectories).Distinct()];

    private static string Find(string program, string[] path)
    {
        IEnumerable<string> candidates = program.Contains('/', StringComparison.Ordinal)
            ? [program]
            : path.Select(directory => Path.Combine(directory, program));
        return candidates.FirstOrDefault(IsExecutable) ?? throw HostErrors.ProgramMissing(program, LocalHost.LocalName);
    }

    private static bool IsExecutable(string path) =>
        File.Exists(path)
        && !OperatingSystem.IsWindows()
        && (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}
