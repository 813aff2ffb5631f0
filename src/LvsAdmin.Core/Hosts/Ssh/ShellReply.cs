using System.Globalization;

namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>What a request was answered.</summary>
/// <param name="Status">An exit status, or a word of <see cref="ShellServer"/>.</param>
/// <param name="Output">What came on standard output.</param>
/// <param name="Error">What came on standard error.</param>
internal sealed record ShellResult(string Status, byte[] Output, string Error)
{
    /// <summary>The exit status; -1 when the status is a word.</summary>
    internal int ExitCode => int.TryParse(Status, NumberStyles.None, CultureInfo.InvariantCulture, out int code) ? code : -1;
}

/// <summary>A request that was sent, and where its reply goes. Whoever reads from the host calls it, one call at a time.</summary>
/// <param name="request">The request in words, for messages.</param>
internal abstract class ShellReply(string request)
{
    /// <summary>The request in words, for messages.</summary>
    internal string Request => request;

    /// <summary>Takes a piece of the output, and returns when more may come.</summary>
    /// <exception cref="ShellFormatException">It is more than was agreed.</exception>
    internal abstract ValueTask TakeAsync(ReadOnlyMemory<byte> piece);

    /// <summary>The reply is whole.</summary>
    internal abstract void End(string status, string error);

    /// <summary>There will be no reply, or no more of it.</summary>
    internal abstract void Fail(LvsConnectionException exception);

    /// <summary>Others wait behind it: what comes is taken without waiting for whoever uses it.</summary>
    internal virtual void Hurry()
    {
    }
}

/// <summary>A reply that is collected whole.</summary>
/// <param name="request">The request in words.</param>
/// <param name="limit">How many bytes it may have.</param>
internal sealed class WholeReply(string request, int limit) : ShellReply(request)
{
    private readonly TaskCompletionSource<ShellResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MemoryStream? _output;

    /// <summary>The reply.</summary>
    /// <exception cref="LvsConnectionException">The connection ended before.</exception>
    internal Task<ShellResult> Result => _result.Task;

    internal override ValueTask TakeAsync(ReadOnlyMemory<byte> piece)
    {
        _output ??= new MemoryStream(piece.Length);
        if (_output.Length + piece.Length > limit)
        {
            throw new ShellFormatException($"the reply to '{Request}' has more than {limit} bytes");
        }

        _output.Write(piece.Span);
        return ValueTask.CompletedTask;
    }

    internal override void End(string status, string error) => _result.TrySetResult(new ShellResult(status, _output?.ToArray() ?? [], error));

    internal override void Fail(LvsConnectionException exception)
    {
        _output = null;
        _result.TrySetException(exception);
        // Who asked may have gone: nobody looks at it then, which is no fault.
        _ = _result.Task.Exception;
    }
}

/// <summary>Stands where the shell gives way to the relay: what comes from there on are the relay's frames.</summary>
internal sealed class RelayReply() : ShellReply("start the relay for netlink")
{
    internal override ValueTask TakeAsync(ReadOnlyMemory<byte> piece) => throw new InvalidOperationException();

    internal override void End(string status, string error)
    {
    }

    internal override void Fail(LvsConnectionException exception)
    {
    }
}
