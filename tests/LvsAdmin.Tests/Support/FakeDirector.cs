using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Tests.Support;

/// <summary>
/// A director in memory: lo, eth0 with 192.0.2.1/24 and 2001:db8::1/64, eth1 with 198.51.100.1/24. Its forwarding switches change what the kernel's do
/// (inet_forward_change, addrconf_fixup_forwarding), and its neighbours answer for what a test gives them.
/// </summary>
internal sealed class FakeDirector
{
    private const string V4 = "/proc/sys/net/ipv4/conf";
    private const string V6 = "/proc/sys/net/ipv6/conf";
    private const string Mac = "02:00:00:00:00:01";

    private static readonly string[] Names = ["all", "default", "eth0", "eth1", "lo"];
    private static readonly string[] Templates = ["all", "default"];
    private readonly List<(string Interface, string Prefix, bool IsDeprecated, bool NoDad)> _addresses = [];

    internal FakeDirector(string? networkNamespace = "blue")
    {
        Host = new FakeHost { NetworkNamespace = networkNamespace };
        Host.Program = Run;
        Host.OnWrite = Follow;
        foreach (string name in Names)
        {
            foreach ((string setting, int value) in new[] { ("forwarding", 0), ("send_redirects", 1), ("accept_redirects", 1), ("tag", 0) })
            {
                this[$"{V4}/{name}/{setting}"] = value;
            }

            foreach ((string setting, int value) in new[] { ("forwarding", 0), ("accept_ra", 1), ("accept_dad", name == "all" ? 0 : 1), ("ndisc_notify", 0), ("disable_ipv6", 0) })
            {
                this[$"{V6}/{name}/{setting}"] = value;
            }
        }

        Add("lo", "127.0.0.1/8");
        Add("eth0", "192.0.2.1/24");
        Add("eth0", "2001:db8::1/64");
        Add("eth1", "198.51.100.1/24");
    }

    internal FakeHost Host { get; }

    /// <summary>Who answers on the link, and with which MAC address.</summary>
    internal Dictionary<string, string> Neighbours { get; } = [];

    /// <summary>The program that has the arping of iputils and busybox: <c>arping</c>, <c>busybox</c>, or null for none.</summary>
    internal string? Arping { get; set; } = "arping";

    /// <summary>Whether eth0 is up.</summary>
    internal bool IsUp { get; set; } = true;

    /// <summary>The interface whose routes come from router advertisements.</summary>
    internal string? Advertised { get; set; }

    /// <summary>What was announced to the neighbours, in order.</summary>
    internal List<string> Announced { get; } = [];

    internal int this[string path]
    {
        get => int.Parse(Host.Files[path], System.Globalization.CultureInfo.InvariantCulture);
        set => Host.Files[path] = $"{value}\n";
    }

    /// <summary>The host's state apart from the log, to compare before and after; without a memory that nobody believes, as its number is not carried.</summary>
    internal string Snapshot => string.Join('\n', Host.Files.Where(file => !file.Key.StartsWith("/run/", StringComparison.Ordinal) || file.Key == $"/run/lvsadmin/host-{this[$"{V4}/lo/tag"]}.json").Select(file => $"{file.Key}={file.Value.Trim()}").Concat(_addresses.Select(address => $"{address}").Order()));

    /// <summary>The addresses of an interface, with the words that matter.</summary>
    internal string[] On(string name) =>
        [.. _addresses.Where(each => each.Interface == name).Select(each => $"{each.Prefix}{(each.IsDeprecated ? " deprecated" : "")}{(each.NoDad ? " nodad" : "")}")];

    internal void Add(string name, string prefix, bool isDeprecated = false) => _addresses.Add((name, prefix, isDeprecated, false));

    /// <summary>A boot: what was set is gone, except for what the files in /etc/sysctl.d say; addresses that were added, and /run, are empty.</summary>
    internal FakeDirector Boot()
    {
        FakeDirector next = new(Host.NetworkNamespace);
        foreach ((string path, string text) in Host.Files.Where(file => file.Key.StartsWith("/etc/", StringComparison.Ordinal)))
        {
            next.Host.Files[path] = text;
            foreach (string[] words in text.Split('\n').Where(line => !line.StartsWith('#')).Select(line => line.Split(" = ")).Where(words => words.Length == 2))
            {
                string setting = "/proc/sys/" + words[0].TrimStart('-');
                next.Follow(setting, words[1]);
                next.Host.Files[setting] = words[1] + "\n";
            }
        }

        return next;
    }

    private void Follow(string path, string value)
    {
        string root = path.StartsWith(V4, StringComparison.Ordinal) ? V4 : V6;
        if (path == $"{root}/all/forwarding" && Host.Files[path].Trim() != value.Trim())
        {
            foreach (string name in Names)
            {
                Host.Files[$"{root}/{name}/forwarding"] = value;
            }

            if (root == V4)
            {
                this[$"{V4}/all/accept_redirects"] = value.Trim() == "1" ? 0 : 1;
            }
        }
    }

