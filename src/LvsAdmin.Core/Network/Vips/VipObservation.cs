using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Tells of the VIPs of a host how they are, from one reading of it.</summary>
internal sealed class VipObservation
{
    private readonly ILvsHost _host;
    private readonly RealServerState _state;
    private readonly VipRecords _records;
    private IReadOnlyList<(LvsAddressFamily Outer, int Port, bool IsGue)>? _ports;

    private VipObservation(ILvsHost host, RealServerState state, VipRecords records)
    {
        _host = host;
        _state = state;
        _records = records;
    }

    /// <summary>All VIPs that the host holds, and those that it is known to serve by NAT, sorted by address.</summary>
    /// <param name="host">The host.</param>
    /// <param name="state">What was read of it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    internal static async ValueTask<IReadOnlyList<LvsRealServerVip>> ReadAsync(ILvsHost host, RealServerState state, CancellationToken cancellationToken)
    {
        VipObservation observation = new(host, state, await VipRecords.ReadAsync(host, cancellationToken).ConfigureAwait(false));
        List<LvsRealServerVip> vips = [];
        foreach ((HostInterface holder, InterfaceAddress address) in state.Vips())
        {
            vips.Add(await observation.ObserveHeldAsync(holder, address, cancellationToken).ConfigureAwait(false));
        }

        foreach (HostMemory.Claim claim in observation._records.Claims)
        {
            if (VipFacts.VipOf(claim.Owner) is { } vip && VipFacts.Read(claim.Facts) is { Forwarding: LvsForwardingMethod.Nat, Director: { } director })
            {
                vips.Add(await observation.ObserveNatAsync(vip, director, claim.Owner, cancellationToken).ConfigureAwait(false));
            }
        }

        return [.. vips.OrderBy(vip => vip.Address)];
    }

    private async ValueTask<LvsRealServerVip> ObserveHeldAsync(HostInterface holder, InterfaceAddress address, CancellationToken cancellationToken)
    {
        bool isV4 = address.Address.Family == LvsAddressFamily.IPv4;
        LvsVipSettings? settings = _records.SettingsOf(address.Address);
        List<(string, string)> problems = [];
        if (!address.IsHostPrefix)
        {
            problems.Add((
                VipChecks.Prefix,
                $"The prefix is /{address.PrefixLength} instead of /{address.Address.BitLength}: on {holder.Name} it makes this host believe that the whole network is its own."));
        }

        if (!holder.IsUp)
        {
            problems.Add((VipChecks.InterfaceUp, $"Interface {holder.Name} is down: packets for the VIP are not accepted."));
        }

        if (isV4)
        {
            problems.AddRange(_state.ArpProblems(address, settings?.ArpInterfaces ?? []).Select(problem => (VipChecks.ArpSilence, problem)));
        }

        LvsRealServerVip vip = new()
        {
            Address = address.Address,
            PrefixLength = address.PrefixLength,
            Interface = holder.Name,
            Label = address.Label == holder.Name ? null : address.Label,
            Forwarding = holder.IsTunnel ? LvsForwardingMethod.Tunnel : LvsForwardingMethod.DirectRouting,
            ArpIgnore = isV4 ? _state.WeakestIgnore(settings?.ArpInterfaces ?? []) : null,
            ArpAnnounce = isV4 ? _state.WeakestAnnounce(settings?.ArpInterfaces ?? []) : null,
            InterfaceUp = holder.IsUp,
            Persistence = _records.StoredOf(address.Address)?.Persistence,
            Findings = problems,
            HostName = _host.Name,
            NetworkNamespace = _host.NetworkNamespace,
        };
        return holder.IsTunnel ? await ObserveTunnelAsync(vip, holder, settings, problems, cancellationToken).ConfigureAwait(false) : vip;
    }

