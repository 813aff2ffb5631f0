using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>Writes the messages of one request's answer as a kernel does: nests carry no flag (nla_nest_start_noflag).</summary>
/// <param name="sequence">The request's number.</param>
/// <param name="port">Where the answer goes.</param>
internal sealed class KernelReplyWriter(uint sequence, uint port)
{
    // The largest datagram of a list (netlink_dump, af_netlink.c): 32 KiB, without what the socket buffer itself takes.
    private const int ListLength = 32 * 1024 - 320;

    private readonly List<byte[]> _datagrams = [];
    private readonly List<byte[]> _list = [];
    private byte[] _buffer = new byte[1024];
    private int _length;
    private int _listLength;

    /// <summary>The finished datagrams, in order.</summary>
    internal IReadOnlyList<byte[]> Datagrams => _datagrams;

    /// <summary>Answers by an acknowledgement or an error. Of the request it repeats the header alone (NETLINK_CAP_ACK).</summary>
    internal void Acknowledge(ReadOnlySpan<byte> request, int errno)
    {
        Begin(NetlinkProtocol.Error, NetlinkProtocol.FlagCapped);
        Append(-errno);
        request[..NetlinkProtocol.HeaderLength].CopyTo(Room(NetlinkProtocol.HeaderLength));
        _datagrams.Add(Finish());
    }

    /// <summary>Begins a message of a family.</summary>
    internal void Begin(ushort family, byte command, byte version, bool isPart)
    {
        Begin(family, isPart ? NetlinkProtocol.FlagMultipart : (ushort)0);
        ReadOnlySpan<byte> header = [command, version, 0, 0];
        header.CopyTo(Room(NetlinkProtocol.GenericHeaderLength));
    }

    /// <summary>Ends a message that is an answer by itself.</summary>
    internal void End() => _datagrams.Add(Finish());

    /// <summary>Ends a message of a list.</summary>
    internal void EndPart()
    {
        byte[] message = Finish();
        if (_listLength + message.Length > ListLength)
        {
            FlushList();
        }

        _list.Add(message);
        _listLength += message.Length;
    }

    /// <summary>Ends a list.</summary>
    internal void EndList()
    {
        FlushList();
        Begin(NetlinkProtocol.Done, NetlinkProtocol.FlagMultipart);
        Append(0);
        _datagrams.Add(Finish());
    }

    internal void Write<TAttribute>(TAttribute attribute, byte value)
        where TAttribute : unmanaged, Enum => Value(attribute, 1)[0] = value;

    internal void Write<TAttribute>(TAttribute attribute, ushort value)
        where TAttribute : unmanaged, Enum => Unsafe.WriteUnaligned(ref Value(attribute, 2)[0], value);

    internal void WriteBigEndian<TAttribute>(TAttribute attribute, ushort value)
        where TAttribute : unmanaged, Enum => BinaryPrimitives.WriteUInt16BigEndian(Value(attribute, 2), value);

    internal void Write<TAttribute>(TAttribute attribute, uint value)
        where TAttribute : unmanaged, Enum => Unsafe.WriteUnaligned(ref Value(attribute, 4)[0], value);

    internal void Write<TAttribute>(TAttribute attribute, ulong value)
        where TAttribute : unmanaged, Enum => Unsafe.WriteUnaligned(ref Value(attribute, 8)[0], value);

    internal void Write<TAttribute>(TAttribute attribute, ReadOnlySpan<byte> value)
        where TAttribute : unmanaged, Enum => value.CopyTo(Value(attribute, value.Length));

    internal void Write<TAttribute>(TAttribute attribute, string value)
        where TAttribute : unmanaged, Enum => Encoding.Latin1.GetBytes(value, Value(attribute, value.Length + 1));

    /// <summary>Opens an attribute that holds others.</summary>
    /// <returns>Where it begins, for <see cref="EndNest"/>.</returns>
    internal int BeginNest<TAttribute>(TAttribute attribute)
        where TAttribute : unmanaged, Enum
    {
        int start = _length;
        Value(attribute, 0);
        return start;
    }

    internal void EndNest(int start) => Unsafe.WriteUnaligned(ref _buffer[start], (ushort)(_length - start));

    private void Begin(ushort type, ushort flags)
    {
        _length = 0;
        Span<byte> header = Room(NetlinkProtocol.HeaderLength);
        Unsafe.WriteUnaligned(ref header[NetlinkProtocol.TypeOffset], type);
        Unsafe.WriteUnaligned(ref header[NetlinkProtocol.FlagsOffset], flags);
        Unsafe.WriteUnaligned(ref header[NetlinkProtocol.SequenceOffset], sequence);
        Unsafe.WriteUnaligned(ref header[NetlinkProtocol.PortOffset], port);
    }

    private byte[] Finish()
    {
        Unsafe.WriteUnaligned(ref _buffer[0], (uint)_length);
        return _buffer[.._length];
    }

    private void FlushList()
    {
        if (_list.Count > 0)
        {
            _datagrams.Add([.. _list.SelectMany(message => message)]);
            _list.Clear();
            _listLength = 0;
        }
    }

    private void Append(int value) => Unsafe.WriteUnaligned(ref Room(4)[0], value);

    private Span<byte> Value<TAttribute>(TAttribute attribute, int length)
        where TAttribute : unmanaged, Enum
    {
        Span<byte> room = Room(NetlinkProtocol.AttributeHeaderLength + length);
        Unsafe.WriteUnaligned(ref room[0], (ushort)room.Length);
        Unsafe.WriteUnaligned(ref room[2], Unsafe.BitCast<TAttribute, ushort>(attribute));
        return room[NetlinkProtocol.AttributeHeaderLength..];
    }

    // With the padding behind it, all zero.
    private Span<byte> Room(int length)
    {
        int whole = NetlinkProtocol.Align(length);
        if (_buffer.Length - _length < whole)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + whole));
        }

        Span<byte> room = _buffer.AsSpan(_length, whole);
        room.Clear();
        _length += whole;
        return room[..length];
    }
}
