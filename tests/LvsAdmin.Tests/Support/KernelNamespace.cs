using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Tests.Support;

/// <summary>
/// A network namespace of its own for one test, with an empty IPVS table and a client on it. It is made by a thread that leaves the machine's
/// namespace (no process is started for it), and it is gone when thread and client are.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed partial class KernelNamespace : IAsyncDisposable
{
    private const int NewNetworkNamespace = 0x40000000;

    private readonly BlockingCollection<Action> _work = [];
    private IpvsClient? _client;

    private KernelNamespace() => new Thread(Run) { IsBackground = true, Name = "test network namespace" }.Start();

    internal IpvsClient Client => _client!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Makes a namespace; without root or IPVS in the kernel the test is skipped.</summary>
    /// <param name="loopbackUp">Whether its loopback device is up, as it is wherever people work.</param>
    internal static async Task<KernelNamespace> CreateAsync(bool loopbackUp = true)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "network namespaces need Linux and root");
        KernelNamespace created = new();
        try
        {
            int refusal = await created.DoAsync(() => Unshare(NewNetworkNamespace) == 0 ? 0 : Marshal.GetLastPInvokeError());
            Assert.SkipWhen(refusal != 0, $"this machine cannot make network namespaces (unshare: error {refusal})");
            if (loopbackUp)
            {
                Assert.True(await created.DoAsync(RaiseLoopback), "the loopback device could not be set up");
            }

            created._client = await created.ConnectAsync();
            return created;
        }
        catch (IpvsException exception) when (exception.Error == IpvsError.ModuleNotLoaded)
        {
            await created.DisposeAsync();
            Assert.Skip("this machine's kernel has no IPVS (run it in the lab: lab/lab test)");
            throw;
        }
        catch
        {
            await created.DisposeAsync();
            throw;
        }
    }

    /// <summary>One more client of this namespace.</summary>
    internal async Task<IpvsClient> ConnectAsync() =>
        await IpvsClient.ConnectAsync(await DoAsync(() => KernelNetlinkTransport.Open()), "director", null, Stop);

    /// <summary>Takes all capabilities from the namespace's thread, so that what is opened there from now on lacks them.</summary>
    internal Task DropCapabilitiesAsync() => DoAsync(() =>
    {
        // _LINUX_CAPABILITY_VERSION_3, this thread; effective, permitted, inheritable in two halves.
        uint[] header = [0x20080522, 0];
        Assert.Equal(0, SetCapabilities(header, new uint[6]));
        return true;
    });

    /// <summary>Runs a shell script in the namespace; it must succeed.</summary>
    internal async Task<string> ShellAsync(string script, string input = "")
    {
        // A child is in the namespace of the thread that starts it.
        using Process process = await DoAsync(() => Process.Start(new ProcessStartInfo("/bin/sh", ["-ec", script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
        Task<string> error = process.StandardError.ReadToEndAsync(Stop);
        await process.StandardInput.WriteAsync(input.AsMemory(), Stop);
        process.StandardInput.Close();
        string output = await process.StandardOutput.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        Assert.True(process.ExitCode == 0, $"{script}\n{await error}");
        return output;
    }

    /// <summary>
    /// Stops a sync daemon that a test has just started. A kernel thread that is stopped before it ever ran ends with EINTR, which is the one
    /// error that netlink_rcv_skb does not answer at all; so it is given the time to begin.
    /// </summary>
    internal async Task StopSyncDaemonAsync(LvsSyncRole role)
    {
        await Task.Delay(200, Stop);
        await Client.StopSyncDaemonAsync(role, Stop);
    }

    public async ValueTask DisposeAsync()
    {
        _work.CompleteAdding();
        if (_client is not null)
        {
            await _client.DisposeAsync();
        }
    }

    private Task<T> DoAsync<T>(Func<T> work)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        });
        return done.Task;
    }

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

    private void Run()
    {
        foreach (Action work in _work.GetConsumingEnumerable())
        {
            work();
        }

        _work.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int Control(SafeSocketHandle socket, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "capset", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetCapabilities(uint[] header, uint[] data);
}
