using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Core.Hosts;

/// <summary>
/// This machine, in its own network namespace or in another one. It can be made on every operating system; to use it needs Linux, and on others
/// gives an <see cref="LvsHostException"/> of kind NotSupported.
/// </summary>
public sealed class LocalHost : ILvsHost
{
    /// <summary>Names the machine and a network namespace of it. Nothing is opened yet.</summary>
    /// <param name="networkNamespace">A name as <c>ip netns</c> knows it, the absolute path of a namespace file, or a process id; null for the process's own.</param>
    public LocalHost(string? networkNamespace = null) => NetworkNamespace = networkNamespace;

    /// <inheritdoc/>
    public string Name => "localhost";

    /// <inheritdoc/>
    public string? NetworkNamespace { get; }

    /// <inheritdoc/>
    public ValueTask<INetlinkTransport> OpenNetlinkAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<ProgramResult> RunAsync(ProgramInvocation invocation, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<string?> ReadFileAsync(string path, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public IAsyncEnumerable<string> ReadLinesAsync(string path, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask WriteFileAsync(string path, string content, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask RemoveFileAsync(string path, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListDirectoryAsync(string path, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
