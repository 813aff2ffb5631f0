using System.Buffers.Binary;

namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>Our end of the relay (<see cref="RelayStubs"/>): takes its frames apart, and hands each to its channel.</summary>
/// <param name="shell">Takes the output of the shell, channel 0.</param>
internal sealed class RelayMultiplexer(Func<ReadOnlyMemory<byte>, ValueTask> shell)
{
    // The relay reads at most 128 KiB at once.
    private const int LongestFrame = 256 * 1024;

    private readonly object _gate = new();
    private readonly Dictionary<uint, IRelayChannel> _channels = [];
    private readonly TaskCompletionSource<bool> _hello = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _header = new byte[RelayStubs.HeaderLength];
    private int _headerLength;
    private byte[] _content = [];
    private int _contentLength;
    private int _left;
    private uint _lastChannel;
    private SshFailure? _failure;

    /// <summary>Whether the host has our byte order, once the relay has said so.</summary>
    /// <exception cref="LvsConnectionException">The connection ended before.</exception>
    internal Task<bool> HasOurByteOrder => _hello.Task;

    private byte Kind => _header[4];

    private uint Channel => BinaryPrimitives.ReadUInt32BigEndian(_header.AsSpan(5));

    /// <summary>A frame, ready to be written.</summary>
    internal static byte[] Frame(byte kind, uint channel, ReadOnlySpan<byte> content)
    {
        byte[] frame = new byte[RelayStubs.HeaderLength + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, content.Length);
        frame[4] = kind;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(5), channel);
        content.CopyTo(frame.AsSpan(RelayStubs.HeaderLength));
        return frame;
    }

    /// <summary>Registers a socket under a new channel number.</summary>
    /// <exception cref="LvsConnectionException">The connection has ended.</exception>
    internal uint Add(IRelayChannel transport)
    {
        lock (_gate)
        {
            if (_failure is { } failure)
            {
                throw failure.ToException("open a socket");
            }

            _channels.Add(++_lastChannel, transport);
            return _lastChannel;
        }
    }

    /// <summary>Forgets a socket.</summary>
    internal void Remove(uint channel)
    {
        lock (_gate)
        {
            _channels.Remove(channel);
        }
    }

    /// <summary>Takes what came from the relay.</summary>
    /// <exception cref="ShellFormatException">It is no frame that was agreed.</exception>
    internal async ValueTask TakeAsync(ReadOnlyMemory<byte> data)
    {
        while (!data.IsEmpty)
        {
            if (_headerLength < RelayStubs.HeaderLength)
            {
                int part = Math.Min(RelayStubs.HeaderLength - _headerLength, data.Length);
                data.Span[..part].CopyTo(_header.AsSpan(_headerLength));
                _headerLength += part;
                data = data[part..];
                if (_headerLength < RelayStubs.HeaderLength)
                {
                    return;
                }

                Begin();
            }

            int length = Math.Min(_left, data.Length);
            _left -= length;
            if (Kind == RelayStubs.Data && Channel == 0)
            {
                // As it comes: a reply of the shell may be long.
                if (length > 0)
                {
                    await shell(data[..length]).ConfigureAwait(false);
                }
            }
            else
            {
                data.Span[..length].CopyTo(_content.AsSpan(_contentLength));
                _contentLength += length;
            }

            data = data[length..];
            if (_left > 0)
            {
                return;
            }

            _headerLength = 0;
            if (Kind != RelayStubs.Data || Channel != 0)
            {
                Deliver();
            }
        }
    }

    /// <summary>Ends all channels.</summary>
    internal void Fail(SshFailure failure)
    {
        IRelayChannel[] left;
        lock (_gate)
        {
            _failure ??= failure;
            left = [.. _channels.Values];
            _channels.Clear();
        }

        _hello.TrySetException(failure.ToException("start the relay for netlink"));
        _ = _hello.Task.Exception;
        foreach (IRelayChannel transport in left)
        {
            transport.End(failure.ToException("speak by a socket"));
        }
    }

    private void Begin()
    {
        uint length = BinaryPrimitives.ReadUInt32BigEndian(_header);
        bool isFirst = !_hello.Task.IsCompleted;
        if (length > LongestFrame || (isFirst ? Kind != RelayStubs.Hello : Kind is not (RelayStubs.Data or RelayStubs.Open or RelayStubs.Error)))
        {
            throw new ShellFormatException("what came from the relay for netlink is no frame");
        }

        _left = (int)length;
        _contentLength = 0;
        _content = Kind == RelayStubs.Data && Channel == 0 ? [] : new byte[_left];
    }

    private void Deliver()
    {
        if (Kind == RelayStubs.Hello)
        {
            if (_content is not [RelayStubs.Version, ..] || _content.Length != 1 + sizeof(int))
            {
                throw new ShellFormatException("the relay for netlink is of another version");
            }

            _hello.TrySetResult(BitConverter.ToInt32(_content, 1) == 1);
            return;
        }

        IRelayChannel? transport;
        lock (_gate)
        {
            // None: it was closed while this was under way.
            _channels.TryGetValue(Channel, out transport);
        }

        if (transport is null)
        {
            return;
        }

        if (Kind == RelayStubs.Data)
        {
            transport.Take(_content);
            return;
        }

        if (_content.Length != sizeof(int))
        {
            throw new ShellFormatException("a frame of the relay for netlink has another length than agreed");
        }

        uint number = BinaryPrimitives.ReadUInt32BigEndian(_content);
        if (Kind == RelayStubs.Open)
        {
            transport.Opened(number);
        }
        else
        {
            transport.Take((int)number);
        }
    }
}
