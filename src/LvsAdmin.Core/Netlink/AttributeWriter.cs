using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace LvsAdmin.Core.Netlink;

/// <summary>Writes netlink attributes (struct nlattr) into requests, padded to four bytes each.</summary>
/// <typeparam name="TAttribute">The numbers of the attributes that may stand here: an enumeration of 16 bits.</typeparam>
public readonly ref struct AttributeWriter<TAttribute>
    where TAttribute : unmanaged, Enum
{
    private readonly NetlinkRequests _requests;

    internal AttributeWriter(NetlinkRequests requests) => _requests = requests;

    /// <summary>Writes one byte.</summary>
    public void Write(TAttribute attribute, byte value) => Value(attribute, 1)[0] = value;

    /// <summary>Writes 16 bits in the machine's byte order.</summary>
    public void Write(TAttribute attribute, ushort value) => Unsafe.WriteUnaligned(ref Value(attribute, 2)[0], value);

    /// <summary>Writes 16 bits in network order, as ports mostly are.</summary>
    public void WriteBigEndian(TAttribute attribute, ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Value(attribute, 2), value);

    /// <summary>Writes 32 bits in the machine's byte order.</summary>
    public void Write(TAttribute attribute, uint value) => Unsafe.WriteUnaligned(ref Value(attribute, 4)[0], value);

    /// <summary>Writes 32 bits in network order.</summary>
    public void WriteBigEndian(TAttribute attribute, uint value) => BinaryPrimitives.WriteUInt32BigEndian(Value(attribute, 4), value);

    /// <summary>Writes a text with a zero behind it.</summary>
    public void Write(TAttribute attribute, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Span<byte> room = Value(attribute, Encoding.UTF8.GetByteCount(value) + 1);
        Encoding.UTF8.GetBytes(value, room);
        room[^1] = 0;
    }

    /// <summary>Writes bytes as they are.</summary>
    public void Write(TAttribute attribute, ReadOnlySpan<byte> value) => value.CopyTo(Value(attribute, value.Length));

    /// <summary>Writes whole attributes as they once came, headers and padding included.</summary>
    public void WriteRaw(ReadOnlySpan<byte> attributes) => attributes.CopyTo(_requests.Append(attributes.Length));

    /// <summary>Opens an attribute that holds others; disposing of the scope closes it.</summary>
    public AttributeScope Nest(TAttribute attribute)
    {
        int start = _requests.Position;
        Header(attribute, NetlinkProtocol.AttributeNested, 0);
        return new AttributeScope(_requests, start);
    }

    private Span<byte> Value(TAttribute attribute, int length)
    {
        Header(attribute, 0, length);
        Span<byte> room = _requests.Append(NetlinkProtocol.Align(length));
        room[length..].Clear();
        return room[..length];
    }

    private void Header(TAttribute attribute, ushort flags, int length)
    {
        Span<byte> header = _requests.Append(NetlinkProtocol.AttributeHeaderLength);
        Unsafe.WriteUnaligned(ref header[0], checked((ushort)(NetlinkProtocol.AttributeHeaderLength + length)));
        Unsafe.WriteUnaligned(ref header[2], (ushort)(Unsafe.BitCast<TAttribute, ushort>(attribute) | flags));
    }
}
