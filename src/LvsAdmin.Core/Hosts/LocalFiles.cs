using System.Text;
using Microsoft.Win32.SafeHandles;

namespace LvsAdmin.Core.Hosts;

/// <summary>Small files of this machine, with the errors of hosts. What is read or written belongs to the network namespace of the calling thread.</summary>
internal static class LocalFiles
{
    private const int InvalidArgument = 22;
    private const int ReadOnlyFileSystem = 30;
    private const int OutOfRange = 34;

    internal static string? Read(string path) => Attempt("read", path, () =>
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    });

    internal static StreamReader Open(string path) => Attempt("read", path, () =>
        new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0), Encoding.UTF8, false, 65536));

    internal static void Write(string path, string content) => Attempt("written", path, () =>
    {
        // In /proc and /sys nothing can be made, and asking for it hides that a file is missing.
        bool kernel = path.StartsWith("/proc/", StringComparison.Ordinal) || path.StartsWith("/sys/", StringComparison.Ordinal);
        if (!kernel)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }

        using SafeFileHandle file = File.OpenHandle(path, kernel ? FileMode.Open : FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        // One call: a sysctl takes each write() as a value of its own.
        RandomAccess.Write(file, Encoding.UTF8.GetBytes(content), 0);
    });

    internal static void Remove(string path) => Attempt("removed", path, () =>
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Then neither is the file there.
        }
    });

    internal static IReadOnlyList<string> List(string path) => Attempt<IReadOnlyList<string>>("listed", path, () =>
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(path).Select(entry => Path.GetFileName(entry)!).Order(StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    });

    /// <summary>The exception of a host for one of the runtime's; null when it is none that files give.</summary>
    internal static LvsHostException? Translate(string participle, string path, Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => new(LvsHostError.FileMissing, $"There is no file {path} on localhost.", exception),
        UnauthorizedAccessException or IOException { HResult: ReadOnlyFileSystem } => new(
            LvsHostError.AccessDenied,
            $"{path} cannot be {participle} by this user on localhost: run as root; in a container, /proc/sys must be writable too ({exception.Message}).",
            exception),
        IOException { HResult: InvalidArgument or OutOfRange } => new(
            LvsHostError.ValueRefused, $"The kernel refused the value for {path} on localhost: {exception.Message}", exception),
        IOException => new(LvsHostError.Failed, $"{path} cannot be {participle} on localhost: {exception.Message}", exception),
        _ => null,
    };

    private static void Attempt(string participle, string path, Action work) => Attempt(participle, path, () =>
    {
        work();
        return true;
    });

    private static T Attempt<T>(string participle, string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception exception) when (Translate(participle, path, exception) is { } translated)
        {
            throw translated;
        }
    }
}
