using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Tests.Support;

/// <summary>
/// A real server in memory: lo, eth0 with 192.0.2.21/24, and as wanted dummy0 and tunl0, in the words of iproute2 6.1 (ip -details -json address).
/// It takes addresses, routes and link states by ip(8)'s command lines, and modprobe makes the tunnels.
/// </summary>
internal sealed class FakeRealServer
{
    private static readonly Dictionary<string, (string Flags, string Info)> Devices = new(StringComparer.Ordinal)
    {
        ["lo"] = ("\"LOOPBACK\",\"LOWER_UP\"", ""),
        ["eth0"] = ("\"BROADCAST\",\"MULTICAST\",\"LOWER_UP\"", ""),
        ["dummy0"] = ("\"BROADCAST\",\"NOARP\"", "\"linkinfo\":{\"info_kind\":\"dummy\"},"),
        ["tunl0"] = ("\"NOARP\"", "\"linkinfo\":{\"info_kind\":\"ipip\",\"info_data\":{\"proto\":\"any\",\"remote\":\"any\",\"local\":\"any\"}},"),
        ["sit0"] = ("\"NOARP\"", "\"linkinfo\":{\"info_kind\":\"sit\",\"info_data\":{\"proto\":\"ip6ip\",\"remote\":\"any\",\"local\":\"any\"}},"),
        ["gre0"] = ("\"NOARP\"", "\"linkinfo\":{\"info_kind\":\"gre\",\"info_data\":{\"remote\":\"any\",\"local\":\"any\"}},"),
        ["ip6gre0"] = ("\"NOARP\"", "\"linkinfo\":{\"info_kind\":\"ip6gre\",\"info_data\":{\"remote\":\"any\",\"local\":\"any\"}},"),
        ["ip6tnl0"] = ("\"NOARP\"", "\"linkinfo\":{\"info_kind\":\"ip6tnl\",\"info_data\":{\"proto\":\"ip6ip6\",\"remote\":\"any\",\"local\":\"any\"}},"),
    };

    private static readonly Dictionary<string, string> Modules = new(StringComparer.Ordinal)
    {
        ["ipip"] = "tunl0",
        ["sit"] = "sit0",
        ["ip6_tunnel"] = "ip6tnl0",
        ["ip_gre"] = "gre0",
        ["ip6_gre"] = "ip6gre0",
    };

    private readonly Dictionary<string, bool> _links = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _made = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _ports = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _rules = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _tables = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _defaults = new(StringComparer.Ordinal) { ["-4"] = [], ["-6"] = [] };
    private bool _receivesUdp;
    private readonly List<(string Interface, string Prefix, string Scope, string? Label)> _addresses = [];
    private readonly HashSet<string> _routes = new(StringComparer.Ordinal);

    /// <param name="networkNamespace">The network namespace that it is; null for a host's own, whose settings a boot makes.</param>
    internal FakeRealServer(string? networkNamespace = "blue")
    {
        Host = new FakeHost { NetworkNamespace = networkNamespace, Program = Run };
        foreach (string name in new[] { "all", "default" })
        {
            AddSettings(name);
        }

        AddDevice("lo", up: true);
        AddDevice("eth0", up: true);
        AddAddress("lo", "127.0.0.1/8", "host");
        AddAddress("lo", "::1/128", "host");
        AddAddress("eth0", "192.0.2.21/24", "global");
        AddAddress("eth0", "2001:db8::21/64", "global");
        AddAddress("eth0", "fe80::1/64", "link");
    }

    internal FakeHost Host { get; }

    internal Func<ProgramInvocation, ProgramResult?> Failing { get; set; } = _ => null;

    /// <summary>What holds the host's state apart from the log, as one text, to compare before and after.</summary>
    internal string Snapshot => string.Join(
        "\n",
        Host.Files.Select(file => $"{file.Key}={file.Value.Trim()}")
            .Concat(_links.Select(link => $"{link.Key} {link.Value}"))
            .Concat(_addresses.Select(address => $"{address}").Order())
            .Concat(_made.Select(device => $"{device}"))
            .Concat(_ports)
            .Concat(_rules)
            .Concat(_tables)
            .Concat(_defaults.SelectMany(family => family.Value.Select(route => $"{family.Key} default {route}")))
            .Concat(_routes.Order()));

    /// <summary>Lets the host have a default route, in ip(8)'s words after default.</summary>
    internal void AddDefault(string family, string route) => _defaults[family].Add(route);

    internal void AddDevice(string name, bool up)
    {
        _links[name] = up;
        AddSettings(name);
        ListDevices();
    }

    private void ListDevices() =>
        Host.Files["/proc/net/dev"] = "Inter-|   Receive\n face |bytes\n" + string.Concat(_links.Keys.Select(link => $"{link,6}:       0\n"));

    internal void AddAddress(string name, string prefix, string scope, string? label = null) => _addresses.Add((name, prefix, scope, label));

    internal void SetSetting(string name, string setting, int value) => Host.Files[$"/proc/sys/net/ipv4/conf/{name}/{setting}"] = $"{value}\n";

