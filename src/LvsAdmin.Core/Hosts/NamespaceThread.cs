using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace LvsAdmin.Core.Hosts;

/// <summary>
/// A thread that has entered a network namespace and does what it is given there. On Linux a namespace belongs to a thread: the sockets it opens,
/// the processes it starts and the /proc/sys/net it sees are those of the namespace. It never leaves, so no thread of the pool is ever in a wrong one.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed partial class NamespaceThread : IDisposable
{
    private const int NetworkNamespaceFlag = 0x40000000;
    private const int NotPermitted = 1;

    private readonly BlockingCollection<Action> _work = [];

    private NamespaceThread()
    {
    }

    /// <summary>Starts a thread and has it enter a namespace.</summary>
    /// <param name="name">As users write it: a name of <c>ip netns</c>, an absolute path, or a process id.</param>
    /// <exception cref="LvsHostException">There is no such namespace (NamespaceMissing), or it may not be entered (AccessDenied).</exception>
    internal static async Task<NamespaceThread> StartAsync(string name)
    {
        string path = PathOf(name);
        NamespaceThread started = new();
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => started.Run(name, path, entered)) { IsBackground = true, Name = $"LvsAdmin network namespace {name}" }.Start();
        await entered.Task.ConfigureAwait(false);
        return started;
    }

    /// <summary>Has the thread do a short piece of work; its exceptions are the caller's.</summary>
    /// <exception cref="ObjectDisposedException">The thread was ended.</exception>
    internal Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _work.Add(Do, cancellationToken);
        }
        catch (InvalidOperationException)
        {
            throw new ObjectDisposedException(nameof(LocalHost));
        }

        return done.Task;

        void Do()
        {
            if (cancellationToken.IsCancellationRequested)
            {
                done.SetCanceled(cancellationToken);
                return;
            }

            try
            {
                done.SetResult(work());
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        }
    }

    /// <summary>Ends the thread when it has done what it was given.</summary>
    public void Dispose() => _work.CompleteAdding();

    private static string PathOf(string name)
    {
        if (name.StartsWith('/'))
        {
            return name;
        }

        if (name.Length > 0 && name.All(char.IsAsciiDigit))
        {
            return $"/proc/{name}/ns/net";
        }

        return name.Length == 0 || name is "." or ".." || name.Contains('/', StringComparison.Ordinal)
            ? throw new LvsHostException(
                LvsHostError.NamespaceMissing,
                $"'{name}' names no network namespace: give a name that 'ip netns' lists, an absolute path such as /proc/123/ns/net, or a process id.")
            : $"/run/netns/{name}";
    }

    private void Run(string name, string path, TaskCompletionSource entered)
    {
        try
        {
            Enter(name, path);
        }
        catch (Exception exception)
        {
            entered.SetException(exception);
            return;
        }

        entered.SetResult();
        foreach (Action work in _work.GetConsumingEnumerable())
        {
            work();
        }

        _work.Dispose();
    }

    private static void Enter(string name, string path)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            if (SetNamespace(file, NetworkNamespaceFlag) == 0)
            {
                return;
            }
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new LvsHostException(
                LvsHostError.NamespaceMissing, $"There is no network namespace '{name}' on this machine ({path}): 'ip netns' lists the named ones.", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw Denied(name, path, exception);
        }

        throw Marshal.GetLastPInvokeError() == NotPermitted
            ? Denied(name, path, null)
            : new LvsHostException(
                LvsHostError.NamespaceMissing, $"'{name}' names no network namespace: {path} is another file ({Marshal.GetLastPInvokeErrorMessage()}).");
    }

    private static LvsHostException Denied(string name, string path, Exception? cause) => new(
        LvsHostError.AccessDenied,
        $"The network namespace '{name}' ({path}) may not be entered by this user: run as root, or with the capabilities CAP_SYS_ADMIN and CAP_NET_ADMIN.",
        cause);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle file, int kind);
}
