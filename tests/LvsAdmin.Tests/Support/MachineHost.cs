using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Tests.Support;

/// <summary>
/// A machine to write to as to one's own, for what survives a boot: its network namespace counts as the host's own, and its /etc and /run are a layer that
/// ends with it. The directories of network managers are empty at first. <see cref="Reboot"/> takes away what a boot takes away: the network and /run.
/// </summary>
internal sealed partial class MachineHost : ILvsHost
{
    private const int NewMounts = 0x00020000;
    private const int NewNetwork = 0x40000000;
    private const ulong ReadOnly = 1;
    private const ulong RecursivelyPrivate = 0x4000 | 0x40000;

    private static readonly string[] Emptied =
    [
        "/etc/lvsadmin", "/etc/modules-load.d", "/etc/network", "/etc/NetworkManager", "/etc/sysctl.d", "/etc/systemd/network", "/etc/systemd/system",
        "/var/lib/NetworkManager",
    ];

    private readonly BlockingCollection<Action> _work = [];
    private readonly List<Process> _daemons = [];
    private readonly Thread _thread;

    internal MachineHost()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "a machine of its own needs Linux and root");
        _thread = new Thread(() =>
        {
            foreach (Action action in _work.GetConsumingEnumerable())
            {
                action();
            }
        })
        { IsBackground = true };
        _thread.Start();
        string? trouble = Do(Prepare);
        if (trouble is not null)
        {
            _work.CompleteAdding();
        }

        Assert.SkipWhen(trouble is not null, $"this machine cannot have files of its own ({trouble}): lab/lab test can");
        Reboot();
    }

    public string Name => "localhost";

    public string? NetworkNamespace => null;

    /// <summary>Ends the daemons, and gives the machine a network as its kernel makes it, with lo up, and an empty /run.</summary>
    internal void Reboot()
    {
        StopDaemons();
        Do(() =>
        {
            Check(Unshare(NewNetwork), "unshare");
            Check(Mount("run", "/run", "tmpfs", 0, "mode=755"), "/run");
            // systemd's and NetworkManager's sign of a machine without udev: they wait for it otherwise.
            Check(Mount("sysfs", "/sys", "sysfs", ReadOnly, null), "/sys");
            return true;
        });
        Shell("ip link set lo up");
    }

    /// <summary>Runs a shell script on the machine, which must succeed, and gives its output.</summary>
    internal string Shell(string script) => Run("/bin/sh", "-ec", script);

    /// <summary>Starts a program that runs until the next boot; what it says goes to a file.</summary>
    internal void StartDaemon(string program, string log, params string[] arguments) =>
        _daemons.Add(Do(() => Process.Start("/bin/sh", ["-c", $"exec \"$@\" >{log} 2>&1", "sh", program, .. arguments])));

    /// <summary>Starts the message bus, by which managers are spoken to.</summary>
    internal void StartBus()
    {
        Shell("mkdir -p /run/dbus");
        StartDaemon("dbus-daemon", "/run/bus.log", "--system", "--nofork", "--nopidfile");
        WaitFor("[ -S /run/dbus/system_bus_socket ]");
    }

    /// <summary>Waits until a shell script succeeds, for at most 30 s.</summary>
    internal void WaitFor(string script) => Run("timeout", "30", "/bin/sh", "-c", $"until {script}; do sleep 0.2; done");

    public ValueTask<INetlinkTransport> OpenNetlinkAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(Do<INetlinkTransport>(() => OperatingSystem.IsLinux() ? KernelNetlinkTransport.Open() : throw new PlatformNotSupportedException()));

    public async ValueTask<ProgramResult> RunAsync(ProgramInvocation invocation, CancellationToken cancellationToken) =>
        await LocalProgram.FinishAsync(Do(() => LocalProgram.Start(invocation)), invocation.Input, cancellationToken);

    public ValueTask<string?> ReadFileAsync(string path, CancellationToken cancellationToken) => ValueTask.FromResult(Do(() => LocalFiles.Read(Resolve(path))));

    public async IAsyncEnumerable<string> ReadLinesAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using StreamReader reader = Do(() => LocalFiles.Open(Resolve(path)));
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            yield return line;
        }
    }

    public ValueTask WriteFileAsync(string path, string content, UnixFileMode? mode, CancellationToken cancellationToken) => DoAsync(() => LocalFiles.Write(Resolve(path), content, mode));

    public ValueTask RemoveFileAsync(string path, CancellationToken cancellationToken) => DoAsync(() => LocalFiles.Remove(path));

    public ValueTask<IReadOnlyList<string>> ListDirectoryAsync(string path, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Do(() => LocalFiles.List(Resolve(path))));

    public ValueTask DisposeAsync()
    {
        StopDaemons();
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
        return ValueTask.CompletedTask;
    }

    // /proc/net leads to the network of the process's first thread.
    private static string Resolve(string path) => path.StartsWith("/proc/net/", StringComparison.Ordinal) ? "/proc/thread-self" + path["/proc".Length..] : path;

    // Why it cannot be done; null when it was.
    private static string? Prepare()
    {
        try
        {
            Check(Unshare(NewMounts), "unshare");
            Check(Mount("none", "/", null, RecursivelyPrivate, null), "/");
            // On the machine's own /etc for the programs' sake: they read /etc/passwd and /etc/ld.so.cache.
            Check(Mount("layer", "/mnt", "tmpfs", 0, "mode=755"), "/mnt");
            Directory.CreateDirectory("/mnt/upper");
            Directory.CreateDirectory("/mnt/work");
            Check(Mount("etc", "/etc", "overlay", 0, "lowerdir=/etc,upperdir=/mnt/upper,workdir=/mnt/work"), "/etc");
            foreach (string directory in Emptied.Where(directory => directory.StartsWith("/etc/", StringComparison.Ordinal) || Directory.Exists(directory)))
            {
                Directory.CreateDirectory(directory);
                Check(Mount("machine", directory, "tmpfs", 0, "mode=755"), directory);
            }

            return null;
        }
        catch (Win32Exception exception)
        {
            return exception.Message;
        }
    }

    private static void Check(int result, string what)
    {
        if (result != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new Win32Exception(error, $"{what}: {new Win32Exception(error).Message}");
        }
    }

    private string Run(string program, params string[] arguments)
    {
        using Process process = Do(() => Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', arguments)}\n{output}{error.Result}");
        return output;
    }

    private void StopDaemons()
    {
        foreach (Process daemon in _daemons)
        {
            daemon.Kill(entireProcessTree: true);
            daemon.WaitForExit();
            daemon.Dispose();
        }

        _daemons.Clear();
    }

    private ValueTask DoAsync(Action action) => new(Task.FromResult(Do(() =>
    {
        action();
        return true;
    })));

    private T Do<T>(Func<T> action)
    {
        TaskCompletionSource<T> done = new();
        _work.Add(() =>
        {
            try
            {
                done.SetResult(action());
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        });
        return done.Task.GetAwaiter().GetResult();
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Mount(string source, string target, string? type, ulong flags, string? data);
}
