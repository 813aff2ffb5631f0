using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace LvsAdmin.Core.Ipvs;

/// <summary>
/// An IPv4 or IPv6 address, read strictly. .NET and the C library read <c>010.0.0.1</c> as 8.0.0.1 and <c>1</c> as 0.0.0.1, which in a load
/// balancer is an outage: such text is refused, with the reason. Two addresses are equal when family and bits are.
/// </summary>
public readonly struct LvsAddress : IEquatable<LvsAddress>, IComparable<LvsAddress>, IComparable
{
    private readonly UInt128 _bits;

    private LvsAddress(LvsAddressFamily family, UInt128 bits)
    {
        Family = family;
        _bits = bits;
    }

    /// <summary>The family of the address. Zero only in a default value, which is no address.</summary>
    public LvsAddressFamily Family { get; }

    /// <summary>How many bits an address of this family has: 32 or 128, which is the length of a host's own prefix.</summary>
    public int BitLength => Family == LvsAddressFamily.IPv6 ? 128 : 32;

    /// <summary>Whether this is 0.0.0.0 or ::, which names no host.</summary>
    public bool IsUnspecified => _bits == UInt128.Zero;

    /// <summary>Whether this is a multicast address (224.0.0.0/4 or ff00::/8).</summary>
    public bool IsMulticast => Family == LvsAddressFamily.IPv6 ? (byte)(_bits >> 120) == 0xff : ((uint)_bits >> 28) == 0xe;

    /// <summary>Whether this is an IPv6 link-local address (fe80::/10), which means nothing without an interface.</summary>
    public bool IsLinkLocalV6 => Family == LvsAddressFamily.IPv6 && (uint)(_bits >> 118) == 0x3fa;

    /// <summary>Whether this is the limited broadcast address 255.255.255.255.</summary>
    public bool IsBroadcast => Family == LvsAddressFamily.IPv4 && (uint)_bits == uint.MaxValue;

    /// <summary>Reads an address strictly.</summary>
    /// <param name="text">Four decimal numbers without leading zeros, or IPv6 text (RFC 4291) without zone and brackets.</param>
    /// <exception cref="FormatException">The text is no address; the message says why.</exception>
    public static LvsAddress Parse(string text) =>
        TryParse(text, out LvsAddress address, out string? reason) ? address : throw new FormatException(reason);

    /// <summary>Reads an address strictly.</summary>
    /// <param name="text">The text to read.</param>
    /// <param name="address">The address, when the text is one.</param>
    /// <param name="reason">Why the text is refused, when it is.</param>
    /// <returns>Whether the text is an address.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out LvsAddress address, [NotNullWhen(false)] out string? reason)
    {
        address = default;
        if (string.IsNullOrEmpty(text))
        {
            reason = "An IP address must not be empty.";
            return false;
        }

        return text.Contains(':', StringComparison.Ordinal)
            ? TryParseV6(text, out address, out reason)
            : TryParseV4(text, out address, out reason);
    }

    /// <summary>Makes an address of the runtime's one.</summary>
    /// <exception cref="ArgumentException">The address is IPv6 with a zone, or of another family.</exception>
    public static LvsAddress From(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0)
        {
            throw new ArgumentException($"'{address}' has a zone id, which IPVS does not know.", nameof(address));
        }

        return FromBytes(address.GetAddressBytes());
    }

    /// <summary>Makes an address of its bytes in network order.</summary>
    /// <param name="bytes">Four bytes for IPv4, sixteen for IPv6.</param>
    /// <exception cref="ArgumentException">There are neither four bytes nor sixteen.</exception>
    public static LvsAddress FromBytes(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        4 => new(LvsAddressFamily.IPv4, BinaryPrimitives.ReadUInt32BigEndian(bytes)),
        16 => new(LvsAddressFamily.IPv6, BinaryPrimitives.ReadUInt128BigEndian(bytes)),
        _ => throw new ArgumentException($"An address has 4 or 16 bytes, not {bytes.Length}.", nameof(bytes)),
    };

    /// <summary>Writes the address in network order.</summary>
    /// <param name="destination">Room for 4 or 16 bytes.</param>
    /// <returns>How many bytes were written.</returns>
    public int WriteBytes(Span<byte> destination)
    {
        if (Family == LvsAddressFamily.IPv6)
        {
            BinaryPrimitives.WriteUInt128BigEndian(destination, _bits);
            return 16;
        }

        BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_bits);
        return 4;
    }

    /// <summary>The same address as the runtime's type.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        return new IPAddress(bytes[..WriteBytes(bytes)]);
    }

    /// <summary>The canonical text (RFC 5952 for IPv6), which <see cref="Parse"/> reads back.</summary>
    public override string ToString() => Family == 0 ? string.Empty : ToIPAddress().ToString();

    /// <summary>The address as it stands before a port: in brackets when it is IPv6.</summary>
    public string ToBracketedString() => Family == LvsAddressFamily.IPv6 ? $"[{this}]" : ToString();

    /// <inheritdoc/>
    public bool Equals(LvsAddress other) => Family == other.Family && _bits == other._bits;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LvsAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Family, _bits);

    /// <summary>Orders IPv4 before IPv6, then by number.</summary>
    public int CompareTo(LvsAddress other) => Family == other.Family ? _bits.CompareTo(other._bits) : Family.CompareTo(other.Family);

    /// <inheritdoc/>
    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        LvsAddress other => CompareTo(other),
        _ => throw new ArgumentException($"An address cannot be compared with a {obj.GetType().Name}.", nameof(obj)),
    };

    /// <summary>Whether two addresses are the same.</summary>
    public static bool operator ==(LvsAddress left, LvsAddress right) => left.Equals(right);

    /// <summary>Whether two addresses differ.</summary>
    public static bool operator !=(LvsAddress left, LvsAddress right) => !left.Equals(right);

    /// <summary>Whether the left address comes first.</summary>
    public static bool operator <(LvsAddress left, LvsAddress right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left address comes last.</summary>
    public static bool operator >(LvsAddress left, LvsAddress right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left address does not come last.</summary>
    public static bool operator <=(LvsAddress left, LvsAddress right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left address does not come first.</summary>
    public static bool operator >=(LvsAddress left, LvsAddress right) => left.CompareTo(right) >= 0;

    private static bool TryParseV4(string text, out LvsAddress address, [NotNullWhen(false)] out string? reason)
    {
        address = default;
        string[] parts = text.Split('.');
        if (parts.Length != 4)
        {
            reason = $"'{text}' is no IP address: an IPv4 address has four decimal numbers, such as 192.0.2.10, and an IPv6 address has colons.";
            return false;
        }

        uint bits = 0;
        foreach (string part in parts)
        {
            if (part.Length is 0 or > 3 || !part.All(char.IsAsciiDigit))
            {
                reason = $"'{text}' is no IPv4 address: '{part}' is no decimal number from 0 to 255.";
                return false;
            }

            if (part.Length > 1 && part[0] == '0')
            {
                reason = $"'{text}' is refused: '{part}' has a leading zero, which some programs read as octal and others as decimal. Write the number without it.";
                return false;
            }

            uint number = uint.Parse(part, CultureInfo.InvariantCulture);
            if (number > 255)
            {
                reason = $"'{text}' is no IPv4 address: {part} is greater than 255.";
                return false;
            }

            bits = (bits << 8) | number;
        }

        address = new LvsAddress(LvsAddressFamily.IPv4, bits);
        reason = null;
        return true;
    }

    private static bool TryParseV6(string text, out LvsAddress address, [NotNullWhen(false)] out string? reason)
    {
        address = default;
        if (text.Contains('%', StringComparison.Ordinal))
        {
            reason = $"'{text}' has a zone id, which IPVS does not know: use an address that is valid on every interface.";
            return false;
        }

        // The runtime reads brackets and a port too, and IPv4 tails with leading zeros; both are refused before it is asked.
        int tail = text.LastIndexOf(':') + 1;
        bool strict = text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.')
            && (!text.Contains('.', StringComparison.Ordinal) || TryParseV4(text[tail..], out _, out _));
        if (!strict || !IPAddress.TryParse(text, out IPAddress? parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6)
        {
            reason = $"'{text}' is no IPv6 address. Example: 2001:db8::10.";
            return false;
        }

        address = FromBytes(parsed.GetAddressBytes());
        reason = null;
        return true;
    }
}
