using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LvsAdmin.Core.Ipvs;

/// <summary>
/// The identity of a virtual service: protocol, address and port, or a firewall mark and an address family. As text:
/// <c>tcp/192.0.2.10:80</c>, <c>udp/[2001:db8::10]:53</c>, <c>sctp/...</c>, <c>fwmark/7</c>, <c>fwmark6/7</c>; without a protocol, tcp is meant.
/// </summary>
public sealed class LvsServiceId : IEquatable<LvsServiceId>, IComparable<LvsServiceId>, IComparable
{
    private const string Shape = "A virtual service is written tcp/192.0.2.10:80, udp/[2001:db8::10]:53, fwmark/7 or fwmark6/7.";

    /// <summary>
    /// Names a service by protocol, address and port. Whatever a kernel's table can hold can be named, so that it can be listed and removed;
    /// what makes sense is judged when a service is made (<see cref="IpvsValidation"/>).
    /// </summary>
    /// <param name="protocol">TCP, UDP or SCTP; a kernel takes every other number in silence.</param>
    /// <param name="address">The virtual IP.</param>
    /// <param name="port">0 to 65535; 0 means every port, which the kernel serves only for persistent services.</param>
    public LvsServiceId(LvsProtocol protocol, LvsAddress address, ushort port)
    {
        Protocol = protocol;
        Address = address;
        Port = port;
        AddressFamily = address.Family;
    }

    /// <summary>Names a service by the mark that a firewall rule sets on its packets.</summary>
    /// <param name="firewallMark">1 to 4294967295.</param>
    /// <param name="family">The family of the packets: one mark can have a service for each.</param>
    /// <exception cref="ArgumentOutOfRangeException">The mark is 0, which is what unmarked packets have.</exception>
    public LvsServiceId(uint firewallMark, LvsAddressFamily family)
    {
        ArgumentOutOfRangeException.ThrowIfZero(firewallMark);
        FirewallMark = firewallMark;
        AddressFamily = family;
    }

    /// <summary>The protocol; null for a firewall mark.</summary>
    public LvsProtocol? Protocol { get; }

    /// <summary>The virtual IP; null for a firewall mark.</summary>
    public LvsAddress? Address { get; }

    /// <summary>The port, 0 for every port; null for a firewall mark.</summary>
    public ushort? Port { get; }

    /// <summary>The firewall mark; null for a service of protocol, address and port.</summary>
    public uint? FirewallMark { get; }

    /// <summary>The family of the virtual IP or of the marked packets.</summary>
    public LvsAddressFamily AddressFamily { get; }

    /// <summary>Reads the text form.</summary>
    /// <param name="text">Such as <c>tcp/192.0.2.10:80</c>.</param>
    /// <exception cref="FormatException">The text names no service; the message says why.</exception>
    public static LvsServiceId Parse(string text) =>
        TryParse(text, out LvsServiceId? id, out string? reason) ? id : throw new FormatException(reason);

    /// <summary>Reads the text form.</summary>
    /// <param name="text">The text to read.</param>
    /// <param name="id">The identity, when the text is one.</param>
    /// <param name="reason">Why the text is refused, when it is.</param>
    /// <returns>Whether the text names a service.</returns>
    public static bool TryParse(
        [NotNullWhen(true)] string? text, [NotNullWhen(true)] out LvsServiceId? id, [NotNullWhen(false)] out string? reason)
    {
        id = null;
        if (string.IsNullOrEmpty(text))
        {
            reason = $"A virtual service must not be empty. {Shape}";
            return false;
        }

        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string prefix = slash < 0 ? "tcp" : text[..slash];
        string rest = text[(slash + 1)..];
        switch (prefix.ToUpperInvariant())
        {
            case "FWMARK":
                return TryParseMark(text, rest, LvsAddressFamily.IPv4, out id, out reason);
            case "FWMARK6":
                return TryParseMark(text, rest, LvsAddressFamily.IPv6, out id, out reason);
            case "TCP":
                return TryParseEndpoint(text, LvsProtocol.Tcp, rest, out id, out reason);
            case "UDP":
                return TryParseEndpoint(text, LvsProtocol.Udp, rest, out id, out reason);
            case "SCTP":
                return TryParseEndpoint(text, LvsProtocol.Sctp, rest, out id, out reason);
            case var number when number.StartsWith("PROTO", StringComparison.Ordinal)
                && ushort.TryParse(number.AsSpan("PROTO".Length), NumberStyles.None, CultureInfo.InvariantCulture, out ushort protocol):
                return TryParseEndpoint(text, (LvsProtocol)protocol, rest, out id, out reason);
            default:
                reason = $"'{text}' names no virtual service: '{prefix}' is none of tcp, udp, sctp, fwmark, fwmark6. {Shape}";
                return false;
        }
    }

