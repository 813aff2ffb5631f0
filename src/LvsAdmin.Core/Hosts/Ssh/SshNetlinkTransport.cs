using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>A generic netlink socket of a host over SSH, behind the relay (<see cref="RelayStubs"/>).</summary>
internal sealed class SshNetlinkTransport : INetlinkTransport, IRelayChannel
{
    // More than any list of IPVS has; who does not read it is not kept alive by our memory.
    private const long LongestBacklog = 256 * 1024 * 1024;

    private readonly object _gate = new();
    private readonly SshConnection _connection;
    private readonly TaskCompletionSource<uint> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<byte[]> _datagrams = new();
    private readonly string _host;
    private long _backlog;
    private uint _channel;
    private TaskCompletionSource? _arrival;
    private Exception? _failure;

    private SshNetlinkTransport(SshConnection connection, string host)
    {
        _connection = connection;
        _host = host;
    }

    /// <inheritdoc/>
    public uint PortId { get; private set; }

    /// <summary>Has the relay open a socket.</summary>
    /// <exception cref="LvsConnectionException">The connection ended.</exception>
    /// <exception cref="NetlinkException">The host's kernel refused the socket.</exception>
    internal static async ValueTask<SshNetlinkTransport> OpenAsync(
        SshConnection connection, RelayMultiplexer relay, string host, CancellationToken cancellationToken)
    {
        SshNetlinkTransport transport = new(connection, host);
        transport._channel = relay.Add(transport);
        try
        {
            await connection.WriteFrameAsync(RelayMultiplexer.Frame(RelayStubs.Open, transport._channel, []), cancellationToken).ConfigureAwait(false);
            transport.PortId = await transport._opened.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return transport;
        }
        catch
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_failure is not (null or NetlinkOverrunException))
            {
                throw _failure;
            }
        }

        await _connection.WriteFrameAsync(RelayMultiplexer.Frame(RelayStubs.Data, _channel, datagram.Span), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        TryReceive(buffer, out int length) ? ValueTask.FromResult(length) : WaitAndReceiveAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _connection.Relay?.Remove(_channel);
        End(new ObjectDisposedException(nameof(SshNetlinkTransport)));
        // Nobody waits for it: where the connection hangs, the socket goes with it.
        _ = _connection.WriteFrameAsync(RelayMultiplexer.Frame(RelayStubs.Close, _channel, []), CancellationToken.None).AsTask();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Opened(uint portId) => _opened.TrySetResult(portId);

    /// <inheritdoc/>
    public void Take(byte[] datagram)
    {
        lock (_gate)
        {
            _backlog += datagram.Length;
            if (_backlog > LongestBacklog)
            {
                _datagrams.Clear();
                _backlog = 0;
                _failure ??= new NetlinkOverrunException("The kernel's answers came faster than they were read.");
            }
            else
            {
                _datagrams.Enqueue(datagram);
            }

            _arrival?.TrySetResult();
        }
    }

    /// <inheritdoc/>
    public void Take(int errno)
    {
        NetlinkException refused = errno == LinuxErrno.NoBufferSpace
            ? new NetlinkOverrunException("The kernel dropped answers (ENOBUFS). What was asked may have been done: read the state again.")
            : new NetlinkException($"The netlink socket on {_host} failed: {LinuxErrno.Describe(errno)}.");
        if (!_opened.TrySetException(refused))
        {
            End(refused);
        }
    }

    /// <inheritdoc/>
    public void End(Exception reason)
    {
        _opened.TrySetException(reason);
        _ = _opened.Task.Exception;
        lock (_gate)
        {
            _failure ??= reason;
            _arrival?.TrySetResult();
        }
    }

    private async ValueTask<int> WaitAndReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int length;
        while (!TryReceive(buffer, out length))
        {
            Task arrival;
            lock (_gate)
            {
                if (_datagrams.Count > 0 || _failure is not null)
                {
                    continue;
                }

                _arrival = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                arrival = _arrival.Task;
            }

            await arrival.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return length;
    }

    private bool TryReceive(Memory<byte> buffer, out int length)
    {
        lock (_gate)
        {
            if (!_datagrams.TryDequeue(out byte[]? datagram))
            {
                length = 0;
                if (_failure is not { } failure)
                {
                    return false;
                }

                // What the kernel dropped is said once; what it sends after that is heard again.
                if (failure is NetlinkOverrunException)
                {
                    _failure = null;
                }

                throw failure;
            }

            _backlog -= datagram.Length;
            length = datagram.Length;
            return length <= buffer.Length
                ? Copy(datagram, buffer)
                : throw new NetlinkTruncatedException($"A datagram of {length} bytes came into a buffer of {buffer.Length}.");
        }
    }

    private static bool Copy(byte[] datagram, Memory<byte> buffer)
    {
        datagram.CopyTo(buffer);
        return true;
    }
}
