using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Reads, and plans changes of, the virtual IPs that a real server holds for direct routing and tunnelling.</summary>
public static class RealServerVips
{
    private const int StrictFilter = 1;

    /// <summary>
    /// Reads the VIPs of a host, sorted by address: on lo and dummies those for direct routing, on tunnels those for tunnelling. On a tunnel to one
    /// certain host, only addresses of host length count: others are the tunnel's own.
    /// </summary>
    /// <exception cref="LvsHostException">The host cannot be read.</exception>
    public static async ValueTask<IReadOnlyList<LvsRealServerVip>> GetAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        RealServerState state = await RealServerState.ReadAsync(host, cancellationToken).ConfigureAwait(false);
        return [.. state.Vips().Select(held => Observe(host, state, held.Interface, held.Address)).OrderBy(vip => vip.Address)];
    }

    /// <summary>
    /// Plans what lets a real server accept a VIP: ARP policy first, so that the VIP is never answered for, then what the method needs.
    /// Changes nothing.
    /// </summary>
    /// <param name="host">The real server.</param>
    /// <param name="vip">The virtual IP.</param>
    /// <param name="method"><see cref="LvsForwardingMethod.DirectRouting"/> or <see cref="LvsForwardingMethod.Tunnel"/>.</param>
    /// <param name="interfaceName">The interface to hold it; null for lo, or for tunl0 (IPv4) and ip6tnl0 (IPv6).</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What is missing; empty when the VIP is enabled already.</returns>
    /// <exception cref="LvsValidationException">The address can be no VIP (InvalidVip), or the method needs none (InvalidVipForwarding).</exception>
    /// <exception cref="LvsHostException">
    /// AddressConflict: the address is the host's own, or is there in another way. InterfaceMissing, InterfaceUnsuitable. ModuleNotLoaded comes
    /// when the plan is applied.
    /// </exception>
    public static async ValueTask<IReadOnlyList<HostChange>> PlanEnableAsync(
        ILvsHost host, LvsAddress vip, LvsForwardingMethod method, string? interfaceName, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        RequireVip(vip);
        if (method is not (LvsForwardingMethod.DirectRouting or LvsForwardingMethod.Tunnel))
        {
            throw new LvsValidationException(
                "InvalidVipForwarding", $"A real server holds no VIP for {method}: only DirectRouting and Tunnel deliver packets that still carry the VIP.");
        }

        return await RealServerVipEnabling.PlanAsync(host, vip, method, interfaceName, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Plans to take a VIP away: route and address first; with the last VIP, what enabling changed gets its earlier value back, unless it was changed
    /// by others since. Whatever else is a VIP to <see cref="GetAsync"/> counts, a router's address on lo too: the policy then stays. Changes nothing.
    /// </summary>
    /// <param name="host">The real server.</param>
    /// <param name="vip">The virtual IP.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What is to be taken away; empty when the host has no such address and nothing is left to be put back.</returns>
    /// <exception cref="LvsValidationException">The address can be no VIP (InvalidVip).</exception>
    /// <exception cref="LvsHostException">AddressConflict: the address is one of the host's own.</exception>
    public static async ValueTask<IReadOnlyList<HostChange>> PlanDisableAsync(ILvsHost host, LvsAddress vip, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        RequireVip(vip);
        return await RealServerVipDisabling.PlanAsync(host, vip, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Refuses addresses that can be no virtual IP.</summary>
    internal static void RequireVip(LvsAddress vip)
    {
        string? what = vip switch
        {
            { Family: 0 } or { IsUnspecified: true } => "names no host",
            { IsMulticast: true } => "is a multicast address",
            { IsBroadcast: true } => "is the broadcast address",
            { IsLinkLocalV6: true } => "is link-local",
            _ => HostInterface.IsLoopbackAddress(vip) ? "is every host's own" : null,
        };
        if (what is not null)
        {
            throw new LvsValidationException("InvalidVip", $"{vip} {what} and can be no virtual IP: a VIP is a unicast address that clients reach.");
        }
    }

    private static LvsRealServerVip Observe(ILvsHost host, RealServerState state, HostInterface holder, InterfaceAddress address)
    {
        bool isV4 = address.Address.Family == LvsAddressFamily.IPv4;
        int? filter = isV4 && holder.IsTunnel ? state.EffectiveFilter(holder.Name) : null;
        List<string> problems = [];
        if (!address.IsHostPrefix)
        {
            problems.Add(
                $"The prefix is /{address.PrefixLength} instead of /{address.Address.BitLength}: on {holder.Name} it makes this host believe that the whole network is its own.");
        }

        if (!holder.IsUp)
        {
            problems.Add($"Interface {holder.Name} is down: packets for the VIP are not accepted.");
        }

        if (isV4)
        {
            problems.AddRange(state.ArpProblems(address));
        }

        if (filter == StrictFilter)
        {
            problems.Add(
                $"The effective rp_filter of {holder.Name} is 1 (strict): packets out of the tunnel are dropped, for the way back to their clients is another. Set it to 2.");
        }

        return new LvsRealServerVip
        {
            Address = address.Address,
            PrefixLength = address.PrefixLength,
            Interface = holder.Name,
            Label = address.Label == holder.Name ? null : address.Label,
            Forwarding = holder.IsTunnel ? LvsForwardingMethod.Tunnel : LvsForwardingMethod.DirectRouting,
            ArpIgnore = isV4 ? state.WeakestIgnore : null,
            ArpAnnounce = isV4 ? state.WeakestAnnounce : null,
            InterfaceUp = holder.IsUp,
            ReversePathFilter = filter,
            Problems = problems,
            HostName = host.Name,
            NetworkNamespace = host.NetworkNamespace,
        };
    }
}
