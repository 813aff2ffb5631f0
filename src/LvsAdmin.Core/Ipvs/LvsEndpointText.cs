using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LvsAdmin.Core.Ipvs;

/// <summary>Splits <c>192.0.2.10:80</c>, <c>[2001:db8::10]:53</c>, <c>192.0.2.10</c> and <c>2001:db8::10</c> strictly.</summary>
internal static class LvsEndpointText
{
    internal static bool TrySplit(string text, out LvsAddress address, out ushort? port, [NotNullWhen(false)] out string? reason)
    {
        address = default;
        port = null;
        string addressText = text;
        string? portText = null;

        if (text.StartsWith('['))
        {
            int close = text.IndexOf(']', StringComparison.Ordinal);
            if (close < 0 || (close + 1 < text.Length && text[close + 1] != ':'))
            {
                reason = $"'{text}' is not written as [IPv6 address]:port.";
                return false;
            }

            addressText = text[1..close];
            portText = close + 1 < text.Length ? text[(close + 2)..] : null;
            if (!addressText.Contains(':', StringComparison.Ordinal))
            {
                reason = $"'{text}' has brackets, which only an IPv6 address takes.";
                return false;
            }
        }
        else if (text.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0 && colon == text.LastIndexOf(':'))
        {
            // A single colon cannot stand in an IPv6 address, so it separates the port.
            addressText = text[..colon];
            portText = text[(colon + 1)..];
        }

        if (!LvsAddress.TryParse(addressText, out address, out reason))
        {
            return false;
        }

        if (portText is null)
        {
            return true;
        }

        if (!TryParsePort(portText, out ushort number))
        {
            reason = $"'{portText}' in '{text}' is no port: a port is a number from 0 to 65535.";
            return false;
        }

        port = number;
        return true;
    }

    private static bool TryParsePort(string text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && (text.Length == 1 || text[0] != '0');
}
