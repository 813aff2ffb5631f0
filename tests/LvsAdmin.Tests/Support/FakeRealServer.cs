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
        ["ip6tnl0"] = ("\"NOARP\"", "\"linkinfo\":{\"info_kind\":\"ip6tnl\",\"info_data\":{\"proto\":\"ip6ip6\",\"remote\":\"any\",\"local\":\"any\"}},"),
    };

    private readonly Dictionary<string, bool> _links = new(StringComparer.Ordinal);
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
            .Concat(_routes.Order()));

    internal void AddDevice(string name, bool up)
    {
        _links[name] = up;
        AddSettings(name);
        Host.Files["/proc/net/dev"] = "Inter-|   Receive\n face |bytes\n" + string.Concat(_links.Keys.Select(link => $"{link,6}:       0\n"));
    }

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
            case ("modprobe", ["ipip"]):
                AddDevice("tunl0", up: false);
                break;
            case ("modprobe", ["ip6_tunnel"]):
                AddDevice("ip6tnl0", up: false);
                break;
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

    private static ProgramResult Done => new(0, "", "");

    private string Show(string name, bool up)
    {
        (string flags, string info) = Devices[name];
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
