using System.Globalization;
using System.Text.Json;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>Reads what <c>nft --json list ruleset</c> prints (libnftables-json(5)). What it does not know may match or not.</summary>
internal static class NftRules
{
    /// <summary>Adds the tables of a text to a firewall.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    internal static void Read(Firewall firewall, string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        if (!document.RootElement.TryGetProperty("nftables", out JsonElement entries) || entries.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        foreach (JsonElement entry in entries.EnumerateArray())
        {
            if (entry.TryGetProperty("chain", out JsonElement chain) && Word(chain, "family") is "ip" or "ip6" or "inet")
            {
                string family = Word(chain, "family")!;
                firewall.Chains[(Table(chain), Word(chain, "name") ?? string.Empty)] =
                    new FirewallChain($"{Word(chain, "name")} of {family} {Word(chain, "table")}", Word(chain, "hook"), family)
                    {
                        Policy = Word(chain, "policy") == "drop" ? FirewallVerdict.Drop : FirewallVerdict.Accept,
                    };
            }
            else if (entry.TryGetProperty("rule", out JsonElement rule)
                && firewall.Chains.TryGetValue((Table(rule), Word(rule, "chain") ?? string.Empty), out FirewallChain? owner)
                && rule.TryGetProperty("expr", out JsonElement statements))
            {
                owner.Rules.Add(Rule(rule, statements));
            }
        }
    }

    private static string Table(JsonElement part) => $"nft {Word(part, "family")} {Word(part, "table")}";

    private static FirewallRule Rule(JsonElement rule, JsonElement statements)
    {
        List<Func<FirewallPacket, bool?>> matches = [];
        FirewallVerdict verdict = FirewallVerdict.Continue;
        string? target = null;
        long? packets = null;
        foreach (JsonProperty statement in statements.EnumerateArray().Where(each => each.ValueKind == JsonValueKind.Object).SelectMany(each => each.EnumerateObject()))
        {
            switch (statement.Name)
            {
                case "match":
                    matches.Add(Match(statement.Value));
                    break;
                case "counter":
                    packets = statement.Value.ValueKind == JsonValueKind.Object && statement.Value.TryGetProperty("packets", out JsonElement count) && count.TryGetInt64(out long number) ? number : null;
                    break;
                case "accept":
                    verdict = FirewallVerdict.Accept;
                    break;
                case "drop" or "reject":
                    verdict = FirewallVerdict.Drop;
                    break;
                case "return":
                    verdict = FirewallVerdict.Return;
                    break;
                case "jump":
                    (verdict, target) = (FirewallVerdict.Jump, Word(statement.Value, "target"));
                    break;
                case "log" or "mangle" or "notrack" or "meta":
                    break;
                default:
                    // A map of verdicts, a queue, a limit, a match of xtables, goto: what it decides cannot be told.
                    matches.Add(FirewallMatches.Unknown);
                    verdict = verdict == FirewallVerdict.Continue ? FirewallVerdict.Unknown : verdict;
                    break;
            }
        }

        string handle = rule.TryGetProperty("handle", out JsonElement id) ? $"rule of handle {id}" : "a rule";
        string comment = Word(rule, "comment") is { } text ? $" '{text}'" : string.Empty;
        return new FirewallRule(matches, verdict, target, $"{handle}{comment}") { Packets = packets };
    }

    private static Func<FirewallPacket, bool?> Match(JsonElement match)
    {
        if (!match.TryGetProperty("left", out JsonElement left) || !match.TryGetProperty("right", out JsonElement right) || left.ValueKind != JsonValueKind.Object)
        {
            return FirewallMatches.Unknown;
        }

        JsonElement wanted = right.Clone();
        Func<FirewallPacket, bool?> found = left.EnumerateObject().First() switch
        {
            { Name: "meta", Value: var meta } => Meta(Word(meta, "key"), wanted),
            { Name: "payload", Value: var payload } => Payload(Word(payload, "protocol"), Word(payload, "field"), wanted),
            { Name: "ct", Value: var ct } when Word(ct, "key") == "state" => packet => packet.State is { } state ? Any(wanted, each => each.GetString() == state) : null,
            _ => FirewallMatches.Unknown,
        };
        return Word(match, "op") switch
        {
            "==" or "in" => found,
            "!=" => FirewallMatches.Not(found),
            _ => FirewallMatches.Unknown,
        };
    }

    private static Func<FirewallPacket, bool?> Meta(string? key, JsonElement wanted) => key switch
    {
        "iifname" or "iif" => packet => packet.Hook == "output" ? false : Any(wanted, each => FirewallMatches.Interface(packet.In, $"{each}")),
        "oifname" or "oif" => packet => packet.Hook is "input" or "prerouting" ? false : Any(wanted, each => FirewallMatches.Interface(packet.Out, $"{each}")),
        "l4proto" => packet => Any(wanted, each => FirewallMatches.Protocol(packet, $"{each}")),
        "nfproto" => packet => Any(wanted, each => $"{each}" == (packet.Family == Ipvs.LvsAddressFamily.IPv6 ? "ipv6" : "ipv4")),
        _ => FirewallMatches.Unknown,
    };

    private static Func<FirewallPacket, bool?> Payload(string? protocol, string? field, JsonElement wanted) => (protocol, field) switch
    {
        ("ip" or "ip6", "saddr") => packet => OfFamily(packet, protocol) ? Any(wanted, each => Network(packet.Source, packet, each)) : false,
        ("ip" or "ip6", "daddr") => packet => OfFamily(packet, protocol) ? Any(wanted, each => Network(packet.Destination, packet, each)) : false,
        ("ip", "protocol") or ("ip6", "nexthdr") => packet => OfFamily(packet, protocol) ? Any(wanted, each => FirewallMatches.Protocol(packet, $"{each}")) : false,
        ("tcp" or "udp" or "sctp", "dport") => packet => packet.Protocol == protocol ? Any(wanted, each => Port(packet.DestinationPort, each)) : false,
        ("tcp" or "udp" or "sctp", "sport") => packet => packet.Protocol == protocol ? Any(wanted, each => Port(packet.SourcePort, each)) : false,
        ("th", "dport") => packet => Any(wanted, each => Port(packet.DestinationPort, each)),
        ("th", "sport") => packet => Any(wanted, each => Port(packet.SourcePort, each)),
        _ => FirewallMatches.Unknown,
    };

    private static bool OfFamily(FirewallPacket packet, string? protocol) => (packet.Family == Ipvs.LvsAddressFamily.IPv6) == (protocol == "ip6");

    private static bool? Network(Ipvs.LvsAddress? actual, FirewallPacket packet, JsonElement wanted) =>
        wanted.ValueKind == JsonValueKind.Object
            ? wanted.TryGetProperty("prefix", out JsonElement prefix) && prefix.TryGetProperty("len", out JsonElement length)
                ? FirewallMatches.Network(actual, packet, string.Create(CultureInfo.InvariantCulture, $"{Word(prefix, "addr")}/{length}"))
                : null
            : FirewallMatches.Network(actual, packet, $"{wanted}");

    private static bool? Port(int? actual, JsonElement wanted) => wanted switch
    {
        { ValueKind: JsonValueKind.Number } => FirewallMatches.Port(actual, wanted.GetInt32(), wanted.GetInt32()),
        { ValueKind: JsonValueKind.Object } when wanted.TryGetProperty("range", out JsonElement range) && range.EnumerateArray().ToArray() is [{ ValueKind: JsonValueKind.Number } first, { ValueKind: JsonValueKind.Number } last] =>
            FirewallMatches.Port(actual, first.GetInt32(), last.GetInt32()),
        _ => null,
    };

    // One value, a list, or a set that the rule itself names; what a named set (@name) holds is not looked up.
    private static bool? Any(JsonElement wanted, Func<JsonElement, bool?> match)
    {
        if (wanted.ValueKind == JsonValueKind.String && wanted.GetString() is ['@', ..])
        {
            return null;
        }

        IEnumerable<JsonElement> values = wanted.ValueKind == JsonValueKind.Array ? wanted.EnumerateArray()
            : wanted.ValueKind == JsonValueKind.Object && wanted.TryGetProperty("set", out JsonElement set) && set.ValueKind == JsonValueKind.Array ? set.EnumerateArray()
            : [wanted];
        return FirewallMatches.Any(values, match);
    }

    private static string? Word(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
