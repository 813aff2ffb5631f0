using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LvsAdmin.Core.Ipvs;

/// <summary>
/// The identity of a real server within its virtual service: address and port. As text <c>192.0.2.21:8080</c> or <c>[2001:db8::21]:80</c>;
/// without a port, the service's own port is meant.
/// </summary>
public sealed class LvsServerId : IEquatable<LvsServerId>, IComparable<LvsServerId>, IComparable
{
    private const string Shape = "A real server is written 192.0.2.21, 192.0.2.21:8080, 2001:db8::21 or [2001:db8::21]:80.";

    /// <summary>Names a real server.</summary>
    /// <param name="address">The real server's own address (RIP).</param>
    /// <param name="port">0 to 65535; null for the service's own port.</param>
    /// <exception cref="ArgumentException">The address names no single host.</exception>
    public LvsServerId(LvsAddress address, ushort? port = null)
    {
        if (Refusal(address) is { } reason)
        {
            throw new ArgumentException(reason, nameof(address));
        }

        Address = address;
        Port = port;
    }

    // Only for Observed, which must name what a kernel has, whatever that is.
    private LvsServerId(ushort port, LvsAddress address)
    {
        Address = address;
        Port = port;
    }

    /// <summary>The real server's own address (RIP).</summary>
    public LvsAddress Address { get; }

    /// <summary>The port on the real server; null for the service's own port.</summary>
    public ushort? Port { get; }

    /// <summary>Names a real server that a kernel reported, without judging its address.</summary>
    internal static LvsServerId Observed(LvsAddress address, ushort port) => new(port, address);

    /// <summary>Reads the text form.</summary>
    /// <param name="text">Such as <c>192.0.2.21</c> or <c>[2001:db8::21]:80</c>.</param>
    /// <exception cref="FormatException">The text names no real server; the message says why.</exception>
    public static LvsServerId Parse(string text) =>
        TryParse(text, out LvsServerId? id, out string? reason) ? id : throw new FormatException(reason);

    /// <summary>Reads the text form.</summary>
    /// <param name="text">The text to read.</param>
    /// <param name="id">The identity, when the text is one.</param>
    /// <param name="reason">Why the text is refused, when it is.</param>
    /// <returns>Whether the text names a real server.</returns>
    public static bool TryParse(
        [NotNullWhen(true)] string? text, [NotNullWhen(true)] out LvsServerId? id, [NotNullWhen(false)] out string? reason)
    {
        id = null;
        if (string.IsNullOrEmpty(text))
        {
            reason = $"A real server must not be empty. {Shape}";
            return false;
        }

        if (!LvsEndpointText.TrySplit(text, out LvsAddress address, out ushort? port, out reason))
        {
            reason = $"{reason} {Shape}";
            return false;
        }

        if (Refusal(address) is { } refusal)
        {
            reason = refusal;
            return false;
        }

        id = new LvsServerId(address, port);
        return true;
    }

    /// <summary>The same server with the port filled in from its service, where none was given.</summary>
    /// <param name="service">The virtual service that the server belongs to. A firewall mark has no port: 0 is used, as ipvsadm does.</param>
    public LvsServerId Within(LvsServiceId service)
    {
        ArgumentNullException.ThrowIfNull(service);
        return Port is null ? new LvsServerId(Address, service.Port ?? 0) : this;
    }

    /// <summary>The text form, which <see cref="Parse"/> reads back.</summary>
    public override string ToString() => Port is { } port
        ? string.Create(CultureInfo.InvariantCulture, $"{Address.ToBracketedString()}:{port}")
        : Address.ToString();

    /// <inheritdoc/>
    public bool Equals(LvsServerId? other) => other is not null && Address == other.Address && Port == other.Port;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LvsServerId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Address, Port);

    /// <summary>Orders by address, then port.</summary>
    public int CompareTo(LvsServerId? other)
    {
        int order = other is null ? 1 : Address.CompareTo(other.Address);
        return order != 0 ? order : (Port ?? -1).CompareTo(other!.Port ?? -1);
    }

    /// <inheritdoc/>
    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        LvsServerId other => CompareTo(other),
        _ => throw new ArgumentException($"A real server cannot be compared with a {obj.GetType().Name}.", nameof(obj)),
    };

    /// <summary>Whether two identities are the same.</summary>
    public static bool operator ==(LvsServerId? left, LvsServerId? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether two identities differ.</summary>
    public static bool operator !=(LvsServerId? left, LvsServerId? right) => !(left == right);

    /// <summary>Whether the left identity comes first.</summary>
    public static bool operator <(LvsServerId? left, LvsServerId? right) => left is null ? right is not null : left.CompareTo(right) < 0;

    /// <summary>Whether the left identity comes last.</summary>
    public static bool operator >(LvsServerId? left, LvsServerId? right) => left is not null && left.CompareTo(right) > 0;

    /// <summary>Whether the left identity does not come last.</summary>
    public static bool operator <=(LvsServerId? left, LvsServerId? right) => !(left > right);

    /// <summary>Whether the left identity does not come first.</summary>
    public static bool operator >=(LvsServerId? left, LvsServerId? right) => !(left < right);

    // The kernel answers these with a bare EINVAL (ip_vs_ctl.c, ip_vs_new_dest), so they are refused here, where the reason can be told.
    private static string? Refusal(LvsAddress address)
    {
        string? what = address switch
        {
            { Family: 0 } or { IsUnspecified: true } => "names no host",
            { IsMulticast: true } => "is a multicast address",
            { IsBroadcast: true } => "is the broadcast address",
            { IsLinkLocalV6: true } => "is link-local, which the kernel refuses",
            _ => null,
        };
        return what is null ? null : $"{address} {what}: a real server needs a unicast address of its own.";
    }
}
