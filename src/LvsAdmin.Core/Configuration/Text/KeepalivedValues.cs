using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>How keepalived writes single values.</summary>
internal static class KeepalivedValues
{
    /// <summary>The schedulers that keepalived 2.2 knows (check_parser.c, lvs_schedulers).</summary>
    internal static readonly string[] Schedulers = ["rr", "wrr", "lc", "wlc", "lblc", "sh", "mh", "dh", "fo", "ovf", "lblcr", "sed", "nq", "twos"];

    /// <summary>The greatest weight that it takes (IPVS_WEIGHT_LIMIT).</summary>
    internal const int MaximumWeight = 65535;

    /// <summary>The longest timeout in seconds that it takes, 31 days (LVS_MAX_TIMEOUT).</summary>
    internal const uint MaximumTimeout = 86400 * 31;

    /// <summary>A whole number.</summary>
    internal static long Number(this KeepalivedStatement statement, long minimum, long maximum) =>
        statement.Position.Number(KeepalivedLine.Invalid, $"The value of '{statement.Keyword}',", statement.Value, minimum, maximum);

    /// <summary>A time in seconds, which may have a fraction.</summary>
    internal static double Seconds(this KeepalivedStatement statement) =>
        double.TryParse(statement.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds < int.MaxValue
            ? seconds
            : throw statement.Position.Error(KeepalivedLine.Invalid, $"The value of '{statement.Keyword}', '{statement.Value}', is no number of seconds.");

    /// <summary>An address. keepalived looks no names up here.</summary>
    internal static LvsAddress Address(this KeepalivedStatement statement, string text) =>
        LvsAddress.TryParse(text, out LvsAddress address, out string? reason) ? address : throw statement.Position.Error(KeepalivedLine.Invalid, reason);

    /// <summary>The address of a statement <c>KEYWORD ADDRESS [PORT]</c>, and its port; 0 and nothing are the same.</summary>
    internal static (LvsAddress Address, ushort? Port) Endpoint(this KeepalivedStatement statement)
    {
        ushort port = statement.Words.Count < 3 ? (ushort)0 : (ushort)statement.Position.Number(KeepalivedLine.Invalid, "The port", statement.Words[2], 0, ushort.MaxValue);
        return (statement.Address(statement.Value), port == 0 ? null : port);
    }

    /// <summary>Whether a switch is on, which it is by its name alone.</summary>
    internal static bool IsOn(this KeepalivedStatement statement) => statement.Words.Count < 2 || statement.Words[1] switch
    {
        "true" or "on" or "yes" => true,
        "false" or "off" or "no" => false,
        var other => throw statement.Position.Error(KeepalivedLine.Invalid, $"'{other}' is no value of '{statement.Keyword}': use yes or no."),
    };

    /// <summary>The protocol of a virtual server.</summary>
    internal static LvsProtocol Protocol(this KeepalivedStatement statement) => statement.Value.ToUpperInvariant() switch
    {
        "TCP" => LvsProtocol.Tcp,
        "UDP" => LvsProtocol.Udp,
        "SCTP" => LvsProtocol.Sctp,
        _ => throw statement.Position.Error(KeepalivedLine.Invalid, $"'{statement.Value}' is no protocol: use TCP, UDP or SCTP."),
    };

    /// <summary>A family by its word, inet or inet6.</summary>
    internal static LvsAddressFamily Family(this KeepalivedStatement statement, string word) => word switch
    {
        "inet" => LvsAddressFamily.IPv4,
        "inet6" => LvsAddressFamily.IPv6,
        _ => throw statement.Position.Error(KeepalivedLine.Invalid, $"'{word}' is no family of addresses: use inet or inet6."),
    };
}
