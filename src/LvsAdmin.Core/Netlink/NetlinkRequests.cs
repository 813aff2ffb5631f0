using System.Runtime.CompilerServices;

namespace LvsAdmin.Core.Netlink;

/// <summary>
/// Requests under construction, one after another in one buffer that is used again and again. Sequence numbers, port and lengths are filled in
/// when they are sent.
/// </summary>
public sealed class NetlinkRequests
{
    private readonly List<int> _starts = [];
    private byte[] _buffer = new byte[4096];
    private int _length;

    /// <summary>How many requests there are.</summary>
    public int Count => _starts.Count;

    /// <summary>Takes all requests away; the memory stays for the next ones.</summary>
    public void Clear()
    {
        _starts.Clear();
        _length = 0;
    }

    /// <summary>Begins a generic netlink request; its attributes are what is written until the next one begins.</summary>
    /// <typeparam name="TAttribute">The family's top-level attributes.</typeparam>
    /// <param name="family">The number of the family.</param>
    /// <param name="command">The family's command.</param>
    /// <param name="version">The family's version.</param>
    /// <param name="dump">Whether a list of answers is asked for; otherwise one acknowledgement.</param>
    public AttributeWriter<TAttribute> Begin<TAttribute>(ushort family, byte command, byte version, bool dump = false)
        where TAttribute : unmanaged, Enum
    {
        _starts.Add(_length);
        Span<byte> header = Append(NetlinkProtocol.HeaderLength + NetlinkProtocol.GenericHeaderLength);
        header.Clear();
        Write(header[NetlinkProtocol.TypeOffset..], family);
        Write(header[NetlinkProtocol.FlagsOffset..],
            (ushort)(NetlinkProtocol.FlagRequest | (dump ? NetlinkProtocol.FlagDump : NetlinkProtocol.FlagAcknowledge)));
        header[NetlinkProtocol.HeaderLength] = command;
        header[NetlinkProtocol.HeaderLength + 1] = version;
        return new AttributeWriter<TAttribute>(this);
    }

    /// <summary>Directs all requests at another number of their family, as it has after its module was loaded anew.</summary>
    internal void Redirect(ushort family)
    {
        foreach (int start in _starts)
        {
            Write(_buffer.AsSpan(start + NetlinkProtocol.TypeOffset), family);
        }
    }

    /// <summary>Where the next byte goes.</summary>
    internal int Position => _length;

    /// <summary>Makes room at the end.</summary>
    internal Span<byte> Append(int length)
    {
        if (_buffer.Length - _length < length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + length));
        }

        Span<byte> room = _buffer.AsSpan(_length, length);
        _length += length;
        return room;
    }

    /// <summary>The bytes of a range, to fill in a length.</summary>
    internal Span<byte> At(int position, int length) => _buffer.AsSpan(position, length);

    /// <summary>
    /// As many requests as fit into one datagram, with their lengths, sequence numbers and port filled in. The kernel answers each of them, and
    /// drops answers that its receive buffer has no room for (ENOBUFS): the count is bounded as well as the size.
    /// </summary>
    /// <param name="first">The first request to take.</param>
    /// <param name="sequence">Its sequence number; those behind it count up.</param>
    /// <param name="port">The port that answers shall come to.</param>
    /// <param name="maximumCount">How many requests at most.</param>
    /// <param name="maximumLength">How many bytes at most, unless one request alone is longer.</param>
    /// <param name="count">How many requests were taken.</param>
    internal ReadOnlyMemory<byte> Datagram(int first, uint sequence, uint port, int maximumCount, int maximumLength, out int count)
    {
        int start = _starts[first];
        count = 0;
        int end = start;
        while (first + count < _starts.Count && count < maximumCount)
        {
            int next = first + count + 1 < _starts.Count ? _starts[first + count + 1] : _length;
            if (count > 0 && next - start > maximumLength)
            {
                break;
            }

            Span<byte> message = _buffer.AsSpan(end, next - end);
            Write(message, (uint)message.Length);
            Write(message[NetlinkProtocol.SequenceOffset..], sequence + (uint)count);
            Write(message[NetlinkProtocol.PortOffset..], port);
            end = next;
            count++;
        }

        return _buffer.AsMemory(start, end - start);
    }

    // Netlink speaks the byte order of the machine.
    private static void Write<T>(Span<byte> destination, T value)
        where T : unmanaged => Unsafe.WriteUnaligned(ref destination[0], value);
}
