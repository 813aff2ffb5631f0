using System.Buffers.Binary;
using System.Net.Sockets;
using System.Threading.Channels;
using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Diagnosis.Health;

/// <summary>
/// A TCP connection of our own over packets, for one request and its answer: the kernel of the director, which has the virtual IP itself, cannot be asked to make one
/// to a real server's. What is sent is sent again until it is acknowledged; what comes out of order is not kept, and comes again. There is no congestion control: a
/// probe sends little.
/// </summary>
internal sealed class PacketTcpStream : AsynchronousStream
{
    private const int LargestPacket = 128 * 1024;
    private const ushort Window = 32_000;
    // What fits into a tunnel too.
    private const ushort SegmentSize = 1360;
    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ClosePatience = TimeSpan.FromMilliseconds(250);

    private readonly IPacketLink _link;
    private readonly Channel<ReadOnlyMemory<byte>> _received = Channel.CreateUnbounded<ReadOnlyMemory<byte>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly PieceReader _reader;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<TcpSegment> _unacknowledged = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly object _gate = new();
    private Task _work = Task.CompletedTask;
    private uint _next;
    private uint _expected;
    private int _peerSegmentSize = 536;
    private bool _peerFinished;
    private bool _isBroken;
    private volatile bool _isRepeating;

    private PacketTcpStream(IPacketLink link)
    {
        _link = link;
        _reader = new PieceReader(_received.Reader, isStream: true);
        _next = (uint)Random.Shared.NextInt64(uint.MaxValue);
    }

    /// <summary>Connects.</summary>
    /// <param name="link">The way, which the stream then owns.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SocketException">It was refused.</exception>
    internal static async ValueTask<PacketTcpStream> ConnectAsync(IPacketLink link, CancellationToken cancellationToken)
    {
        PacketTcpStream stream = new(link);
        try
        {
            byte[] size = [2, 4, 0, 0];
            BinaryPrimitives.WriteUInt16BigEndian(size.AsSpan(2), SegmentSize);
            stream._work = Task.WhenAll(stream.ReceiveAsync(), stream.RepeatAsync());
            await stream.SendAsync(new TcpSegment { Flags = TcpFlags.Synchronize, Options = size }, cancellationToken).ConfigureAwait(false);
            await stream._connected.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _reader.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            if (_isBroken)
            {
                throw new IOException("The connection was reset.", new SocketException((int)SocketError.ConnectionReset));
            }

            int length = Math.Min(buffer.Length, Math.Min(_peerSegmentSize, SegmentSize));
            await SendAsync(new TcpSegment { Flags = TcpFlags.Acknowledge | TcpFlags.Push, Data = buffer[..length].ToArray() }, cancellationToken).ConfigureAwait(false);
            buffer = buffer[length..];
        }
    }

