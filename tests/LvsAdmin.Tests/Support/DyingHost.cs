using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Tests.Support;

/// <summary>
/// A host whose connection ends at a certain moment, as when the one who works on it is killed: from then on nothing can be done there, also nothing
/// be taken back. What was done before stays.
/// </summary>
internal sealed class DyingHost(ILvsHost host, int operations) : ILvsHost
{
    private int _left = operations;

    /// <summary>Whether the end came.</summary>
    internal bool IsDead => _left < 0;

    public string Name => host.Name;

    public string? NetworkNamespace => host.NetworkNamespace;

    public ValueTask<INetlinkTransport> OpenNetlinkAsync(CancellationToken cancellationToken) => Live().OpenNetlinkAsync(cancellationToken);

    public ValueTask<ProgramResult> RunAsync(ProgramInvocation invocation, CancellationToken cancellationToken) => Live().RunAsync(invocation, cancellationToken);

    public ValueTask<string?> ReadFileAsync(string path, CancellationToken cancellationToken) => host.ReadFileAsync(path, cancellationToken);

    public IAsyncEnumerable<string> ReadLinesAsync(string path, CancellationToken cancellationToken) => host.ReadLinesAsync(path, cancellationToken);

    public ValueTask WriteFileAsync(string path, string content, UnixFileMode? mode, CancellationToken cancellationToken) => Live().WriteFileAsync(path, content, mode, cancellationToken);

    public ValueTask RemoveFileAsync(string path, CancellationToken cancellationToken) => Live().RemoveFileAsync(path, cancellationToken);

    public ValueTask<IReadOnlyList<string>> ListDirectoryAsync(string path, CancellationToken cancellationToken) => host.ListDirectoryAsync(path, cancellationToken);

    // Somebody else owns it.
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // Reading changes nothing, so there is no state in which to die before it that is not one before a program or a write.
    private ILvsHost Live() => --_left >= 0 ? host : throw new LvsHostException(LvsHostError.Failed, "The connection is lost.");
}
