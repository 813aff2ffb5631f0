using System.Buffers.Binary;
using System.Threading.Channels;

namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>A socket of a host over SSH, behind the relay (<see cref="RelayStubs"/>).</summary>
internal sealed class SshSocket : IHostSocket, IRelayChannel
{
    // Who does not read what comes is not kept alive by our memory: datagrams may be lost, and a stream that is read is never that far behind.
    private const int LongestBacklog = 4096;

    private readonly SshConnection _connection;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<ReadOnlyMemory<byte>> _received = Channel.CreateBounded<ReadOnlyMemory<byte>>(new BoundedChannelOptions(LongestBacklog) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private readonly bool _isStream;
    private readonly PieceReader _reader;
    private uint _channel;

    private SshSocket(SshConnection connection, bool isStream)
    {
        _connection = connection;
        _isStream = isStream;
        _reader = new PieceReader(_received.Reader, isStream);
    }

    /// <inheritdoc/>
    public int LocalPort { get; private set; }

    /// <summary>Has the relay open a socket, and waits until it is connected where it is to be.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The host's kernel refused, or the peer.</exception>
    /// <exception cref="LvsConnectionException">The connection ended.</exception>
    internal static async ValueTask<SshSocket> OpenAsync(
        SshConnection connection, RelayMultiplexer relay, HostSocketRequest request, CancellationToken cancellationToken)
    {
        SshSocket socket = new(connection, request.Type == HostSocketRequest.Stream);
        socket._channel = relay.Add(socket);
        try
        {
            await connection.WriteFrameAsync(RelayMultiplexer.Frame(RelayStubs.Open, socket._channel, Encode(request)), cancellationToken).ConfigureAwait(false);
            await socket._opened.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            await socket.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (_received.Reader.Completion.Exception?.InnerException is { } failure)
        {
            throw failure;
        }

        await _connection.WriteFrameAsync(RelayMultiplexer.Frame(RelayStubs.Data, _channel, data.Span), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _reader.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _connection.Relay?.Remove(_channel);
        End(new ObjectDisposedException(nameof(SshSocket)));
        // Nobody waits for it: where the connection hangs, the socket goes with it.
        _ = _connection.WriteFrameAsync(RelayMultiplexer.Frame(RelayStubs.Close, _channel, []), CancellationToken.None).AsTask();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Opened(uint portId)
    {
        LocalPort = (int)portId;
        _opened.TrySetResult();
    }

    /// <inheritdoc/>
    public void Take(byte[] datagram)
    {
        if (datagram.Length > 0)
        {
            _received.Writer.TryWrite(datagram);
        }
        else if (_isStream)
        {
            _received.Writer.TryComplete();
        }
    }

    /// <inheritdoc/>
    public void Take(int errno) => End(SocketErrors.Of(errno));

    /// <inheritdoc/>
    public void End(Exception reason)
    {
        _opened.TrySetException(reason);
        _ = _opened.Task.Exception;
        _received.Writer.TryComplete(reason);
    }

    // Family, type and protocol, then filter, name to bind to and name to connect to with their lengths before them; all numbers of 32 bits, big-endian.
    private static byte[] Encode(HostSocketRequest request)
    {
        byte[][] texts = [request.Filter?.ToArray() ?? [], request.BindName(), request.ConnectName()];
        byte[] content = new byte[(3 + texts.Length) * sizeof(int) + texts.Sum(text => text.Length)];
        BinaryPrimitives.WriteInt32BigEndian(content, request.Family);
        BinaryPrimitives.WriteInt32BigEndian(content.AsSpan(4), request.Type);
        BinaryPrimitives.WriteInt32BigEndian(content.AsSpan(8), request.Protocol);
        int offset = 12;
        foreach (byte[] text in texts)
        {
            BinaryPrimitives.WriteInt32BigEndian(content.AsSpan(offset), text.Length);
            text.CopyTo(content, offset + sizeof(int));
            offset += sizeof(int) + text.Length;
        }

        return content;
    }
}
