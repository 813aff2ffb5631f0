using System.Buffers.Binary;
using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>The addresses of /proc/net/tcp and its kin: words of 32 bits in the host's byte order, as hexadecimal digits (proc(5)).</summary>
internal static class SocketAddress
{
    private const int DigitsOfWord = 8;

    /// <summary>Reads an address; an IPv4 address in IPv6 form (::ffff:192.0.2.10) as IPv4. Null for what is none.</summary>
    /// <remarks>Little-endian, as all machines are that .NET runs on here and PowerShell supports.</remarks>
    internal static LvsAddress? Parse(string digits)
    {
        if (digits.Length is not (DigitsOfWord or 4 * DigitsOfWord))
        {
            return null;
        }

        byte[] bytes = new byte[digits.Length / 2];
        for (int word = 0; word < digits.Length / DigitsOfWord; word++)
        {
            if (!uint.TryParse(digits.AsSpan(word * DigitsOfWord, DigitsOfWord), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value))
            {
                return null;
            }

            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(word * 4), value);
        }

        System.Net.IPAddress address = new(bytes);
        return LvsAddress.Parse((address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());
    }
}
