using System.Globalization;
using System.Text.Json.Nodes;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>ip(8) of a simulated host: the forms in which LvsAdmin calls it, with the words and the JSON of iproute2 6.1.</summary>
internal sealed class SimulatedIp(SimulatedNetwork network)
{
    private static readonly ProgramResult Done = new(0, string.Empty, string.Empty);

    private readonly SimulatedRoutes _routes = new(network);
    private readonly List<(string Family, int Port)> _ports = [];

    /// <summary>Whether the kernel receives what is tunnelled in UDP (the module fou).</summary>
    internal bool HasFou { get; set; }

    /// <summary>Runs a command line.</summary>
    /// <returns>What came of it; null for a form that is not simulated.</returns>
    internal ProgramResult? Run(string[] arguments) => arguments switch
    {
        ["-details", "-json", "address", "show"] => Print(network.Interfaces.Select(Show)),
        // The answers to questions for duplicates are there at once: nobody else is on the link.
        ["-6", "-json", "address", "show", "dev", _, "tentative"] => Print([]),
        ["-4" or "-6", "address", .. var rest] => Address(rest),
        ["address", .. var rest] => Address(rest),
        ["link", "set", "dev", var name, ("up" or "down") and var state] => SetState(name, state == "up"),
        ["link", "add", var name, "type", var kind, .. var rest] => AddLink(name, kind, rest),
        ["link", "delete", "dev", var name] => DeleteLink(name),
        ["-json", "fou", "show"] => HasFou
            ? Print(_ports.Select(port => new JsonObject { ["port"] = port.Port, ["gue"] = null, ["family"] = port.Family == "-6" ? "inet6" : "inet" }))
            : new ProgramResult(1, string.Empty, "RTNETLINK answers: No such file or directory\nError talking to the kernel\n"),
        [("-4" or "-6") and var family, "fou", ("add" or "del") and var verb, "port", var port, ..] => ChangePort(family, verb == "add", port),
        // A neighbour table nobody fills: nobody else is on the link.
        ["-4" or "-6", "neigh", "flush" or "replace", ..] => Done,
        ["-4" or "-6", "-json", "neigh" or "neighbor", "show", ..] => Print([]),
        _ => _routes.Run(arguments),
    };

    internal static ProgramResult Print(IEnumerable<JsonNode?> items) => new(0, new JsonArray([.. items]).ToJsonString() + "\n", string.Empty);

    internal static ProgramResult Refuse(string words) => new(2, string.Empty, words + "\n");

    private ProgramResult? Address(string[] arguments) => arguments switch
    {
        ["add", var prefix, .. var words] => AddAddress(prefix, words, mayExist: false),
        ["change" or "replace", var prefix, .. var words] => AddAddress(prefix, words, mayExist: true),
        ["delete", var prefix, "dev", var name] => DeleteAddress(prefix, name),
        _ => null,
    };

    private ProgramResult? AddAddress(string prefix, string[] words, bool mayExist)
    {
        string? name = null;
        string scope = "global";
        string? label = null;
        LvsAddress? broadcast = null;
        bool isDeprecated = false;
        bool isUnchecked = false;
        for (int index = 0; index < words.Length; index++)
        {
            switch (words[index])
            {
                case "dev" when index + 1 < words.Length:
                    name = words[++index];
                    break;
                case "scope" when index + 1 < words.Length:
                    scope = words[++index];
                    break;
                case "label" when index + 1 < words.Length:
                    label = words[++index];
                    break;
                case "broadcast" or "brd" when index + 1 < words.Length && LvsAddress.TryParse(words[index + 1], out LvsAddress given, out _):
                    broadcast = given;
                    index++;
                    break;
                case "preferred_lft" when index + 1 < words.Length && words[index + 1] == "0":
                    isDeprecated = true;
                    index++;
                    break;
                case "nodad":
                    isUnchecked = true;
                    break;
                default:
                    return null;
            }
        }

        if (!TryReadPrefix(prefix, out LvsAddress address, out int length))
        {
            return new ProgramResult(1, string.Empty, $"Error: any valid prefix is expected rather than \"{prefix}\".\n");
        }

        if (network.Find(name ?? string.Empty) is not { } on)
        {
            return new ProgramResult(1, string.Empty, $"Cannot find device \"{name}\"\n");
        }

        int at = on.Addresses.FindIndex(held => held.Address == address && held.PrefixLength == length);
        if (at >= 0 && !mayExist)
        {
            return Refuse("RTNETLINK answers: File exists");
        }

        SimulatedAddress added = new(address, length, scope, label, broadcast, isDeprecated, isUnchecked);
        if (at >= 0)
        {
            on.Addresses[at] = added;
        }
        else
        {
            on.Addresses.Add(added);
        }

        return Done;
    }

    private ProgramResult DeleteAddress(string prefix, string name)
    {
        if (network.Find(name) is not { } on)
        {
            return new ProgramResult(1, string.Empty, $"Cannot find device \"{name}\"\n");
        }

        return TryReadPrefix(prefix, out LvsAddress address, out int length)
            && on.Addresses.RemoveAll(held => held.Address == address && held.PrefixLength == length) > 0
                ? Done
                : Refuse("RTNETLINK answers: Cannot assign requested address");
    }

