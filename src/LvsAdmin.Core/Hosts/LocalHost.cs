using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Core.Hosts;

/// <summary>
/// This machine, in its own network namespace or in another one. It can be made on every operating system; to use it needs Linux, and on others
/// gives an <see cref="LvsHostException"/> of kind NotSupported.
/// </summary>
public sealed class LocalHost : ILvsHost
{
    /// <summary>The name of this machine.</summary>
    internal const string LocalName = "localhost";

    private const string ProcNet = "/proc/net";

    private readonly object _gate = new();
    private Task<NamespaceThread>? _thread;
    private bool _disposed;

    /// <summary>Names the machine and a network namespace of it. Nothing is opened yet.</summary>
    /// <param name="networkNamespace">A name as <c>ip netns</c> knows it, the absolute path of a namespace file, or a process id; null for the process's own.</param>
    public LocalHost(string? networkNamespace = null) => NetworkNamespace = networkNamespace;

    /// <inheritdoc/>
    public string Name => LocalName;

    /// <inheritdoc/>
    public string? NetworkNamespace { get; }

    /// <inheritdoc/>
    public async ValueTask<INetlinkTransport> OpenNetlinkAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw OnlyLinux();
        }

        return await InNamespaceAsync<INetlinkTransport>(KernelNetlinkTransport.Open, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IHostSocket> OpenSocketAsync(HostSocketRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!OperatingSystem.IsLinux() && NetworkNamespace is not null)
        {
            throw OnlyLinux();
        }

        LocalSocket socket;
        try
        {
            socket = OperatingSystem.IsLinux() ? await InNamespaceAsync(() => LocalSocket.Open(request), cancellationToken).ConfigureAwait(false) : LocalSocket.Open(request);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AccessDenied)
        {
            throw SocketErrors.Denied(Name, exception);
        }

        try
        {
            await socket.ConnectAsync(request, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            await socket.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ProgramResult> RunAsync(ProgramInvocation invocation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(invocation);
        if (!OperatingSystem.IsLinux())
        {
            throw OnlyLinux();
        }

        Process process = await InNamespaceAsync(() => LocalProgram.Start(invocation), cancellationToken).ConfigureAwait(false);
        return await LocalProgram.FinishAsync(process, invocation.Input, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<string?> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw OnlyLinux();
        }

        return await InNamespaceAsync(() => LocalFiles.Read(Resolve(path)), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ReadLinesAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw OnlyLinux();
        }

        // The kernel binds a file of /proc/net to a namespace when it is opened; the reading can happen on any thread.
        using StreamReader reader = await InNamespaceAsync(() => LocalFiles.Open(Resolve(path)), cancellationToken).ConfigureAwait(false);
        while (true)
        {
            string? line;
            try
            {
                line = await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (LocalFiles.Translate("read", path, exception) is { } translated)
            {
                throw translated;
            }

            if (line is null)
            {
                yield break;
            }

            yield return line;
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteFileAsync(string path, string content, UnixFileMode? mode, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (!OperatingSystem.IsLinux())
        {
            throw OnlyLinux();
        }

        await InNamespaceAsync(() => LocalFiles.Write(Resolve(path), content, mode), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask RemoveFileAsync(string path, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw OnlyLinux();
        }

        await InNamespaceAsync(() => LocalFiles.Remove(Resolve(path)), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> ListDirectoryAsync(string path, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw OnlyLinux();
        }

        return await InNamespaceAsync(() => LocalFiles.List(Resolve(path)), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task<NamespaceThread>? thread;
        lock (_gate)
        {
            _disposed = true;
            thread = _thread;
            _thread = null;
        }

        if (thread is not null && OperatingSystem.IsLinux())
        {
            await ((Task)thread).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (thread.IsCompletedSuccessfully)
            {
                (await thread.ConfigureAwait(false)).Dispose();
            }
        }
    }

    private static LvsHostException OnlyLinux() => new(
        LvsHostError.NotSupported,
        "This machine has no Linux kernel, and so no Linux Virtual Server: name a host that has one (-HostName, -LvsSession or -Session).");

    // /proc/net leads to the namespace of the process's first thread, /proc/thread-self/net to that of the thread which opens it.
    private string Resolve(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return NetworkNamespace is not null && (path == ProcNet || path.StartsWith(ProcNet + "/", StringComparison.Ordinal))
            ? $"/proc/thread-self/net{path[ProcNet.Length..]}"
            : path;
    }

    [SupportedOSPlatform("linux")]
    private async ValueTask InNamespaceAsync(Action work, CancellationToken cancellationToken) => await InNamespaceAsync(
        () =>
        {
            work();
            return true;
        },
        cancellationToken).ConfigureAwait(false);

    [SupportedOSPlatform("linux")]
    private async ValueTask<T> InNamespaceAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (NetworkNamespace is null)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return work();
        }

        NamespaceThread thread = await ThreadAsync(NetworkNamespace).ConfigureAwait(false);
        return await thread.RunAsync(work, cancellationToken).ConfigureAwait(false);
    }

    [SupportedOSPlatform("linux")]
    private Task<NamespaceThread> ThreadAsync(string networkNamespace)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            // A namespace that was missing, or closed to us, may be there at the next try.
            if (_thread is null || _thread.IsFaulted)
            {
                _thread = NamespaceThread.StartAsync(networkNamespace);
            }

            return _thread;
        }
    }
}
