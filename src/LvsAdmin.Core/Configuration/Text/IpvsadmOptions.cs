namespace LvsAdmin.Core.Configuration;

/// <summary>
/// The options of a command line of ipvsadm 1.31 as popt(3) takes them apart: long and short, in one word or two, in any order, short ones joined.
/// There is no quoting: ipvsadm -R splits its lines at white space (config_stream.c).
/// </summary>
internal static class IpvsadmOptions
{
    private const string Rule = "IpvsadmRuleInvalid";

    private static readonly Definition[] Definitions =
    [
        new("add-service", 'A'), new("edit-service", 'E'), new("delete-service", 'D'), new("clear", 'C'), new("list", 'L'), new("list", 'l'),
        new("zero", 'Z'), new("add-server", 'a'), new("edit-server", 'e'), new("delete-server", 'd'), new("set"), new("help", 'h'),
        new("version", 'v'), new("restore", 'R'), new("save", 'S'), new("start-daemon", Argument: true), new("stop-daemon", Argument: true),
        new("tcp-service", 't', true, "service"), new("udp-service", 'u', true, "service"), new("sctp-service", Argument: true, Group: "service"),
        new("fwmark-service", 'f', true, "service"), new("scheduler", 's', true), new("persistent", 'p', true, IsOptional: true), new("netmask", 'M', true),
        new("real-server", 'r', true), new("masquerading", 'm', Group: "forwarding"), new("ipip", 'i', Group: "forwarding"),
        new("gatewaying", 'g', Group: "forwarding"), new("weight", 'w', true), new("u-threshold", 'x', true), new("l-threshold", 'y', true),
        new("numeric", 'n'), new("connection", 'c'), new("mcast-interface", Argument: true), new("syncid", Argument: true), new("timeout"),
        new("daemon"), new("stats"), new("rate"), new("thresholds"), new("persistent-conn"), new("nosort"), new("sort"), new("exact", 'X'),
        new("ipv6", '6'), new("ops", 'o'), new("pe", Argument: true), new("sched-flags", 'b', true), new("mcast-group", Argument: true),
        new("mcast-port", Argument: true), new("mcast-ttl", Argument: true), new("sync-maxlen", Argument: true), new("tun-info"),
        new("tun-type", Argument: true), new("tun-port", Argument: true), new("tun-nocsum"), new("tun-csum"), new("tun-remcsum"),
    ];

    private static readonly Dictionary<string, Definition> ByName = Definitions.DistinctBy(each => each.Name).ToDictionary(each => each.Name);

    private static readonly Dictionary<char, Definition> ByLetter = Definitions.Where(each => each.Letter != 0).ToDictionary(each => each.Letter);

    /// <summary>Takes a command line apart.</summary>
    /// <returns>The options in their order, and the words that belong to none.</returns>
    /// <exception cref="LvsConfigurationException">There is no such option, or its value is missing or one too many.</exception>
    internal static (List<Option> Options, List<string> Words) Parse(IReadOnlyList<string> words, TextPosition position)
    {
        List<Option> options = [];
        List<string> rest = [];
        Queue<string> left = new(words);
        while (left.TryDequeue(out string? word))
        {
            if (word == "--")
            {
                rest.AddRange(left);
                break;
            }

            if (word.StartsWith("--", StringComparison.Ordinal))
            {
                options.Add(Long(word, left, position));
            }
            else if (word.Length > 1 && word[0] == '-')
            {
                Short(word[1..], left, options, position);
            }
            else
            {
                rest.Add(word);
            }
        }

        return (options, rest);
    }

    private static Option Long(string word, Queue<string> left, TextPosition position)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? word[2..] : word[2..equals];
        if (!ByName.TryGetValue(name, out Definition? definition))
        {
            throw position.Error(Rule, $"ipvsadm has no option '--{name}'.");
        }

        string? value = equals < 0 ? null : word[(equals + 1)..];
        if (value is not null && !definition.Argument)
        {
            throw position.Error(Rule, $"'--{name}' takes no value, and '{value}' is given.");
        }

        return new Option(definition.Name, definition.Group ?? definition.Name, value ?? Value(definition, word, left, position));
    }

    private static void Short(string letters, Queue<string> left, List<Option> options, TextPosition position)
    {
        for (int index = 0; index < letters.Length; index++)
        {
            if (!ByLetter.TryGetValue(letters[index], out Definition? definition))
            {
                throw position.Error(Rule, $"ipvsadm has no option '-{letters[index]}'.");
            }

            // What follows the letter of an option with a value is its value, with = or without.
            string joined = letters[(index + 1)..];
            bool own = definition.Argument && joined.Length > 0;
            string? value = own ? joined[(joined[0] == '=' ? 1 : 0)..] : Value(definition, $"-{letters[index]}", left, position);
            options.Add(new Option(definition.Name, definition.Group ?? definition.Name, value));
            if (own)
            {
                return;
            }
        }
    }

    private static string? Value(Definition definition, string word, Queue<string> left, TextPosition position)
    {
        // A value that may be left out never begins with a dash; any other takes the next word, whatever it is.
        if (!definition.Argument || (definition.IsOptional && (!left.TryPeek(out string? next) || next.StartsWith('-'))))
        {
            return null;
        }

        return left.TryDequeue(out string? value) ? value : throw position.Error(Rule, $"'{word}' needs a value.");
    }

    /// <summary>An option of a command line.</summary>
    /// <param name="Name">Its long name.</param>
    /// <param name="Group">Its name, or the group of those that exclude each other.</param>
    /// <param name="Value">Its value; null when it has none.</param>
    internal sealed record Option(string Name, string Group, string? Value);

    private sealed record Definition(string Name, char Letter = '\0', bool Argument = false, string? Group = null, bool IsOptional = false);
}