    private ProgramResult SetState(string name, bool isUp)
    {
        if (network.Find(name) is not { } link)
        {
            return new ProgramResult(1, string.Empty, $"Cannot find device \"{name}\"\n");
        }

        link.IsUp = isUp;
        return Done;
    }

    private ProgramResult? AddLink(string name, string kind, string[] words)
    {
        if (network.Find(name) is not null)
        {
            return Refuse("RTNETLINK answers: File exists");
        }

        if (kind is not ("dummy" or "ipip" or "sit" or "gre" or "ip6tnl" or "ip6gre"))
        {
            return null;
        }

        string? data = null;
        if (kind != "dummy")
        {
            JsonObject info = new() { ["remote"] = "any", ["local"] = Value(words, "local") ?? "any" };
            info["remote"] = Value(words, "remote") ?? "any";
            if (Value(words, "mode") is { } mode)
            {
                info["proto"] = mode;
            }

            if (words.Contains("icsum"))
            {
                info["icsum"] = true;
            }

            data = info.ToJsonString();
        }

        network.AddInterface(name, kind, data, kind == "dummy" ? 1500 : 1480);
        return Done;
    }

    private ProgramResult DeleteLink(string name)
    {
        if (network.Find(name) is not { } link)
        {
            return new ProgramResult(1, string.Empty, $"Cannot find device \"{name}\"\n");
        }

        if (link.IsLoopback || link.IsEthernet)
        {
            return Refuse("RTNETLINK answers: Operation not supported");
        }

        network.RemoveInterface(link);
        return Done;
    }

    private ProgramResult ChangePort(string family, bool isAdded, string port)
    {
        if (!HasFou)
        {
            return new ProgramResult(1, string.Empty, "RTNETLINK answers: No such file or directory\nError talking to the kernel\n");
        }

        (string, int) entry = (family, int.Parse(port, CultureInfo.InvariantCulture));
        if (!isAdded)
        {
            return _ports.Remove(entry) ? Done : Refuse("RTNETLINK answers: No such file or directory");
        }

        if (_ports.Contains(entry))
        {
            return Refuse("RTNETLINK answers: Address already in use");
        }

        _ports.Add(entry);
        return Done;
    }

    private static string? Value(string[] words, string name)
    {
        int at = Array.IndexOf(words, name);
        return at >= 0 && at + 1 < words.Length ? words[at + 1] : null;
    }

    private static bool TryReadPrefix(string text, out LvsAddress address, out int length)
    {
        string[] parts = text.Split('/', 2);
        length = 0;
        return LvsAddress.TryParse(parts[0], out address, out _)
            && (parts.Length == 1
                ? (length = address.BitLength) >= 0
                : int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out length) && length <= address.BitLength);
    }

    private static JsonObject Show(SimulatedInterface link)
    {
        List<string> flags = link switch
        {
            { IsLoopback: true } => ["LOOPBACK"],
            { IsEthernet: true } => ["BROADCAST", "MULTICAST"],
            { Kind: "dummy" } => ["BROADCAST", "NOARP"],
            _ => ["NOARP"],
        };
        flags.AddRange(link.IsUp ? ["UP", "LOWER_UP"] : Array.Empty<string>());
        JsonObject shown = new()
        {
            ["ifindex"] = link.Index,
            ["ifname"] = link.Name,
            ["flags"] = new JsonArray([.. flags.Select(flag => JsonValue.Create(flag))]),
            ["mtu"] = link.Mtu,
            ["operstate"] = link.IsUp ? (link.IsEthernet ? "UP" : "UNKNOWN") : "DOWN",
            ["link_type"] = link.IsLoopback ? "loopback" : link.IsEthernet || link.Kind == "dummy" ? "ether" : link.Kind,
        };
        if (link.IsLoopback || link.IsEthernet || link.Kind == "dummy")
        {
            shown["address"] = link.Mac;
        }

        if (link.Kind.Length > 0)
        {
            JsonObject info = new() { ["info_kind"] = link.Kind };
            if (link.KindData is not null)
            {
                info["info_data"] = JsonNode.Parse(link.KindData);
            }

            shown["linkinfo"] = info;
        }

        shown["addr_info"] = new JsonArray([.. link.Addresses.Select(address => Show(link, address))]);
        return shown;
    }

    private static JsonObject Show(SimulatedInterface link, SimulatedAddress address)
    {
        bool isV4 = address.Address.Family == LvsAddressFamily.IPv4;
        JsonObject shown = new() { ["family"] = isV4 ? "inet" : "inet6", ["local"] = $"{address.Address}", ["prefixlen"] = address.PrefixLength };
        if (address.Broadcast is { } broadcast)
        {
            shown["broadcast"] = $"{broadcast}";
        }

        shown["scope"] = address.Scope;
        if (isV4)
        {
            shown["label"] = address.Label ?? link.Name;
        }

        if (address.IsDeprecated)
        {
            shown["deprecated"] = true;
        }

        if (address.IsUnchecked)
        {
            shown["nodad"] = true;
        }

        shown["valid_life_time"] = uint.MaxValue;
        shown["preferred_life_time"] = address.IsDeprecated ? 0u : uint.MaxValue;
        return shown;
    }
}
