using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>
/// A Linux host over SSH, with nothing of ours installed there: one ssh process, a POSIX shell at its other end. Safe for concurrent use: requests are sent at
/// once and answered in order.
/// </summary>
public sealed class SshHost : ILvsHost
{
    private readonly SshTarget _target;
    private readonly SshOptions _options;

    /// <summary>Names a host. Nothing is opened yet.</summary>
    /// <param name="target">Where and how to connect.</param>
    /// <param name="name">The name that outputs and messages carry; null for the target's text.</param>
    /// <param name="options">Program and bounds.</param>
    public SshHost(SshTarget target, string? name = null, SshOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        _target = target;
        _options = options ?? new SshOptions();
        Name = name ?? target.ToString();
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string? NetworkNamespace => null;

    /// <summary>Whether a connection is open now.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The release of the host's kernel, once connected; null before.</summary>
    public string? KernelRelease { get; private set; }

    /// <summary>Connects, if not connected; every other call does so too, also after a lost connection.</summary>
    /// <exception cref="LvsConnectionException">The host cannot be reached.</exception>
    public ValueTask OpenAsync(CancellationToken cancellationToken) => throw new NotSupportedException($"{_options.Program} {_target}");

    /// <inheritdoc/>
    public ValueTask<INetlinkTransport> OpenNetlinkAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public ValueTask<ProgramResult> RunAsync(ProgramInvocation invocation, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public ValueTask<string?> ReadFileAsync(string path, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public IAsyncEnumerable<string> ReadLinesAsync(string path, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public ValueTask WriteFileAsync(string path, string content, UnixFileMode? mode, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public ValueTask RemoveFileAsync(string path, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListDirectoryAsync(string path, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        IsOpen = false;
        KernelRelease = null;
        return ValueTask.CompletedTask;
    }
}