    private ProgramResult Run(ProgramInvocation invocation)
    {
        string[] arguments = [.. invocation.Arguments];
        return (invocation.Program, arguments) switch
        {
            ("readlink", _) => new ProgramResult(0, "net:[4026532001]\n", ""),
            ("arping" or "busybox", _) => Ask(invocation, arguments[^1]),
            ("ip", ["-details", "-json", "address", "show"]) => new ProgramResult(0, $"[{string.Join(',', Names.Except(Templates).Order().Select(Show))}]", ""),
            ("ip", ["-6", "-json", "address", "show", "dev", _, "tentative"]) => new ProgramResult(0, "[]", ""),
            ("ip", ["-6", "-json", "route", "show"]) => new ProgramResult(
                0, Advertised is null ? "[]" : $$"""[{"dst":"default","gateway":"fe80::2","dev":"{{Advertised}}","protocol":"ra","flags":[]}]""", ""),
            ("ip", [_, "neigh", "flush", ..]) or ("ip", [_, "neigh", "replace", ..]) => Done,
            ("ip", [_, "-json", "neigh", "show", "to", var address, ..]) => new ProgramResult(
                0, Neighbours.TryGetValue(address, out string? mac) ? $$"""[{"dst":"{{address}}","lladdr":"{{mac}}","state":["REACHABLE"]}]""" : "[]", ""),
            ("ip", [.., "address", "add", var prefix, "dev", var name, "preferred_lft", "0"]) => AddAnnounced(name, prefix),
            ("ip", ["address", "add", var prefix, "dev", var name, .. var rest]) => AddPlain(name, prefix, rest.Contains("preferred_lft"), rest.Contains("nodad")),
            ("ip", [.., "address", "change", var prefix, "dev", var name, "nodad", "preferred_lft", "0"]) => Change(name, prefix),
            ("ip", ["address", "delete", var prefix, "dev", var name]) => _addresses.RemoveAll(each => each.Interface == name && each.Prefix == prefix) > 0
                ? Done
                : new ProgramResult(2, "", "RTNETLINK answers: Cannot assign requested address\n"),
            _ => throw new InvalidOperationException($"The fake director does not know '{invocation}'."),
        };
    }

    private ProgramResult Ask(ProgramInvocation invocation, string address)
    {
        if (invocation.Program != Arping)
        {
            // Under the name arping there may be another program, of other options and words.
            return invocation.Program == "busybox" ? new ProgramResult(127, "", "arping: applet not found\n") : new ProgramResult(0, $"ARPING {address}\n", "");
        }

        if (invocation.Arguments.Contains("-U"))
        {
            Announced.Add(address);
            return new ProgramResult(0, $"ARPING {address} from {address} eth0\nSent 2 probes (2 broadcast(s))\n", "");
        }

        return Neighbours.TryGetValue(address, out string? mac)
            ? new ProgramResult(1, $"ARPING {address} from 0.0.0.0 eth0\nUnicast reply from {address} [{mac.ToUpperInvariant()}]  1.030ms\n", "")
            : new ProgramResult(0, $"ARPING {address} from 0.0.0.0 eth0\nSent 2 probes (2 broadcast(s))\n", "");
    }

    private ProgramResult AddAnnounced(string name, string prefix)
    {
        if (this[$"{V6}/{name}/accept_dad"] == 0 && this[$"{V6}/{name}/ndisc_notify"] == 1)
        {
            Announced.Add(prefix.Split('/')[0]);
        }

        return AddPlain(name, prefix, true, false);
    }

    private ProgramResult AddPlain(string name, string prefix, bool isDeprecated, bool noDad)
    {
        _addresses.Add((name, prefix, isDeprecated, noDad));
        return Done;
    }

    private ProgramResult Change(string name, string prefix)
    {
        int index = _addresses.FindIndex(each => each.Interface == name && each.Prefix == prefix);
        _addresses[index] = (name, prefix, true, true);
        return Done;
    }

    private static ProgramResult Done => new(0, "", "");

    private string Show(string name)
    {
        string flags = name == "lo" ? "\"LOOPBACK\",\"UP\"" : $"\"BROADCAST\",\"MULTICAST\"{(name == "eth1" || IsUp ? ",\"UP\"" : "")}";
        IEnumerable<string> addresses = _addresses.Where(each => each.Interface == name).Select(each =>
        {
            string[] parts = each.Prefix.Split('/');
            string family = parts[0].Contains(':', StringComparison.Ordinal) ? "inet6" : "inet";
            return $$"""{"family":"{{family}}","local":"{{parts[0]}}","prefixlen":{{parts[1]}},"scope":"{{(name == "lo" && parts[1] == "8" ? "host" : "global")}}"{{(each.IsDeprecated ? ",\"deprecated\":true" : "")}}}""";
        });
        return $$"""{"ifname":"{{name}}","flags":[{{flags}}],"mtu":1500,"link_type":"{{(name == "lo" ? "loopback" : "ether")}}","address":"{{Mac}}","addr_info":[{{string.Join(',', addresses)}}]}""";
    }
}
