using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>A directive of ldirectord: <c>NAME = VALUE</c>.</summary>
internal sealed record LdirectordLine(string Name, string Value, TextPosition Position)
{
    internal const string Invalid = "LdirectordLineInvalid";

    /// <summary>The value without the double quotes around it.</summary>
    internal string Text => Value.Length > 1 && Value[0] == '"' && Value.LastIndexOf('"') is > 0 and int end ? Value[1..end] : Value;

    internal static LdirectordLine? Parse(string line, TextPosition position)
    {
        int equals = line.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? line.Trim() : line[..equals].TrimEnd();
        return name.Length > 0 && name.All(c => char.IsAsciiLetterLower(c) || c == '6')
            ? new LdirectordLine(name, equals < 0 ? "" : line[(equals + 1)..].Trim(), position)
            : null;
    }

    internal LvsConfigurationException Error(string message) => Position.Error(Invalid, message);

    internal int Number(int minimum, int maximum = int.MaxValue) => (int)Position.Number(Invalid, $"The value of '{Name}',", Value, minimum, maximum);

    internal bool YesOrNo() => Value switch
    {
        "yes" => true,
        "no" => false,
        _ => throw Error($"'{Name}' must be 'yes' or 'no'."),
    };

    /// <summary>A forwarding method by its word.</summary>
    internal LvsForwardingMethod Forwarding(string word) => word switch
    {
        "gate" => LvsForwardingMethod.DirectRouting,
        "masq" => LvsForwardingMethod.Nat,
        "ipip" => LvsForwardingMethod.Tunnel,
        _ => throw Error($"'{word}' is no forwarding method: use gate, masq or ipip."),
    };

    /// <summary>Takes <c>HOST[:PORT]</c> apart, where an IPv6 address stands in brackets.</summary>
    internal static (string Host, string? Port) Split(string text)
    {
        int start = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) : 0;
        int colon = start < 0 ? -1 : text.IndexOf(':', start);
        return colon < 0 ? (text, null) : (text[..colon], text[(colon + 1)..]);
    }

    /// <summary>The address of a host, of the one family that fits here.</summary>
    internal LvsAddress Address(string host, LvsAddressFamily family, TextNames names)
    {
        bool bracketed = host.Length > 2 && host[0] == '[' && host[^1] == ']';
        LvsAddress address = Position.Address(Invalid, bracketed ? host[1..^1] : host, names, family);
        return address.Family == family && (family == LvsAddressFamily.IPv4) != bracketed | (family == LvsAddressFamily.IPv6 && !host.Contains(':', StringComparison.Ordinal))
            ? address
            : throw Error(family == LvsAddressFamily.IPv6
                ? $"'{host}' is no IPv6 address in brackets."
                : $"'{host}' is no IPv4 address; for IPv6 the directives are virtual6, real6 and fallback6.");
    }
}
