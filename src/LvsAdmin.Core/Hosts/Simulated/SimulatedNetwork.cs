using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>
/// The small network of a simulated host: lo, and eth0 with 192.0.2.1/24 and 2001:db8::1/64, in the ranges that are for documentation (RFC 5737, RFC 3849), and the
/// kernel parameters that go with them. Not for concurrent use.
/// </summary>
internal sealed class SimulatedNetwork : ISimulatedNetwork
{
    private const string V4 = "/proc/sys/net/ipv4/conf";
    private const string V6 = "/proc/sys/net/ipv6/conf";

    // What Linux sets where nobody has set anything (Documentation/networking/ip-sysctl.rst).
    private static readonly (string Name, int Value)[] Settings4 =
        [("accept_redirects", 1), ("arp_accept", 0), ("arp_announce", 0), ("arp_filter", 0), ("arp_ignore", 0), ("arp_notify", 0), ("forwarding", 0), ("rp_filter", 0), ("secure_redirects", 1), ("send_redirects", 1), ("tag", 0)];

    private static readonly (string Name, int Value)[] Settings6 =
        [("accept_dad", 1), ("accept_ra", 1), ("accept_redirects", 1), ("autoconf", 1), ("disable_ipv6", 0), ("forwarding", 0), ("ndisc_notify", 0)];

    private readonly SimulatedFiles _files;
    private int _lastIndex;

    internal SimulatedNetwork(SimulatedFiles files)
    {
        _files = files;
        AddSettings("all");
        AddSettings("default");
        SimulatedInterface lo = AddInterface(new SimulatedInterface { Name = "lo", Index = ++_lastIndex, Mtu = 65536, IsUp = true });
        AddAddress(lo, "127.0.0.1", 8, "host");
        AddAddress(lo, "::1", 128, "host");
        SimulatedInterface card = AddInterface(new SimulatedInterface { Name = "eth0", Index = ++_lastIndex, IsUp = true });
        AddAddress(card, "192.0.2.1", 24, "global", LvsAddress.Parse("192.0.2.255"));
        AddAddress(card, "2001:db8::1", 64, "global");
        AddAddress(card, "fe80::ff:fe00:2", 64, "link");
        files.Live["/proc/net/dev"] = () => "Inter-|   Receive\n face |bytes\n" + string.Concat(Interfaces.Select(each => $"{each.Name,6}:       0\n"));
        files.Live["/proc/sys/net/ipv4/ip_forward"] = () => files.Read($"{V4}/all/forwarding") ?? "0\n";
    }

    internal List<SimulatedInterface> Interfaces { get; } = [];

    internal SimulatedInterface? Find(string name) => Interfaces.Find(each => each.Name == name);

    public int? FindMtu(string name) => Find(name)?.Mtu;

    public bool IsBroadcast(LvsAddress address) => Interfaces.Exists(each => each.IsUp && each.Addresses.Exists(own => own.IsBroadcastOf(address)));

    public bool IsLocal(LvsAddress address) => Interfaces.Exists(each => each.Addresses.Exists(own => own.Address == address));

    /// <summary>Makes an interface, down at first.</summary>
    internal void AddInterface(string name, string kind, string? kindData, int mtu) =>
        AddInterface(new SimulatedInterface { Name = name, Index = ++_lastIndex, Kind = kind, KindData = kindData, Mtu = mtu });

    internal void RemoveInterface(SimulatedInterface removed)
    {
        Interfaces.Remove(removed);
        _files.RemoveBelow($"{V4}/{removed.Name}");
        _files.RemoveBelow($"{V6}/{removed.Name}");
    }

    /// <summary>Lets a written kernel parameter do what it does besides (inet_forward_change, addrconf_fixup_forwarding).</summary>
    internal void Follow(string path, string text)
    {
        path = path == "/proc/sys/net/ipv4/ip_forward" ? $"{V4}/all/forwarding" : path;
        string before = _files.Read(path)?.Trim() ?? string.Empty;
        string value = text.Trim();
        _files.Write(path, value + "\n");
        foreach (string root in new[] { V4, V6 })
        {
            if (path != $"{root}/all/forwarding" || before == value)
            {
                continue;
            }

            foreach (string name in Interfaces.Select(each => each.Name).Append("default"))
            {
                _files.Write($"{root}/{name}/forwarding", value + "\n");
            }

            if (root == V4)
            {
                // A router takes no advice on routes, a host does.
                _files.Write($"{V4}/all/accept_redirects", value == "0" ? "1\n" : "0\n");
            }
        }
    }

    private SimulatedInterface AddInterface(SimulatedInterface added)
    {
        Interfaces.Add(added);
        AddSettings(added.Name);
        return added;
    }

    private static void AddAddress(SimulatedInterface on, string address, int length, string scope, LvsAddress? broadcast = null) =>
        on.Addresses.Add(new SimulatedAddress(LvsAddress.Parse(address), length, scope, null, broadcast, false, false));

    private void AddSettings(string name)
    {
        foreach ((string setting, int value) in Settings4)
        {
            _files.Write($"{V4}/{name}/{setting}", string.Create(CultureInfo.InvariantCulture, $"{value}\n"));
        }

        foreach ((string setting, int value) in Settings6)
        {
            int actual = (name, setting) is ("all", "accept_dad") ? 0 : value;
            _files.Write($"{V6}/{name}/{setting}", string.Create(CultureInfo.InvariantCulture, $"{actual}\n"));
        }
    }
}
