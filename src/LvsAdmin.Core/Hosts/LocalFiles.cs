using System.Text;
using Microsoft.Win32.SafeHandles;

namespace LvsAdmin.Core.Hosts;

/// <summary>Small files of this machine, with the errors of hosts. What is read or written belongs to the network namespace of the calling thread.</summary>
internal static class LocalFiles
{
    private const int InvalidArgument = 22;
    private const int ReadOnlyFileSystem = 30;
    private const int OutOfRange = 34;

    private const UnixFileMode NewFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode DirectoryMode = NewFileMode | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

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

    /// <summary>Writes a file as <see cref="ILvsHost.WriteFileAsync"/> says.</summary>
    internal static void Write(string path, string content, UnixFileMode? mode) => Attempt("written", path, () =>
    {
        byte[] bytes = Encoding.UTF8.GetBytes(content);
        // Links are followed here: a rename would put the file in the link's place.
        string target = new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
        // In /proc and /sys nothing can be made, and asking for it hides that a file is missing.
        if (IsOfKernel(target))
        {
            using SafeFileHandle file = File.OpenHandle(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            // One call: a sysctl takes each write() as a value of its own.
            RandomAccess.Write(file, bytes, 0);
        }
        else
        {
            Replace(target, bytes, mode);
        }
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
        FileNotFoundException or DirectoryNotFoundException => HostErrors.FileMissing(path, LocalHost.LocalName, exception),
        UnauthorizedAccessException or IOException { HResult: ReadOnlyFileSystem } =>
            HostErrors.FileDenied(participle, path, LocalHost.LocalName, "run as root", exception.Message, exception),
        IOException { HResult: InvalidArgument or OutOfRange } => HostErrors.ValueRefused(path, LocalHost.LocalName, exception.Message, exception),
        IOException => HostErrors.FileFailed(participle, path, LocalHost.LocalName, exception.Message, exception),
        _ => null,
    };

    /// <summary>Whether a path is that of a file of the kernel: such are written in one call, and none can be made.</summary>
    internal static bool IsOfKernel(string path) =>
        path.StartsWith("/proc/", StringComparison.Ordinal) || path.StartsWith("/sys/", StringComparison.Ordinal);

    private static void Replace(string path, byte[] bytes, UnixFileMode? mode)
    {
        if (OperatingSystem.IsWindows())
        {
            // Nobody comes here: only Linux is a local host.
            throw new PlatformNotSupportedException();
        }

        string directory = Path.GetDirectoryName(path)!;
        // Not as the umask of whoever calls has it: what daemons read must not be writable for others.
        Directory.CreateDirectory(directory, DirectoryMode);
        UnixFileMode wanted = mode ?? (File.Exists(path) ? File.GetUnixFileMode(path) : NewFileMode);
        // A hidden name, which no program takes for one of the files that it looks for in this directory.
        string fresh = Path.Combine(directory, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}");
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        try
        {
            using (FileStream file = new(fresh, options))
            {
                file.Write(bytes);
                File.SetUnixFileMode(file.SafeFileHandle, wanted);
                // Without it a crash could leave the new name with nothing in it.
                file.Flush(flushToDisk: true);
            }

            File.Move(fresh, path, overwrite: true);
        }
        catch
        {
            File.Delete(fresh);
            throw;
        }
    }

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
