using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace LvsAdmin.Core.Netlink;

/// <summary>
/// Reads netlink attributes (struct nlattr) one after another. Whatever the bytes are, it gives values or a <see cref="NetlinkFormatException"/>.
/// </summary>
/// <typeparam name="TAttribute">The numbers of the attributes that may stand here: an enumeration of 16 bits.</typeparam>
public ref struct AttributeReader<TAttribute>
    where TAttribute : unmanaged, Enum
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Reads attributes from bytes.</summary>
    public AttributeReader(ReadOnlySpan<byte> attributes)
    {
        _rest = attributes;
        Raw = default;
        Value = default;
        Attribute = default;
    }

    /// <summary>The number of the present attribute, which may be one that the enumeration does not have.</summary>
    public TAttribute Attribute { get; private set; }

    /// <summary>The bytes of the present attribute's value.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>The present attribute whole, with header and padding.</summary>
    public ReadOnlySpan<byte> Raw { get; private set; }

    /// <summary>Goes on to the next attribute.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="NetlinkFormatException">What follows is no attribute.</exception>
    public bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        if (_rest.Length < NetlinkProtocol.AttributeHeaderLength)
        {
            throw new NetlinkFormatException($"{_rest.Length} bytes remain where an attribute should begin.");
        }

        int length = Unsafe.ReadUnaligned<ushort>(in _rest[0]);
        if (length < NetlinkProtocol.AttributeHeaderLength || length > _rest.Length)
        {
            throw new NetlinkFormatException($"An attribute says that it has {length} bytes, and {_rest.Length} remain.");
        }

        Attribute = Unsafe.BitCast<ushort, TAttribute>((ushort)(Unsafe.ReadUnaligned<ushort>(in _rest[2]) & NetlinkProtocol.AttributeTypeMask));
        Value = _rest[NetlinkProtocol.AttributeHeaderLength..length];
        // The last attribute may lack its padding.
        int whole = Math.Min(NetlinkProtocol.Align(length), _rest.Length);
        Raw = _rest[..whole];
        _rest = _rest[whole..];
        return true;
    }

    /// <summary>The value as one byte.</summary>
    /// <exception cref="NetlinkFormatException">It is shorter or longer.</exception>
    public readonly byte ReadByte() => Expect(1)[0];

    /// <summary>The value as 16 bits in the machine's byte order.</summary>
    /// <exception cref="NetlinkFormatException">It is shorter or longer.</exception>
    public readonly ushort ReadUInt16() => Unsafe.ReadUnaligned<ushort>(in Expect(2)[0]);

    /// <summary>The value as 16 bits in network order.</summary>
    /// <exception cref="NetlinkFormatException">It is shorter or longer.</exception>
    public readonly ushort ReadUInt16BigEndian() => BinaryPrimitives.ReadUInt16BigEndian(Expect(2));

    /// <summary>The value as 32 bits in the machine's byte order.</summary>
    /// <exception cref="NetlinkFormatException">It is shorter or longer.</exception>
    public readonly uint ReadUInt32() => Unsafe.ReadUnaligned<uint>(in Expect(4)[0]);

    /// <summary>The value as 32 bits in network order.</summary>
    /// <exception cref="NetlinkFormatException">It is shorter or longer.</exception>
    public readonly uint ReadUInt32BigEndian() => BinaryPrimitives.ReadUInt32BigEndian(Expect(4));

    /// <summary>The value as 64 bits in the machine's byte order.</summary>
    /// <exception cref="NetlinkFormatException">It is shorter or longer.</exception>
    public readonly ulong ReadUInt64() => Unsafe.ReadUnaligned<ulong>(in Expect(8)[0]);

    /// <summary>The value as a text up to its zero.</summary>
    public readonly string ReadString()
    {
        int end = Value.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? Value : Value[..end]);
    }

    /// <summary>Reads the attributes inside the value.</summary>
    /// <typeparam name="TInner">Their numbers.</typeparam>
    public readonly AttributeReader<TInner> ReadNested<TInner>()
        where TInner : unmanaged, Enum => new(Value);

    private readonly ReadOnlySpan<byte> Expect(int length) => Value.Length == length
        ? Value
        : throw new NetlinkFormatException($"Attribute {typeof(TAttribute).Name}.{Attribute} has {Value.Length} bytes instead of {length}.");
}
