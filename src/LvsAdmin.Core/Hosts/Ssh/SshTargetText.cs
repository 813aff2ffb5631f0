using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>The rules for what may be given to ssh. It passes user, host and options on to shells and to its own expansions (ssh_config(5), TOKENS): nothing that they would read is let through.</summary>
internal static class SshTargetText
{
    private const string NameMarks = ".-_";
    private const string UserMarks = ".-_+@";

    // DNS allows 253; an address with a zone is shorter.
    private const int LongestHost = 255;
    private const int LongestUser = 256;
    private const int LongestOption = 4096;

    // What the requests' way over the connection is built on, and what has a parameter of its own.
    private static readonly FrozenSet<string> Ours = new[]
    {
        "BatchMode", "ClearAllForwardings", "ControlMaster", "ForkAfterAuthentication", "ForwardAgent", "ForwardX11", "LocalCommand", "LogLevel", "Match", "Host", "Include",
        "PermitLocalCommand", "RemoteCommand", "RequestTTY", "SessionType", "StdinNull",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    internal static string CheckHost(string host)
    {
        if (host.Length is 0 or > LongestHost || host[0] == '-')
        {
            throw Refuse(host, "it is empty, too long, or begins with '-'");
        }

        if (host.Contains(':', StringComparison.Ordinal))
        {
            int zone = host.IndexOf('%', StringComparison.Ordinal);
            string address = zone < 0 ? host : host[..zone];
            bool isAddress = !address.Contains('[', StringComparison.Ordinal) && IPAddress.TryParse(address, out IPAddress? parsed)
                && parsed.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
            return isAddress && (zone < 0 || IsZone(host[(zone + 1)..]))
                ? host
                : throw Refuse(host, "an IPv6 address was expected for its colons");
        }

        if (!host.All(letter => char.IsAsciiLetterOrDigit(letter) || NameMarks.Contains(letter, StringComparison.Ordinal)))
        {
            throw Refuse(host, "names are of letters, digits, '.', '-' and '_'");
        }

        // Four numbers that are no strict address would be read as another one, 010.0.0.1 as 8.0.0.1.
        return host.Split('.') is { Length: 4 } parts && parts.All(part => part.Length > 0 && part.All(char.IsAsciiDigit)) && !LvsAddress.TryParse(host, out _, out _)
            ? throw Refuse(host, "it looks like an IPv4 address, and is none")
            : host;
    }

    internal static string CheckUser(string user) =>
        user.Length is > 0 and <= LongestUser && user[0] != '-'
        && user.All(letter => char.IsAsciiLetterOrDigit(letter) || UserMarks.Contains(letter, StringComparison.Ordinal))
            ? user
            : throw new LvsValidationException(
                "InvalidUserName", $"'{Shown(user)}' is no name of a user that passes ssh and shells unread: names are of letters, digits, '.', '_', '-', '+' and '@', and begin with no '-'.");

    internal static string CheckKeyFile(string path) =>
        path.Length is > 0 and <= LongestOption && !path.Any(char.IsControl) && !path.Contains("${", StringComparison.Ordinal)
            ? path
            : throw new LvsValidationException(
                "InvalidKeyFilePath", $"'{Shown(path)}' is no path of a key: ssh would read something else into an empty one, into '${{' or into control characters.");

    internal static FrozenDictionary<string, string> CheckOptions(IReadOnlyDictionary<string, string> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Dictionary<string, string> known = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, string value) in options)
        {
            CheckOption(name, value);
            if (!known.TryAdd(name, value))
            {
                throw RefuseOption($"The option {name} of ssh is given twice.");
            }
        }

        if (known.GetValueOrDefault("UserKnownHostsFile") is "/dev/null" && known.GetValueOrDefault("StrictHostKeyChecking") is "accept-new")
        {
            throw RefuseOption("To accept every new key and remember none is to check no keys, which LvsAdmin does not do: leave UserKnownHostsFile out.");
        }

        return known.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Tells host and port of a text apart; the port is null where there is none.</summary>
    internal static (string Host, string? Port) SplitPort(string text)
    {
        if (text.StartsWith('['))
        {
            int end = text.IndexOf(']', StringComparison.Ordinal);
            string host = end < 0 ? string.Empty : text[1..end];
            return end > 0 && host.Contains(':', StringComparison.Ordinal) && text[(end + 1)..] is var rest && (rest.Length == 0 || rest[0] == ':')
                ? (host, rest.Length == 0 ? null : rest[1..])
                : throw Refuse(text, "brackets are for IPv6 addresses, as in [2001:db8::21]:22");
        }

        return text.Split(':') is [var name, var port] ? (name, port) : (text, null);
    }

    internal static int ReadPort(string text, string port) =>
        int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw Refuse(text, $"'{Shown(port)}' is no port");

    internal static LvsValidationException Refuse(string text, string reason) => new LvsValidationException(
        "InvalidHostName", $"'{Shown(text)}' names no host: {reason}. Write rs1, root@rs1:2222, 192.0.2.21 or [2001:db8::21]:22.");

    // What came from a file or a pipeline may be anything; an error message is for a terminal.
    internal static string Shown(string text) =>
        new([.. (text.Length <= 200 ? text : text[..200] + "…").Select(letter => char.IsControl(letter) ? '?' : letter)]);

    private static bool IsZone(string zone) =>
        zone.Length is > 0 and <= 15 && zone.All(letter => char.IsAsciiLetterOrDigit(letter) || NameMarks.Contains(letter, StringComparison.Ordinal));

    private static void CheckOption(string name, string value)
    {
        if (name.Length == 0 || !char.IsAsciiLetter(name[0]) || !name.All(char.IsAsciiLetterOrDigit))
        {
            throw RefuseOption($"'{Shown(name)}' is no name of an option of ssh (ssh_config(5)).");
        }

        if (value is null || value.Length > LongestOption || value.Any(char.IsControl))
        {
            throw RefuseOption($"The option {name} of ssh has no value that can be given on one line.");
        }

        if (Ours.Contains(name))
        {
            throw RefuseOption($"The option {name} of ssh cannot be given: LvsAdmin needs it as it is to speak with hosts.");
        }

        bool turnsOff = name.ToUpperInvariant() switch
        {
            "STRICTHOSTKEYCHECKING" => value.Trim().Trim('"').ToUpperInvariant() is "NO" or "OFF" or "FALSE",
            "NOHOSTAUTHENTICATIONFORLOCALHOST" => value.Trim().Trim('"').ToUpperInvariant() is "YES" or "TRUE",
            _ => false,
        };
        if (turnsOff)
        {
            throw RefuseOption($"{name} {value} would turn off the check of host keys, which LvsAdmin never does: add the hosts' keys to known_hosts, or give accept-new for first contacts.");
        }
    }

    private static LvsValidationException RefuseOption(string message) => new LvsValidationException("InvalidSshOption", message);
}