    /// <summary>The text form, which <see cref="Parse"/> reads back.</summary>
    public override string ToString() => FirewallMark is { } mark
        ? string.Create(CultureInfo.InvariantCulture, $"{(AddressFamily == LvsAddressFamily.IPv6 ? "fwmark6" : "fwmark")}/{mark}")
        : string.Create(CultureInfo.InvariantCulture, $"{ProtocolText}/{Address!.Value.ToBracketedString()}:{Port}");

    /// <inheritdoc/>
    public bool Equals(LvsServiceId? other) =>
        other is not null && Protocol == other.Protocol && Address == other.Address && Port == other.Port
        && FirewallMark == other.FirewallMark && AddressFamily == other.AddressFamily;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LvsServiceId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Protocol, Address, Port, FirewallMark, AddressFamily);

    /// <summary>Orders firewall marks last, the others by address, port and protocol.</summary>
    public int CompareTo(LvsServiceId? other)
    {
        if (other is null)
        {
            return 1;
        }

        int order = AddressFamily.CompareTo(other.AddressFamily);
        order = order != 0 ? order : (FirewallMark ?? 0).CompareTo(other.FirewallMark ?? 0);
        order = order != 0 ? order : (Address ?? default).CompareTo(other.Address ?? default);
        order = order != 0 ? order : (Port ?? 0).CompareTo(other.Port ?? 0);
        return order != 0 ? order : (Protocol ?? 0).CompareTo(other.Protocol ?? 0);
    }

    /// <inheritdoc/>
    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        LvsServiceId other => CompareTo(other),
        _ => throw new ArgumentException($"A service cannot be compared with a {obj.GetType().Name}.", nameof(obj)),
    };

    /// <summary>Whether two identities are the same.</summary>
    public static bool operator ==(LvsServiceId? left, LvsServiceId? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether two identities differ.</summary>
    public static bool operator !=(LvsServiceId? left, LvsServiceId? right) => !(left == right);

    /// <summary>Whether the left identity comes first.</summary>
    public static bool operator <(LvsServiceId? left, LvsServiceId? right) => left is null ? right is not null : left.CompareTo(right) < 0;

    /// <summary>Whether the left identity comes last.</summary>
    public static bool operator >(LvsServiceId? left, LvsServiceId? right) => left is not null && left.CompareTo(right) > 0;

    /// <summary>Whether the left identity does not come last.</summary>
    public static bool operator <=(LvsServiceId? left, LvsServiceId? right) => !(left > right);

    /// <summary>Whether the left identity does not come first.</summary>
    public static bool operator >=(LvsServiceId? left, LvsServiceId? right) => !(left < right);

    private string ProtocolText => Protocol switch
    {
        LvsProtocol.Tcp => "tcp",
        LvsProtocol.Udp => "udp",
        LvsProtocol.Sctp => "sctp",
        // Another tool made it; it can be listed and removed, but serves nothing.
        _ => string.Create(CultureInfo.InvariantCulture, $"proto{(int?)Protocol}"),
    };

    private static bool TryParseMark(
        string text, string rest, LvsAddressFamily family, [NotNullWhen(true)] out LvsServiceId? id, [NotNullWhen(false)] out string? reason)
    {
        id = null;
        if (!uint.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out uint mark) || mark == 0)
        {
            reason = $"'{text}' names no virtual service: a firewall mark is a number from 1 to {uint.MaxValue}.";
            return false;
        }

        id = new LvsServiceId(mark, family);
        reason = null;
        return true;
    }

    private static bool TryParseEndpoint(
        string text, LvsProtocol protocol, string rest, [NotNullWhen(true)] out LvsServiceId? id, [NotNullWhen(false)] out string? reason)
    {
        id = null;
        if (!LvsEndpointText.TrySplit(rest, out LvsAddress address, out ushort? port, out reason))
        {
            reason = $"{reason} {Shape}";
            return false;
        }

        if (port is null)
        {
            reason = $"'{text}' names no virtual service: the port is missing. {Shape}";
            return false;
        }

        id = new LvsServiceId(protocol, address, port.Value);
        return true;
    }
}
