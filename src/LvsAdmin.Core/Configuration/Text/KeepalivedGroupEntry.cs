using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>A virtual address or a firewall mark of a virtual_server_group (check_data.c, alloc_vsg_entry).</summary>
/// <param name="Address">The address; null for a mark.</param>
/// <param name="Port">The port; 0 for all.</param>
/// <param name="Mark">The mark; null for an address.</param>
/// <param name="Family">The family of a mark, when it is said.</param>
/// <param name="Position">Where it stands.</param>
internal sealed record KeepalivedGroupEntry(LvsAddress? Address, ushort Port, uint? Mark, LvsAddressFamily? Family, TextPosition Position)
{
    // A range of more is hardly meant: each address becomes a virtual service.
    private const int MostAddresses = 65536;

    /// <summary>Reads a line of a group: an address, a range or a network of them with a port, or a mark.</summary>
    internal static IEnumerable<KeepalivedGroupEntry> Read(KeepalivedStatement statement)
    {
        if (statement.Keyword == "fwmark")
        {
            uint mark = (uint)statement.Number(1, uint.MaxValue);
            return [new(null, 0, mark, statement.Words.Count > 2 ? statement.Family(statement.Words[2]) : null, statement.Position)];
        }

        ushort port = statement.Words.Count > 1 ? (ushort)statement.Position.Number(KeepalivedLine.Invalid, "The port", statement.Words[1], 0, ushort.MaxValue) : (ushort)0;
        return Addresses(statement, statement.Keyword).Select(address => new KeepalivedGroupEntry(address, port, null, null, statement.Position));
    }

    private static IEnumerable<LvsAddress> Addresses(KeepalivedStatement statement, string text)
    {
        string[] ends = text.Split('-', 2);
        string[] network = text.Split('/', 2);
        LvsAddress first = statement.Address(ends.Length == 2 ? ends[0] : network[0]);
        UInt128 low = Bits(first);
        UInt128 high = (ends.Length, network.Length) switch
        {
            (2, _) => RangeEnd(statement, first, ends[1]),
            (_, 2) => NetworkEnd(statement, first, network[1]),
            _ => low,
        };
        if (high < low || high - low >= MostAddresses)
        {
            throw statement.Position.Error(KeepalivedLine.Invalid, $"'{text}' is no range of addresses, or one of more than {MostAddresses}.");
        }

        for (UInt128 bits = low; bits <= high; bits++)
        {
            yield return FromBits(first.Family, bits);
        }
    }

    // The end of a range is an address, or its last part alone: the last byte of IPv4, the last 16 bits of IPv6.
    private static UInt128 RangeEnd(KeepalivedStatement statement, LvsAddress first, string end)
    {
        if (end.Contains('.', StringComparison.Ordinal) || end.Contains(':', StringComparison.Ordinal))
        {
            LvsAddress last = statement.Address(end);
            return last.Family == first.Family
                ? Bits(last)
                : throw statement.Position.Error(KeepalivedLine.Invalid, $"'{statement.Keyword}' begins and ends with addresses of different families.");
        }

        bool isV6 = first.Family == LvsAddressFamily.IPv6;
        uint mask = isV6 ? 0xffffu : 0xffu;
        return uint.TryParse(end, isV6 ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out uint part) && part <= mask
            ? (Bits(first) & ~(UInt128)mask) | part
            : throw statement.Position.Error(KeepalivedLine.Invalid, $"'{end}' is no end of a range of addresses.");
    }

    private static UInt128 NetworkEnd(KeepalivedStatement statement, LvsAddress first, string length)
    {
        int bits = (int)statement.Position.Number(KeepalivedLine.Invalid, "The length of the prefix", length, 1, first.BitLength);
        UInt128 rest = (UInt128.One << (first.BitLength - bits)) - 1;
        return (Bits(first) & rest) == 0
            ? Bits(first) | rest
            : throw statement.Position.Error(KeepalivedLine.Invalid, $"'{statement.Keyword}' is no network: its address has bits behind the prefix.");
    }

    private static UInt128 Bits(LvsAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        UInt128 bits = 0;
        foreach (byte each in bytes[..address.WriteBytes(bytes)])
        {
            bits = (bits << 8) | each;
        }

        return bits;
    }

    private static LvsAddress FromBits(LvsAddressFamily family, UInt128 bits)
    {
        Span<byte> bytes = stackalloc byte[16];
        for (int index = 15; index >= 0; index--)
        {
            bytes[index] = (byte)bits;
            bits >>= 8;
        }

        return LvsAddress.FromBytes(family == LvsAddressFamily.IPv6 ? bytes : bytes[12..]);
    }
}