    /// <summary>Ends the connection as it should end, or, where the server does not end it too, by a reset: nothing stays behind there.</summary>
    public override async ValueTask DisposeAsync()
    {
        try
        {
            if (_connected.Task.IsCompletedSuccessfully && !_isBroken)
            {
                await SendAsync(new TcpSegment { Flags = TcpFlags.Acknowledge | TcpFlags.Finish }, CancellationToken.None).ConfigureAwait(false);
                await Task.WhenAny(_finished.Task, Task.Delay(ClosePatience)).ConfigureAwait(false);
            }

            if (!_finished.Task.IsCompleted && !_isBroken)
            {
                await PutAsync(new TcpSegment { Sequence = _next, Acknowledged = _expected, Flags = TcpFlags.Reset | TcpFlags.Acknowledge }, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is SocketException or LvsHostException or IOException)
        {
            // The way is lost, and the server will notice by itself.
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _link.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
        _sending.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    // Sends what takes room in the sequence, and remembers it.
    private async ValueTask SendAsync(TcpSegment segment, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            segment = segment with { Sequence = _next, Acknowledged = _expected, Window = Window };
            _next += LengthOf(segment);
            _unacknowledged.Enqueue(segment);
        }

        await PutAsync(segment, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask PutAsync(TcpSegment segment, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _link.SendAsync(IpPacket.OfTcp(_link.Local, _link.Remote, segment), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task RepeatAsync()
    {
        TimeSpan patience = FirstPatience;
        TcpSegment? last = null;
        while (true)
        {
            await Task.Delay(patience, _stop.Token).ConfigureAwait(false);
            TcpSegment? oldest = Oldest();
            patience = oldest is not null && oldest == last ? patience + patience : FirstPatience;
            last = oldest;
            if (oldest is not null)
            {
                _isRepeating = true;
                await PutAsync(oldest with { Acknowledged = _expected }, _stop.Token).ConfigureAwait(false);
            }
        }
    }

    private TcpSegment? Oldest()
    {
        lock (_gate)
        {
            return _unacknowledged.TryPeek(out TcpSegment? oldest) ? oldest : null;
        }
    }

    private async Task ReceiveAsync()
    {
        byte[] buffer = new byte[LargestPacket];
        try
        {
            while (!_peerFinished || !_finished.Task.IsCompleted)
            {
                int length = await _link.ReceiveAsync(buffer, _stop.Token).ConfigureAwait(false);
                if (IpPacket.ReadTcp(buffer.AsMemory(0, length)) is { } segment && !await TakeAsync(segment).ConfigureAwait(false))
                {
                    return;
                }
            }
        }
        catch (Exception exception)
        {
            Break(exception is OperationCanceledException ? new IOException("The connection was closed.") : exception);
        }
    }

    private async ValueTask<bool> TakeAsync(TcpSegment segment)
    {
        if (segment.Has(TcpFlags.Reset))
        {
            SocketException reset = new((int)(_connected.Task.IsCompleted ? SocketError.ConnectionReset : SocketError.ConnectionRefused));
            Break(_connected.Task.IsCompleted ? new IOException(reset.Message, reset) : reset);
            return false;
        }

        if (segment.Has(TcpFlags.Acknowledge))
        {
            bool isNews = false;
            lock (_gate)
            {
                while (_unacknowledged.TryPeek(out TcpSegment? oldest) && (int)(segment.Acknowledged - oldest.Sequence - LengthOf(oldest)) >= 0)
                {
                    _unacknowledged.Dequeue();
                    isNews = true;
                }
            }

            // What was lost is as a rule not the only one: the next is not waited for.
            if (isNews && _isRepeating && Oldest() is { } next)
            {
                await PutAsync(next with { Acknowledged = _expected }, _stop.Token).ConfigureAwait(false);
            }
            else if (isNews)
            {
                _isRepeating = false;
            }
        }

        if (segment.Has(TcpFlags.Synchronize))
        {
            if (!_connected.Task.IsCompleted)
            {
                _peerSegmentSize = SegmentSizeOf(segment.Options.Span) ?? _peerSegmentSize;
                _expected = segment.Sequence + 1;
            }

            await AcknowledgeAsync().ConfigureAwait(false);
            _connected.TrySetResult();
            return true;
        }

        uint length = LengthOf(segment);
        if (length == 0)
        {
            return true;
        }

        // Of what begins earlier and reaches further, the new part counts.
        uint known = _expected - segment.Sequence;
        if ((int)known >= 0 && known < length && !_peerFinished)
        {
            int skip = (int)Math.Min(known, (uint)segment.Data.Length);
            if (segment.Data.Length > skip)
            {
                _received.Writer.TryWrite(segment.Data[skip..].ToArray());
            }

            _expected = segment.Sequence + length;
            if (segment.Has(TcpFlags.Finish))
            {
                _peerFinished = true;
                _received.Writer.TryComplete();
            }
        }

        await AcknowledgeAsync().ConfigureAwait(false);
        if (_peerFinished)
        {
            _finished.TrySetResult();
        }

        return true;
    }

    private ValueTask AcknowledgeAsync() =>
        PutAsync(new TcpSegment { Sequence = _next, Acknowledged = _expected, Flags = TcpFlags.Acknowledge, Window = Window }, _stop.Token);

    private void Break(Exception reason)
    {
        _isBroken = true;
        _connected.TrySetException(reason);
        _ = _connected.Task.Exception;
        _received.Writer.TryComplete(reason);
    }

    private static uint LengthOf(TcpSegment segment) =>
        (uint)segment.Data.Length + (segment.Has(TcpFlags.Synchronize) ? 1u : 0) + (segment.Has(TcpFlags.Finish) ? 1u : 0);

    private static int? SegmentSizeOf(ReadOnlySpan<byte> options)
    {
        while (options.Length >= 2)
        {
            switch (options[0])
            {
                case 0:
                    return null;
                case 1:
                    options = options[1..];
                    continue;
                case 2 when options.Length >= 4:
                    return Math.Max(64, (int)BinaryPrimitives.ReadUInt16BigEndian(options[2..]));
            }

            if (options[1] < 2 || options[1] > options.Length)
            {
                return null;
            }

            options = options[options[1]..];
        }

        return null;
    }
}