    private async ValueTask<LvsRealServerVip> ObserveTunnelAsync(
        LvsRealServerVip vip, HostInterface holder, LvsVipSettings? known, List<(string, string)> problems, CancellationToken cancellationToken)
    {
        bool isV4 = vip.Address.Family == LvsAddressFamily.IPv4;
        // Packets out of GUE come by the same devices as those of IP in IP: only what was asked for tells which is meant.
        LvsVipSettings settings = known is { Forwarding: LvsForwardingMethod.Tunnel }
            ? known
            : new LvsVipSettings { TunnelType = holder.Kind is "gre" or "ip6gre" ? LvsTunnelType.Gre : LvsTunnelType.Ipip };
        int? filter = isV4 ? _state.EffectiveFilter(holder.Name) : null;
        if (filter == (int)Network.ReversePathFilter.Strict)
        {
            problems.Add((
                VipChecks.ReversePathFilter,
                $"The effective rp_filter of {holder.Name} is 1 (strict): packets out of the tunnel are dropped, for the way back to their clients is another. Set it to 2."));
        }

        if (isV4 && holder is { Kind: "ip6tnl", Protocol: "ip6ip6" })
        {
            problems.Add((VipChecks.TunnelReceives, $"Interface {holder.Name} takes only IPv6 out of IPv6, not IPv4: the VIP needs a device of its own in mode any."));
        }

        if (settings.TunnelType == LvsTunnelType.Gue)
        {
            _ports ??= await TunnelSteps.ReadPortsAsync(_host, cancellationToken).ConfigureAwait(false) ?? [];
            if (!_ports.Contains((holder.OuterFamily, settings.TunnelPort, true)))
            {
                problems.Add((VipChecks.TunnelReceives, $"UDP port {settings.TunnelPort} ({holder.OuterFamily}) does not receive GUE: what the director sends there is dropped."));
            }
        }

        int? link = LinkMtu(holder, settings);
        int? mtu = link - TunnelVip.Overhead(holder.Kind, settings);
        // 20 bytes of TCP and 20 (IPv4) or 40 (IPv6) of IP.
        int? segment = mtu - (isV4 ? 40 : 60);
        return vip with
        {
            TunnelType = settings.TunnelType,
            TunnelPort = settings.TunnelType == LvsTunnelType.Gue ? settings.TunnelPort : null,
            ReversePathFilter = filter,
            TunnelMtu = mtu,
            MaximumSegmentSize = segment,
            Findings = problems,
            Advice = mtu is null
                ? []
                : [
                    $"Packets of clients over {mtu} bytes do not fit through the tunnel on a link with an MTU of {link}. The director answers them with ICMP 'fragmentation needed' (net.ipv4.vs.pmtu_disc=1); "
                    + $"where a firewall eats that, large requests hang: announce a smaller MSS on this host's routes to clients (ip route change ... advmss {segment}), or raise the MTU between director and real server.",
                ],
        };
    }

    private async ValueTask<LvsRealServerVip> ObserveNatAsync(LvsAddress vip, LvsAddress director, string owner, CancellationToken cancellationToken)
    {
        VipUndo undo = new(_host, _state);
        List<(string, string)> problems = [];
        string? interfaceName = null;
        foreach (HostMemory.Entry entry in _records.Entries.Where(entry => entry.Owners.Contains(owner)))
        {
            interfaceName ??= entry.Set.Split(' ').SkipWhile(word => word != "dev").Skip(1).FirstOrDefault();
            // What could not be undone is not there any more.
            if (ReturnRoute.Parse(entry.Key) is { } route && await undo.PlanAsync(entry, cancellationToken).ConfigureAwait(false) is null)
            {
                problems.Add((VipChecks.ReturnRoute, $"The {(route.What == "rule" ? "rule" : "route")} '{entry.Set}' is gone: answers do not go back through the director, and clients do not know whom they are from."));
            }
        }

        if (_state.Holders(vip).Any())
        {
            problems.Add((VipChecks.Present, "This host holds the VIP, which with NAT only the director may."));
        }

        interfaceName ??= _records.StoredOf(vip)?.Interface ?? string.Empty;
        return new LvsRealServerVip
        {
            Address = vip,
            PrefixLength = vip.BitLength,
            Interface = interfaceName,
            Forwarding = LvsForwardingMethod.Nat,
            Director = director,
            InterfaceUp = _state.Find(interfaceName) is { IsUp: true },
            Persistence = _records.StoredOf(vip)?.Persistence,
            Findings = problems,
            HostName = _host.Name,
            NetworkNamespace = _host.NetworkNamespace,
        };
    }

    // The MTU of the link on which tunnelled packets arrive: that of the real server's address, or of all that could be meant the smallest.
    private int? LinkMtu(HostInterface tunnel, LvsVipSettings settings)
    {
        LvsAddress? local = settings.RealServerAddress ?? tunnel.Local;
        HostInterface[] links =
        [
            .. _state.Interfaces.Where(each => each is { IsUp: true, IsLoopback: false, IsTunnel: false, IsSilent: false, Mtu: > 0 }
                && each.Addresses.Any(address => local is { } own ? address.Address == own : address.Address.Family == tunnel.OuterFamily && address.Scope == "global")),
        ];
        return links.Length == 0 ? null : links.Min(each => each.Mtu);
    }
}