    internal string GetSetting(string name, string setting) => Host.Files[$"/proc/sys/net/ipv4/conf/{name}/{setting}"].Trim();

    /// <summary>The commands that changed something.</summary>
    internal string[] Changes => [.. Host.Log.Where(line => !line.Contains("show", StringComparison.Ordinal) && !line.StartsWith("readlink", StringComparison.Ordinal))];

    private void AddSettings(string name)
    {
        foreach (string setting in new[] { "arp_ignore", "arp_announce", "rp_filter", "tag" })
        {
            SetSetting(name, setting, 0);
        }

        Host.Files[$"/proc/sys/net/ipv6/conf/{name}/disable_ipv6"] = "0\n";
        Host.Files[$"/proc/sys/net/ipv6/conf/{name}/accept_redirects"] = "1\n";
    }

    private ProgramResult Run(ProgramInvocation invocation)
    {
        if (Failing(invocation) is { } failure)
        {
            return failure;
        }

        string[] arguments = [.. invocation.Arguments];
        switch (invocation.Program, arguments)
        {
            case ("readlink", _):
                return new ProgramResult(0, "net:[4026532001]\n", "");
            case ("modprobe", ["fou"]):
                _receivesUdp = true;
                break;
            case ("modprobe", [var module]):
                if (!_links.ContainsKey(Modules[module]))
                {
                    AddDevice(Modules[module], up: false);
                }

                break;
            case ("ip", ["link", "add", var name, .. var words]):
                _made.Add(name, string.Join(' ', words));
                AddDevice(name, up: false);
                break;
            case ("ip", ["link", "delete", "dev", var name]):
                RemoveDevice(name);
                break;
            case ("ip", ["-json", "fou", "show"]):
                return _receivesUdp
                    ? new ProgramResult(0, $"[{string.Join(',', _ports)}]", "")
                    : new ProgramResult(1, "", "RTNETLINK answers: No such file or directory\nError talking to the kernel\n");
            case ("ip", [var family, "fou", var verb, "port", var port, ..]):
                string opened = $$"""{"port":{{port}},"gue":null,"family":"{{(family == "-6" ? "inet6" : "inet")}}"}""";
                return (verb == "add" ? _ports.Add(opened) : _ports.Remove(opened)) ? Done : new ProgramResult(1, "", "RTNETLINK answers: Address already in use\n");
            case ("ip", [_, "-json", "route", "get", "203.0.113.1"]):
                return new ProgramResult(2, "", "RTNETLINK answers: Network is unreachable\n");
            case ("ip", [_, "-json", "route", "get", "192.0.2.21"]):
                return new ProgramResult(0, """[{"type":"local","dst":"192.0.2.21","dev":"lo","prefsrc":"192.0.2.21","flags":[]}]""", "");
            case ("ip", [_, "-json", "route", "get", "198.51.100.1"]):
                return new ProgramResult(0, """[{"dst":"198.51.100.1","gateway":"192.0.2.254","dev":"eth0","prefsrc":"192.0.2.21","flags":[]}]""", "");
            case ("ip", [var family, "-json", "route", "get", "fibmatch", _]):
                return new ProgramResult(0, family == "-6" ? """[{"dst":"2001:db8::/64","dev":"eth0"}]""" : """[{"dst":"192.0.2.0/24","dev":"eth0","prefsrc":"192.0.2.21"}]""", "");
            case ("ip", [var family, "-json", "route", "get", var target]):
                return new ProgramResult(0, $$"""[{"dst":"{{target}}","dev":"eth0","prefsrc":"{{(family == "-6" ? "2001:db8::21" : "192.0.2.21")}}","flags":[]}]""", "");
            case ("ip", [var family, "-json", "route", "show", "table", var table]):
                string[] found = [.. _tables.Where(route => route.StartsWith(family, StringComparison.Ordinal) && route.EndsWith($" table {table}", StringComparison.Ordinal))];
                return found.Length > 0
                    ? new ProgramResult(0, $"[{string.Join(',', found.Select(route => ShowRoute(route.Split(' '))))}]", "")
                    : new ProgramResult(2, "[", "Error: ipv4: FIB table does not exist.\nDump terminated\n");
            case ("ip", [var family, "-json", "rule", "show"]):
                return new ProgramResult(0, $"[{string.Join(',', _rules.Where(rule => rule.StartsWith(family, StringComparison.Ordinal)).Select(rule => ShowRule(rule.Split(' '))))}]", "");
            case ("ip", [var family, "rule", var verb, .. var words]):
                string rule = $"{family} {string.Join(' ', words)}";
                return (verb == "add" ? _rules.Add(rule) : _rules.Remove(rule)) ? Done : new ProgramResult(2, "", "RTNETLINK answers: No such file or directory\n");
            case ("ip", [var family, "route", "show", "default"]):
                return new ProgramResult(0, string.Concat(_defaults[family].Select(route => $"default {route} \n")), "");
            case ("ip", [var family, "route", "replace", "default", .. var words]):
                string metric = Metric(words);
                _defaults[family].RemoveAll(route => Metric(route.Split(' ')) == metric);
                _defaults[family].Insert(0, string.Join(' ', words));
                break;
            case ("ip", [var family, "route", "delete", "default", .. var words]) when !words.Contains("table"):
                return _defaults[family].Remove(string.Join(' ', words)) ? Done : new ProgramResult(2, "", "RTNETLINK answers: No such process\n");
            case ("ip", [var family, "route", var verb, .. var words]) when words.Contains("table"):
                string route = $"{family} {string.Join(' ', words)}";
                return (verb == "add" ? _tables.Add(route) : _tables.Remove(route)) ? Done : new ProgramResult(2, "", "RTNETLINK answers: No such process\n");
            case ("ip", ["-details", "-json", "address", "show"]):
                return new ProgramResult(0, $"[{string.Join(',', _links.Select(link => Show(link.Key, link.Value)))}]", "");
            case ("ip", ["-4", "-json", "route", "show", "exact", var prefix, "dev", var name]):
                return new ProgramResult(0, _routes.Contains($"{prefix} {name}") ? $$"""[{"dst":"{{prefix}}","scope":"link","flags":[]}]""" : "[ ]", "");
            case ("ip", ["-4", "route", "add", var prefix, "dev", var name]):
                return _routes.Add($"{prefix} {name}") ? Done : new ProgramResult(2, "", "RTNETLINK answers: File exists\n");
            case ("ip", ["-4", "route", "delete", var prefix, "dev", var name]):
                return _routes.Remove($"{prefix} {name}") ? Done : new ProgramResult(2, "", "RTNETLINK answers: No such process\n");
            case ("ip", ["link", "set", "dev", var name, var state]):
                _links[name] = state == "up";
                break;
            case ("ip", ["address", "add", var prefix, .. var rest]):
                string of = rest[Array.IndexOf(rest, "dev") + 1];
                string scope = rest[Array.IndexOf(rest, "scope") + 1];
                int label = Array.IndexOf(rest, "label");
                AddAddress(of, prefix, scope, label < 0 ? null : rest[label + 1]);
                break;
            case ("ip", ["address", "delete", var prefix, "dev", var name]):
                return _addresses.RemoveAll(address => address.Interface == name && address.Prefix == prefix) > 0
                    ? Done
                    : new ProgramResult(2, "", "RTNETLINK answers: Cannot assign requested address\n");
            default:
                throw new InvalidOperationException($"The fake host does not know '{invocation}'.");
        }

        return Done;
    }

