using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>Reads what <c>iptables-save -c</c> and <c>ip6tables-save -c</c> print (iptables-save(8), iptables-extensions(8)).</summary>
internal static class IptablesRules
{
    /// <summary>Adds the tables of a text to a firewall.</summary>
    internal static void Read(Firewall firewall, string text, LvsAddressFamily family)
    {
        string families = family == LvsAddressFamily.IPv6 ? "ip6" : "ip";
        string table = string.Empty;
        foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            switch (line[0])
            {
                case '*':
                    table = $"{families} {line[1..]}";
                    break;
                case ':' when line[1..].Split(' ') is [var name, var policy, ..]:
                    firewall.Chains[(table, name)] = new FirewallChain($"{name} of {table}", policy == "-" ? null : name.ToLowerInvariant(), families)
                    {
                        Policy = policy == "DROP" ? FirewallVerdict.Drop : FirewallVerdict.Accept,
                    };
                    break;
                case '[' or '-' when Words(line) is var words && words.IndexOf("-A") is >= 0 and var start && start + 1 < words.Count
                    && firewall.Chains.TryGetValue((table, words[start + 1]), out FirewallChain? chain):
                    chain.Rules.Add(Rule(words[(start + 2)..]) with
                    {
                        Packets = line[0] == '[' && long.TryParse(words[0].TrimStart('[').Split(':')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long packets) ? packets : null,
                    });
                    break;
            }
        }
    }

    private static FirewallRule Rule(List<string> words)
    {
        List<Func<FirewallPacket, bool?>> matches = [];
        FirewallVerdict verdict = FirewallVerdict.Continue;
        string? target = null;
        bool isNot = false;
        for (int index = 0; index < words.Count; index++)
        {
            string word = words[index];
            string value = index + 1 < words.Count ? words[index + 1] : string.Empty;
            switch (word)
            {
                case "!":
                    isNot = true;
                    continue;
                case "-m" or "--comment" or "--reject-with" or "--log-prefix" or "--log-level":
                    index++;
                    break;
                case "-j" or "-g":
                    (verdict, target) = value switch
                    {
                        "ACCEPT" => (FirewallVerdict.Accept, null),
                        "DROP" or "REJECT" => (FirewallVerdict.Drop, null),
                        "RETURN" => (FirewallVerdict.Return, null),
                        "QUEUE" or "NFQUEUE" => (FirewallVerdict.Unknown, (string?)null),
                        // A chain that nobody asks of is one of the targets that change or note something: after it the next rule is asked.
                        "LOG" or "NFLOG" or "ULOG" or "MARK" or "CONNMARK" or "TRACE" or "CT" or "NOTRACK" or "TCPMSS" or "CHECKSUM" => (FirewallVerdict.Continue, null),
                        // -g does not come back here but to the caller, which a jump and what follows it can only guess at.
                        _ => word == "-g" ? (FirewallVerdict.Unknown, null) : (FirewallVerdict.Jump, value),
                    };
                    index++;
                    break;
                default:
                    if (Match(word, value) is { } match)
                    {
                        matches.Add(isNot ? FirewallMatches.Not(match) : match);
                        index++;
                    }
                    else if (verdict == FirewallVerdict.Continue && target is null && word.StartsWith('-'))
                    {
                        // Options of a target come after it, and ask nothing.
                        matches.Add(FirewallMatches.Unknown);
                    }

                    break;
            }

            isNot = false;
        }

        return new FirewallRule(matches, verdict, target, string.Join(' ', words));
    }

    private static Func<FirewallPacket, bool?>? Match(string option, string value) => option switch
    {
        "-s" or "--source" => packet => FirewallMatches.Network(packet.Source, packet, value),
        "-d" or "--destination" => packet => FirewallMatches.Network(packet.Destination, packet, value),
        // Where a packet has no such interface, as at input, a rule that names one is not for it.
        "-i" => packet => packet.Hook == "output" ? false : FirewallMatches.Interface(packet.In, value),
        "-o" => packet => packet.Hook is "input" or "prerouting" ? false : FirewallMatches.Interface(packet.Out, value),
        "-p" or "--protocol" => packet => FirewallMatches.Protocol(packet, value),
        "--dport" or "--dports" or "--destination-port" => packet => Ports(packet.DestinationPort, value),
        "--sport" or "--sports" or "--source-port" => packet => Ports(packet.SourcePort, value),
        "--ctstate" or "--state" => packet => packet.State is { } state ? value.ToLowerInvariant().Split(',').Contains(state) : null,
        _ => null,
    };

    // Ports and ranges of ports, apart by commas: 80,8000:8080.
    private static bool? Ports(int? actual, string text) => FirewallMatches.Any(text.Split(','), part =>
    {
        string[] ends = part.Split(':');
        return Number(ends[0], 0, out int first) && Number(ends[^1], ushort.MaxValue, out int last) ? FirewallMatches.Port(actual, first, last) : null;
    });

    private static bool Number(string text, int empty, out int number)
    {
        number = empty;
        return text.Length == 0 || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    // Words apart, with those in quotation marks (comments) as one.
    private static List<string> Words(string line)
    {
        List<string> words = [];
        System.Text.StringBuilder word = new();
        bool isQuoted = false;
        foreach (char letter in line + ' ')
        {
            if (letter == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (letter != ' ' || isQuoted)
            {
                word.Append(letter);
            }
            else if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }

        return words;
    }
}
