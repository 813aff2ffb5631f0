using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>What decides whether a host serves VIPs as a real server: its interfaces, addresses, ARP policy and reverse path filters, as read at one time.</summary>
internal sealed class RealServerState
{
    private readonly Dictionary<string, int> _filters;

    private RealServerState(IReadOnlyList<HostInterface> interfaces, IReadOnlyList<LvsArpPolicy> policies, Dictionary<string, int> filters)
    {
        Interfaces = interfaces;
        Policies = policies;
        _filters = filters;
    }

    internal IReadOnlyList<HostInterface> Interfaces { get; }

    internal IReadOnlyList<LvsArpPolicy> Policies { get; }

    internal LvsArpPolicy All => Policies.First(policy => policy.Interface == Ipv4Settings.All);

    /// <summary>The weakest effective arp_ignore of the interfaces that hear ARP; that of <c>all</c> where none does.</summary>
    /// <param name="interfaces">The interfaces that matter; none for every one.</param>
    internal LvsArpIgnore WeakestIgnore(IReadOnlyList<string> interfaces) =>
        Hearing(interfaces).Select(policy => policy.EffectiveIgnore).DefaultIfEmpty(All.Ignore).MinBy(Strictness);

    /// <summary>The weakest effective arp_announce of the same interfaces.</summary>
    internal LvsArpAnnounce WeakestAnnounce(IReadOnlyList<string> interfaces) =>
        Hearing(interfaces).Select(policy => policy.EffectiveAnnounce).DefaultIfEmpty(All.Announce).Min();

    /// <summary>The policies of the interfaces on which neighbours ask by ARP now.</summary>
    /// <param name="interfaces">The interfaces that matter; none for every one.</param>
    internal IEnumerable<LvsArpPolicy> Hearing(IReadOnlyList<string> interfaces) =>
        from policy in Policies
        where Interfaces.Any(each => each.Name == policy.Interface && each.HearsArp) && (interfaces.Count == 0 || interfaces.Contains(policy.Interface))
        select policy;

    internal static ValueTask<RealServerState> ReadAsync(ILvsHost host, CancellationToken cancellationToken) =>
        ReadAsync(host, HostInterface.ReadAsync(host, cancellationToken).AsTask(), cancellationToken);

    /// <summary>Reads what decides, with the interfaces from whoever reads them already.</summary>
    internal static async ValueTask<RealServerState> ReadAsync(ILvsHost host, Task<IReadOnlyList<HostInterface>> listing, CancellationToken cancellationToken)
    {
        // Both at once: over a network each step is a round trip.
        Task<IReadOnlyList<LvsArpPolicy>> reading = ArpPolicies.GetLiveAsync(host, cancellationToken).AsTask();
        await Task.WhenAll(listing, reading).ConfigureAwait(false);
        IReadOnlyList<HostInterface> interfaces = await listing.ConfigureAwait(false);
        IReadOnlyList<LvsArpPolicy> policies = await reading.ConfigureAwait(false);
        string[] names = [.. interfaces.Where(each => each.IsTunnel).Select(each => each.Name), Ipv4Settings.All, Ipv4Settings.Default];
        IReadOnlyList<int?> values = await KernelSetting.ReadAllAsync(
            host, [.. names.Select(name => Ipv4Settings.PathOf(name, Ipv4Settings.ReversePathFilter))], cancellationToken).ConfigureAwait(false);
        Dictionary<string, int> filters = new(StringComparer.Ordinal);
        foreach ((string name, int? value) in names.Zip(values))
        {
            if (value is { } known)
            {
                filters[name] = known;
            }
        }

        return new RealServerState(interfaces, policies, filters);
    }

    internal HostInterface? Find(string name) => Interfaces.FirstOrDefault(each => each.Name == name);

    /// <summary>Where an address is, as a VIP or otherwise.</summary>
    internal IEnumerable<(HostInterface Interface, InterfaceAddress Address)> Holders(LvsAddress address) => HostInterface.Holders(Interfaces, address);

    internal IEnumerable<(HostInterface Interface, InterfaceAddress Address)> Vips() =>
        from each in Interfaces
        from held in each.Addresses
        where each.HoldsAsVip(held)
        select (each, held);

    /// <summary>The configured rp_filter; of an interface that is not there yet, the one that it will begin with.</summary>
    internal int ConfiguredFilter(string name) => _filters.GetValueOrDefault(name, _filters.GetValueOrDefault(Ipv4Settings.Default));

    /// <summary>The rp_filter that holds: the larger of <c>all</c> and the interface.</summary>
    internal int EffectiveFilter(string name) => Math.Max(ConfiguredFilter(name), _filters.GetValueOrDefault(Ipv4Settings.All));

    /// <summary>Whether a level lets a host answer for an address that is not on the interface which is asked. Levels that are none act as 0 (arp_ignore, net/ipv4/arp.c).</summary>
    internal static bool Answers(LvsArpIgnore level, string scope) => level switch
    {
        LvsArpIgnore.TargetOnInterface or LvsArpIgnore.TargetOnInterfaceSameSubnet or LvsArpIgnore.Never => false,
        LvsArpIgnore.NotHostScope => scope != "host",
        _ => true,
    };

    /// <summary>What of the ARP policy takes a VIP away from the director.</summary>
    /// <param name="vip">The VIP.</param>
    /// <param name="interfaces">The interfaces on which it can be asked for; none for every one.</param>
    internal IEnumerable<string> ArpProblems(InterfaceAddress vip, IReadOnlyList<string> interfaces)
    {
        const string Remedy = "Set-LvsArpPolicy -Interface all -Ignore TargetOnInterface -Announce BestLocal mends it.";
        LvsArpPolicy[] answering = [.. Hearing(interfaces).Where(policy => Answers(policy.EffectiveIgnore, vip.Scope))];
        if (answering.Length > 0)
        {
            yield return $"This host answers ARP requests for the VIP on {Names(answering)} (effective arp_ignore {Levels(answering, policy => (int)policy.EffectiveIgnore)}) and so takes it away from the director. {Remedy}";
        }

        LvsArpPolicy[] announcing = [.. Hearing(interfaces).Where(policy => policy.EffectiveAnnounce != LvsArpAnnounce.BestLocal)];
        if (announcing.Length > 0)
        {
            yield return $"This host may name the VIP as sender of ARP requests on {Names(announcing)} (effective arp_announce {Levels(announcing, policy => (int)policy.EffectiveAnnounce)}), which misleads its neighbours. {Remedy}";
        }
    }

    private static int Strictness(LvsArpIgnore level) => level switch
    {
        LvsArpIgnore.NotHostScope => 1,
        LvsArpIgnore.TargetOnInterface => 2,
        LvsArpIgnore.TargetOnInterfaceSameSubnet => 3,
        LvsArpIgnore.Never => 4,
        _ => 0,
    };

    private static string Names(LvsArpPolicy[] policies) => string.Join(", ", policies.Select(policy => policy.Interface));

    private static string Levels(LvsArpPolicy[] policies, Func<LvsArpPolicy, int> level) => string.Join(", ", policies.Select(level).Distinct().Order());
}