    private void RemoveDevice(string name)
    {
        _made.Remove(name);
        _links.Remove(name);
        _addresses.RemoveAll(address => address.Interface == name);
        foreach (string path in Host.Files.Keys.Where(path => path.Contains($"/conf/{name}/", StringComparison.Ordinal)).ToArray())
        {
            Host.Files.Remove(path);
        }

        ListDevices();
    }

    private static string Metric(string[] words) => words.SkipWhile(word => word != "metric").Skip(1).FirstOrDefault("0");

    private static string ShowRoute(string[] words) => words[1] == "throw"
        ? $$"""{"type":"throw","dst":"{{words[2]}}","flags":[]}"""
        : $$"""{"dst":"{{words[1]}}","gateway":"{{words[3]}}","dev":"{{words[5]}}","flags":[]}""";

    private static string ShowRule(string[] words)
    {
        string protocol = Array.IndexOf(words, "ipproto") is > 0 and var at ? $"\"ipproto\":\"{words[at + 1]}\",\"sport\":{words[at + 3]}," : "";
        return $$"""{"priority":{{words[^1]}},"src":"{{words[2]}}",{{protocol}}"table":"{{words[^3]}}"}""";
    }

    private static ProgramResult Done => new(0, "", "");

    private static string ShowKind(string[] words)
    {
        string local = words[Array.IndexOf(words, "local") + 1];
        string mode = words.Contains("mode") ? $"\"proto\":\"{words[Array.IndexOf(words, "mode") + 1]}\"," : "";
        return $$$"""
            "linkinfo":{"info_kind":"{{{words[1]}}}","info_data":{{{{mode}}}"remote":"any","local":"{{{local}}}"{{{(words.Contains("icsum") ? ",\"icsum\":true" : "")}}}}},
            """;
    }

    private string Show(string name, bool up)
    {
        (string flags, string info) = _made.TryGetValue(name, out string? made) ? ("\"NOARP\"", ShowKind(made.Split(' '))) : Devices[name];
        IEnumerable<string> addresses = _addresses.Where(address => address.Interface == name).Select(address =>
        {
            string[] parts = address.Prefix.Split('/');
            string family = parts[0].Contains(':', StringComparison.Ordinal) ? "inet6" : "inet";
            string label = family == "inet" ? $"\"label\":\"{address.Label ?? name}\"," : "";
            return $$"""{"family":"{{family}}","local":"{{parts[0]}}","prefixlen":{{parts[1]}},"scope":"{{address.Scope}}",{{label}}"valid_life_time":4294967295}""";
        });
        return $$"""{"ifname":"{{name}}","flags":[{{flags}}{{(up ? ",\"UP\"" : "")}}],"mtu":1500,{{info}}"addr_info":[{{string.Join(',', addresses)}}]}""";
    }
}
