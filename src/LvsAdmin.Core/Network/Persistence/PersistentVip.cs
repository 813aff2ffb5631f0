using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>What of one VIP has to come back after a boot, whoever brings it back: kept in a file of ours, from which the files of the host's network manager are written.</summary>
internal sealed record PersistentVip
{
    /// <summary>The virtual IP.</summary>
    public required LvsAddress Address { get; init; }

    /// <summary>What it is enabled for: <c>DirectRouting</c>, <c>Tunnel</c>, <c>Nat</c>, or <c>Director</c>.</summary>
    public required string Purpose { get; init; }

    /// <summary>Who brings it back.</summary>
    public required LvsPersistence Persistence { get; init; }

    /// <summary>The interface that holds the VIP; for NAT, which holds none, the one towards the director.</summary>
    public required string Interface { get; init; }

    /// <summary>The kernel's name of that interface's kind: empty for lo and network cards, <c>dummy</c>, <c>ipip</c>, <c>sit</c>, <c>ip6tnl</c>, <c>gre</c>, <c>ip6gre</c>.</summary>
    public string InterfaceKind { get; init; } = string.Empty;

    /// <summary>
    /// Arguments after <c>ip link add NAME</c> where the interface has to be made (<c>type ip6tnl mode any local 2001:db8::21 remote any</c>, <c>type dummy</c>);
    /// empty where it is the kernel's own or its module makes it.
    /// </summary>
    public IReadOnlyList<string> DeviceArguments { get; init; } = [];

    /// <summary>Whether the interface has to be set up; never for NAT and for a director's card.</summary>
    public bool SetInterfaceUp { get; init; }

    /// <summary>Kernel modules to be loaded at boot, before the settings.</summary>
    public IReadOnlyList<string> Modules { get; init; } = [];

    /// <summary>Kernel parameters in sysctl's words with slashes (<c>net/ipv4/conf/all/arp_ignore</c>) and their values; to be set before the VIP is there.</summary>
    public IReadOnlyDictionary<string, int> Settings { get; init; } = new Dictionary<string, int>();

    /// <summary>The address as it is added; null for NAT, where the host does not hold it.</summary>
    public PersistentAddress? Held { get; init; }

    /// <summary>Whether a host route to the VIP through the interface stands in table main.</summary>
    public bool HostRoute { get; init; }

    /// <summary>The UDP port on which GUE is received; 0 for none.</summary>
    public int GuePort { get; init; }

    /// <summary>Whether GUE is received over IPv6.</summary>
    public bool GueOverIPv6 { get; init; }

    /// <summary>The way of the answers back through the director; NAT only.</summary>
    public PersistentRoute? Route { get; init; }

    /// <summary>How it was enabled, as <see cref="VipFacts"/> writes it.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>What to put back when the VIP is disabled after a boot, when nobody else remembers it.</summary>
    public IReadOnlyList<HostMemory.Entry> Undo { get; init; } = [];
}
