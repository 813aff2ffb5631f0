using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>
/// What the names in a foreign text stand for: host names and the names of services. The one who reads a text says how they are looked up; without that,
/// a name is an error, never a guess.
/// </summary>
public sealed record TextNames
{
    /// <summary>Knows no names.</summary>
    public static TextNames None { get; } = new();

    /// <summary>The address of a host by its name, of one family when it is given; null when there is none.</summary>
    public Func<string, LvsAddressFamily?, LvsAddress?> Host { get; init; } = (_, _) => null;

    /// <summary>The port of a service by its name (services(5)) and protocol; null when there is none.</summary>
    public Func<string, LvsProtocol, ushort?> Port { get; init; } = (_, _) => null;

    /// <summary>Looks services up in the text of a file as /etc/services is written.</summary>
    /// <param name="text">Lines of a name, port/protocol and other names; # begins a comment. Other lines are skipped.</param>
    public static Func<string, LvsProtocol, ushort?> ServicesFile(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Dictionary<string, ushort> ports = [];
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || words[1].Split('/') is not [var number, var protocol]
                || !ushort.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
            {
                continue;
            }

            foreach (string name in words[..1].Concat(words[2..]))
            {
                ports.TryAdd($"{name}/{protocol}", port);
            }
        }

        return (name, protocol) => ports.TryGetValue($"{name}/{ProtocolName(protocol)}", out ushort port) ? port : null;
    }

    private static string ProtocolName(LvsProtocol protocol) => protocol switch
    {
        LvsProtocol.Udp => "udp",
        LvsProtocol.Sctp => "sctp",
        _ => "tcp",
    };
}
