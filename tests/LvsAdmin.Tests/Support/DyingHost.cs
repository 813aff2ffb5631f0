using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Tests.Support;

/// <summary>
/// A host as one sees it who is killed half-way: after so many operations that may change it, nothing that is asked of it is done any more, and so nothing
/// is taken back either.
/// </summary>
internal sealed class DyingHost(ILvsHost host, int operations) : ILvsHost
{
    private int _left = operations;

    /// <summary>Whether the end came.</summary>
    internal bool IsDead => _left < 0;

    public string Name => host.Name;

    public string? NetworkNamespace => host.NetworkNamespace;

    public ValueTask<INetlinkTransport> OpenNetlinkAsync(CancellationToken cancellationToken) => host.OpenNetlinkAsync(cancellationToken);

    public ValueTask<ProgramResult> RunAsync(ProgramInvocation invocation, CancellationToken cancellationToken)
    {
        Live();
        return host.RunAsync(invocation, cancellationToken);
    }

    public ValueTask<string?> ReadFileAsync(string path, CancellationToken cancellationToken) => host.ReadFileAsync(path, cancellationToken);

    public IAsyncEnumerable<string> ReadLinesAsync(string path, CancellationToken cancellationToken) => host.ReadLinesAsync(path, cancellationToken);

    public ValueTask WriteFileAsync(string path, string content, UnixFileMode? mode, CancellationToken cancellationToken)
    {
        Live();
        return host.WriteFileAsync(path, content, mode, cancellationToken);
    }

    public ValueTask RemoveFileAsync(string path, CancellationToken cancellationToken)
    {
        Live();
        return host.RemoveFileAsync(path, cancellationToken);
    }

    public ValueTask<IReadOnlyList<string>> ListDirectoryAsync(string path, CancellationToken cancellationToken) => host.ListDirectoryAsync(path, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Live()
    {
        if (_left < 0 || --_left < 0)
        {
            throw new LvsHostException(LvsHostError.Failed, "killed");
        }
    }
}
