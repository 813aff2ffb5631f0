using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Tests.Support;

/// <summary>
/// A network namespace without a name that lives as long as a thread: no process has to be started to make one, which matters in the lab, where
/// that costs a tenth of a second. Programs that the thread starts are in the namespace too.
/// </summary>
internal sealed partial class NamespaceThread : IDisposable
{
    private const int CloneNewNet = 0x40000000;

    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    /// <summary>Makes a fresh namespace.</summary>
    /// <param name="loopbackUp">
    /// Whether its loopback device is up, as it is wherever people work. Before an interface is up for the first time, a namespace has no table of
    /// local routes, and the kernel takes every real server's address for a broadcast one.
    /// </param>
    internal NamespaceThread(bool loopbackUp = true)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "a fresh network namespace needs Linux and root");
        TaskCompletionSource<int> started = new();
        _thread = new Thread(() =>
        {
            if (Unshare(CloneNewNet) != 0)
            {
                started.SetException(new Win32Exception(Marshal.GetLastPInvokeError()));
                return;
            }

            started.SetResult(GetThreadId());
            foreach (Action action in _work.GetConsumingEnumerable())
            {
                action();
            }
        })
        { IsBackground = true };
        _thread.Start();
        int thread = started.Task.GetAwaiter().GetResult();
        Path = $"/proc/{Environment.ProcessId}/task/{thread}/ns/net";
        if (loopbackUp)
        {
            Assert.True(Do(RaiseLoopback), "the loopback device could not be set up");
        }
    }

    /// <summary>The file of the namespace, as -NetworkNamespace takes it.</summary>
    internal string Path { get; }

    /// <summary>Whether this process may use the IPVS of its kernel, which has one.</summary>
    internal static bool HasIpvs => FoundIpvs.Value;

    /// <summary>Skips the test, and says why, where the kernel has no IPVS.</summary>
    internal static void RequireIpvs()
    {
        Assert.SkipUnless(HasIpvs, "this test needs root and a kernel with IPVS (the lab's has it)");
    }

    /// <summary>Does something in the namespace.</summary>
    internal T Do<T>(Func<T> action)
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

    /// <summary>Runs a program in the namespace, which must succeed, and gives its output.</summary>
    internal string Run(string program, IEnumerable<string> arguments, string? input = null)
    {
        using Process process = Do(() => Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {error.Result}");
        return output;
    }

    /// <summary>Runs a program in the namespace by a line of words without quotes.</summary>
    internal string Run(string line) => Run(line.Split(' ')[0], line.Split(' ').Skip(1));

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private static readonly Lazy<bool> FoundIpvs = new(() =>
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return false;
        }

        NetlinkConnection connection = new(KernelNetlinkTransport.Open());
        try
        {
            return GenericNetlinkFamily.FindAsync(connection, "IPVS", CancellationToken.None).AsTask().GetAwaiter().GetResult() is not null;
        }
        finally
        {
            connection.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    });

    // What "ip link set lo up" does (netdevice(7)), without starting a program for it.
    private static unsafe bool RaiseLoopback()
    {
        const int SetInterfaceFlags = 0x8914;
        const int InterfaceNameLength = 16;
        const int InterfaceRequestLength = 40;
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        byte* request = stackalloc byte[InterfaceRequestLength];
        new Span<byte>(request, InterfaceRequestLength).Clear();
        "lo"u8.CopyTo(new Span<byte>(request, InterfaceNameLength));
        // IFF_UP
        request[InterfaceNameLength] = 1;
        return Control(socket.SafeHandle, SetInterfaceFlags, request) == 0;
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int Control(SafeSocketHandle socket, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "gettid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetThreadId();
}
