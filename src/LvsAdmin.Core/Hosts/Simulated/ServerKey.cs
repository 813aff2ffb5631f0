using System.Buffers.Binary;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>What tells a real server from others of its service in a kernel.</summary>
/// <param name="Family">The address family.</param>
/// <param name="Address">The sixteen bytes of union nf_inet_addr, first byte first; those behind an IPv4 address are 0.</param>
/// <param name="Port">The port.</param>
internal readonly record struct ServerKey(ushort Family, UInt128 Address, ushort Port)
{
    internal const ushort IPv4 = (ushort)LvsAddressFamily.IPv4;
    internal const ushort IPv6 = (ushort)LvsAddressFamily.IPv6;

    internal static ServerKey Of(LvsServerId id, ushort servicePort) =>
        new((ushort)id.Address.Family, Bits(id.Address), id.Port ?? servicePort);

    /// <summary>The bits of an address as they stand on the wire.</summary>
    internal static UInt128 Bits(LvsAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        address.WriteBytes(bytes);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>The bits of an address of a family: of IPv4 only the first four bytes count (ip_vs_addr_copy).</summary>
    internal static UInt128 Bits(ushort family, ReadOnlySpan<byte> wire)
    {
        UInt128 bits = BinaryPrimitives.ReadUInt128BigEndian(wire);
        return family == IPv4 ? bits >> 96 << 96 : bits;
    }

    /// <summary>An address from the bits of it.</summary>
    internal static LvsAddress ToAddress(ushort family, UInt128 bits)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        return LvsAddress.FromBytes(family == IPv4 ? bytes[..4] : bytes);
    }
}
