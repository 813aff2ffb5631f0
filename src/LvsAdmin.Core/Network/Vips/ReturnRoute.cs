using System.Globalization;
using System.Text.Json;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>
/// The way of NAT's answers through the director, in the words of ip(8): rules and routes as they are asked for, added and deleted. A rule for one service
/// names its port (<c>ipproto tcp sport 80</c>, Linux 4.17 and later).
/// </summary>
internal static class ReturnRoute
{
    /// <summary>The first routing table that is tried; tables are numbers up to 2^32, and those under 256 have names on many hosts.</summary>
    internal const int FirstTable = 5000;

    /// <summary>The priority of our rules: before table main (32766), after a user's own low numbers.</summary>
    internal const int RulePriority = 5000;

    /// <summary>What a rule is asked for by: <c>from 192.0.2.21 ipproto tcp sport 80 lookup 5000 priority 5000</c>.</summary>
    internal static string Rule(LvsAddress from, LvsProtocol? protocol, int port, int table) => string.Create(
        CultureInfo.InvariantCulture,
        $"from {from}{(port == 0 ? string.Empty : $" ipproto {ProtocolName(protocol)} sport {port}")} lookup {table} priority {RulePriority}");

    /// <summary>The step that adds a rule or a route.</summary>
    /// <param name="host">The host.</param>
    /// <param name="what"><c>rule</c> or <c>route</c>.</param>
    /// <param name="family">The family of the addresses.</param>
    /// <param name="words">What follows <c>ip rule add</c>.</param>
    internal static HostChange Add(ILvsHost host, string what, LvsAddressFamily family, string words) => new(
        $"{what} {IpCommand.FamilyOption(family)}", "entry", null, words, stop => RunAsync(host, what, "add", family, words, stop), stop => RunAsync(host, what, "delete", family, words, stop));

    internal static HostChange Remove(ILvsHost host, string what, LvsAddressFamily family, string words) => Add(host, what, family, words).Reversed();

    /// <summary>The step that makes a route the default one.</summary>
    /// <param name="host">The host.</param>
    /// <param name="family">The family of the route.</param>
    /// <param name="before">The default route of the same metric that it replaces, without the word default; null for none.</param>
    /// <param name="after">The new one, such as <c>via 192.0.2.1 dev eth0</c>; null takes the default route away.</param>
    internal static HostChange Default(ILvsHost host, LvsAddressFamily family, string? before, string? after)
    {
        return new HostChange($"route {IpCommand.FamilyOption(family)}", "default", before, after, stop => ChangeAsync(before, after, stop), stop => ChangeAsync(after, before, stop));

        ValueTask ChangeAsync(string? from, string? to, CancellationToken stop) => to is null
            ? RunAsync(host, "route", "delete", family, $"default {from}", stop)
            : RunAsync(host, "route", "replace", family, $"default {to}", stop);
    }

    /// <summary>How it is remembered that a rule or a route was added.</summary>
    internal static string Key(string what, LvsAddressFamily family, string words) => $"{what} {IpCommand.FamilyOption(family)} {words}";

    /// <summary>How it is remembered that the default route was changed.</summary>
    internal static string DefaultKey(LvsAddressFamily family) => $"default {IpCommand.FamilyOption(family)}";

    /// <summary>Takes the key of a remembered change apart; null for one of another kind.</summary>
    internal static (string What, LvsAddressFamily Family, string Words)? Parse(string key) => key.Split(' ', 3) is ["rule" or "route" or "default", "-4" or "-6", ..] parts
        ? (parts[0], parts[1] == "-6" ? LvsAddressFamily.IPv6 : LvsAddressFamily.IPv4, parts.Length > 2 ? parts[2] : string.Empty)
        : null;

    /// <summary>All rules of a family, each as it would be asked for.</summary>
    internal static async ValueTask<IReadOnlyList<string>> ReadRulesAsync(ILvsHost host, LvsAddressFamily family, CancellationToken cancellationToken)
    {
        JsonElement[] elements = await IpCommand.QueryAsync(host, cancellationToken, IpCommand.FamilyOption(family), "-json", "rule", "show").ConfigureAwait(false);
        return [.. elements.Select(element =>
        {
            string length = Value(element, "srclen") is { } bits ? $"/{bits}" : string.Empty;
            string protocol = Value(element, "ipproto") is { } name ? $" ipproto {name}" : string.Empty;
            string port = Value(element, "sport") is { } number ? $" sport {number}" : string.Empty;
            return $"from {Value(element, "src")}{length}{protocol}{port} lookup {Value(element, "table")} priority {Value(element, "priority")}";
        })];
    }

    /// <summary>The routes of one table, each as it would be asked for, as far as our own need words: type, destination, gateway, interface, table.</summary>
    internal static async ValueTask<IReadOnlyList<string>> ReadTableAsync(ILvsHost host, LvsAddressFamily family, int table, CancellationToken cancellationToken)
    {
        string number = table.ToString(CultureInfo.InvariantCulture);
        JsonElement[]? elements = await IpCommand.TryQueryAsync(host, "table does not exist", cancellationToken, IpCommand.FamilyOption(family), "-json", "route", "show", "table", number)
            .ConfigureAwait(false);
        return [.. (elements ?? []).Select(element => Value(element, "type") == "throw"
            ? $"throw {Value(element, "dst")} table {number}"
            : $"{Value(element, "dst")}{(Value(element, "gateway") is { } gateway ? $" via {gateway}" : string.Empty)} dev {Value(element, "dev")} table {number}")];
    }

    /// <summary>The default routes of table main as ip(8) shows them, and takes them again, without the word default.</summary>
    internal static async ValueTask<IReadOnlyList<string>> ReadDefaultsAsync(ILvsHost host, LvsAddressFamily family, CancellationToken cancellationToken)
    {
        string output = await IpCommand.ReadAsync(host, cancellationToken, IpCommand.FamilyOption(family), "route", "show", "default").ConfigureAwait(false);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.StartsWith("default ", StringComparison.Ordinal) ? line["default ".Length..].Trim() : line.Trim())];
    }

    /// <summary>Whether a route that ip(8) shows is one that was asked for: it shows more words than one has to say.</summary>
    internal static bool SameRoute(string shown, string asked) => (shown + " ").StartsWith(asked + " ", StringComparison.Ordinal) && Metric(shown) == Metric(asked);

    /// <summary>The metric that a route names; null for none, which is 0 for IPv4 and 1024 for IPv6.</summary>
    internal static string? Metric(string route) => route.Split(' ').SkipWhile(word => word != "metric").Skip(1).FirstOrDefault();

    /// <summary>The protocol's name as ip(8) knows it.</summary>
    internal static string ProtocolName(LvsProtocol? protocol) => protocol switch
    {
        LvsProtocol.Udp => "udp",
        LvsProtocol.Sctp => "sctp",
        _ => "tcp",
    };

    // The words are our own, or ip(8)'s: none has a blank in it.
    private static ValueTask RunAsync(ILvsHost host, string what, string verb, LvsAddressFamily family, string words, CancellationToken cancellationToken) =>
        IpCommand.RunAsync(host, cancellationToken, [IpCommand.FamilyOption(family), what, verb, .. words.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

    private static string? Value(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value)
        ? value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText()
        : null;
}
