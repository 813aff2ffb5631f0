using System.Threading.Channels;

namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>
/// A reply that is used while it comes. As long as nobody else waits, the other end is made to wait for whoever uses it; otherwise what comes is kept, up to a limit.
/// </summary>
/// <param name="request">The request in words.</param>
/// <param name="limit">How many bytes may be kept, or thrown away after nobody wants them any more.</param>
internal sealed class StreamReply(string request, int limit) : ShellReply(request)
{
    // A few pieces ahead, so that neither side waits for the other all the time.
    private const int Ahead = 256 * 1024;

    private readonly object _gate = new();
    private readonly Channel<byte[]> _pieces = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly TaskCompletionSource<ShellResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _room;
    private long _kept;
    private long _dropped;
    private bool _hurry;
    private bool _abandoned;

    /// <summary>How it ended, once the pieces are through.</summary>
    internal Task<ShellResult> Result => _result.Task;

    /// <summary>The pieces of the output as they come; ends with the output, or with the connection's exception.</summary>
    internal async IAsyncEnumerable<byte[]> PiecesAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (byte[] piece in _pieces.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            Release(piece.Length);
            yield return piece;
        }
    }

    /// <summary>Nobody wants the rest.</summary>
    internal void Abandon()
    {
        lock (_gate)
        {
            _abandoned = true;
            _room?.TrySetResult();
        }
    }

    internal override void Hurry()
    {
        lock (_gate)
        {
            _hurry = true;
            _room?.TrySetResult();
        }
    }

    internal override ValueTask TakeAsync(ReadOnlyMemory<byte> piece)
    {
        lock (_gate)
        {
            if (_abandoned)
            {
                _dropped += piece.Length;
                return _dropped <= limit ? ValueTask.CompletedTask : throw new ShellFormatException($"the rest of '{Request}', which nobody wants, has more than {limit} bytes");
            }

            _kept += piece.Length;
            _pieces.Writer.TryWrite(piece.ToArray());
            if (_kept <= Ahead)
            {
                return ValueTask.CompletedTask;
            }

            if (_hurry)
            {
                return _kept <= limit ? ValueTask.CompletedTask : throw new ShellFormatException($"'{Request}' brought more than {limit} bytes ahead of its use, and other requests wait");
            }

            _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_room.Task);
        }
    }

    internal override void End(string status, string error)
    {
        _result.TrySetResult(new ShellResult(status, [], error));
        _pieces.Writer.TryComplete();
    }

    internal override void Fail(LvsConnectionException exception)
    {
        _result.TrySetException(exception);
        _ = _result.Task.Exception;
        _pieces.Writer.TryComplete(exception);
        Abandon();
    }

    private void Release(int length)
    {
        lock (_gate)
        {
            _kept -= length;
            if (_kept <= Ahead)
            {
                _room?.TrySetResult();
            }
        }
    }
}
