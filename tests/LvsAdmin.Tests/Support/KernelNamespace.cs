using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Tests.Support;

/// <summary>A network namespace of its own for one test, with an empty IPVS table and a client on it.</summary>
[SupportedOSPlatform("linux")]
internal sealed partial class KernelNamespace : IAsyncDisposable
{
    private readonly NamespaceThread _thread;
    private IpvsClient? _client;

    private KernelNamespace(NamespaceThread thread) => _thread = thread;

    internal IpvsClient Client => _client!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Makes a namespace; without root or IPVS in the kernel the test is skipped.</summary>
    /// <param name="loopbackUp">Whether its loopback device is up, as it is wherever people work.</param>
    internal static async Task<KernelNamespace> CreateAsync(bool loopbackUp = true)
    {
        NamespaceThread.RequireIpvs();
        KernelNamespace created = new(new NamespaceThread(loopbackUp));
        created._client = await created.ConnectAsync();
        return created;
    }

    /// <summary>One more client of this namespace.</summary>
    internal async Task<IpvsClient> ConnectAsync() =>
        await IpvsClient.ConnectAsync(_thread.Do(() => KernelNetlinkTransport.Open()), "director", null, Stop);

    /// <summary>Takes all capabilities from the namespace's thread, so that what is opened there from now on lacks them.</summary>
    internal void DropCapabilities() => _thread.Do(() =>
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
        using Process process = _thread.Do(() => Process.Start(new ProcessStartInfo("/bin/sh", ["-ec", script])
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

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.DisposeAsync();
        }

        _thread.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "capset", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetCapabilities(uint[] header, uint[] data);
}
