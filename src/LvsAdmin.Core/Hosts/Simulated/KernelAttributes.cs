using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>
/// Attributes as a kernel reads them (nla_parse with liberal validation, lib/nlattr.c): unknown numbers are passed over, of several with one number the last counts,
/// what stands behind the last whole attribute is ignored, and values may be longer than their type.
/// </summary>
/// <typeparam name="TAttribute">The numbers.</typeparam>
internal sealed class KernelAttributes<TAttribute>
    where TAttribute : unmanaged, Enum
{
    private readonly Dictionary<ushort, byte[]> _values = [];

    private KernelAttributes()
    {
    }

    /// <summary>Reads attributes by the rules of a policy.</summary>
    /// <param name="attributes">The bytes.</param>
    /// <param name="policy">The rules.</param>
    /// <param name="parsed">The attributes, when there is no error.</param>
    /// <returns>The error number, or 0.</returns>
    internal static int Parse(ReadOnlySpan<byte> attributes, IReadOnlyDictionary<TAttribute, KernelAttributeRule> policy, out KernelAttributes<TAttribute> parsed)
    {
        parsed = new KernelAttributes<TAttribute>();
        while (attributes.Length >= NetlinkProtocol.AttributeHeaderLength)
        {
            int length = Unsafe.ReadUnaligned<ushort>(in attributes[0]);
            if (length < NetlinkProtocol.AttributeHeaderLength || length > attributes.Length)
            {
                break;
            }

            ushort type = (ushort)(Unsafe.ReadUnaligned<ushort>(in attributes[2]) & NetlinkProtocol.AttributeTypeMask);
            ReadOnlySpan<byte> value = attributes[NetlinkProtocol.AttributeHeaderLength..length];
            if (policy.TryGetValue(Unsafe.BitCast<ushort, TAttribute>(type), out KernelAttributeRule rule))
            {
                if (rule.Check(value) is > 0 and var errno)
                {
                    return errno;
                }

                parsed._values[type] = value.ToArray();
            }

            attributes = attributes[Math.Min(NetlinkProtocol.Align(length), attributes.Length)..];
        }

        return 0;
    }

    /// <summary>Whether all of these are there.</summary>
    internal bool Has(params TAttribute[] attributes)
    {
        foreach (TAttribute attribute in attributes)
        {
            if (Find(attribute) is null)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The bytes of an attribute; null when it is not there.</summary>
    internal byte[]? Find(TAttribute attribute) => _values.GetValueOrDefault(Unsafe.BitCast<TAttribute, ushort>(attribute));

    /// <summary>8 bits; 0 when it is not there.</summary>
    internal byte ReadByte(TAttribute attribute) => Find(attribute) is { } value ? value[0] : (byte)0;

    /// <summary>16 bits in the machine's byte order; 0 when it is not there.</summary>
    internal ushort ReadUInt16(TAttribute attribute) => Find(attribute) is { } value ? Unsafe.ReadUnaligned<ushort>(in value[0]) : (ushort)0;

    /// <summary>16 bits in network order; 0 when it is not there.</summary>
    internal ushort ReadUInt16BigEndian(TAttribute attribute) => Find(attribute) is { } value ? BinaryPrimitives.ReadUInt16BigEndian(value) : (ushort)0;

    /// <summary>32 bits in the machine's byte order; 0 when it is not there.</summary>
    internal uint ReadUInt32(TAttribute attribute) => Find(attribute) is { } value ? Unsafe.ReadUnaligned<uint>(in value[0]) : 0;

    /// <summary>A text up to its zero; empty when it is not there.</summary>
    internal string ReadText(TAttribute attribute) => Find(attribute) is { } value && value.AsSpan().IndexOf((byte)0) is >= 0 and var end ? Encoding.Latin1.GetString(value, 0, end) : "";

    /// <summary>So many bytes, with zeros behind a shorter value (nla_memcpy).</summary>
    internal byte[] ReadBytes(TAttribute attribute, int length)
    {
        byte[] bytes = new byte[length];
        byte[] value = Find(attribute) ?? [];
        value.AsSpan(0, Math.Min(value.Length, length)).CopyTo(bytes);
        return bytes;
    }
}
