using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Reads, and plans changes of, the virtual IPs that a real server holds for direct routing and tunnelling.</summary>
public static class RealServerVips
{
    /// <summary>Reads the VIPs of a host: addresses on lo and dummies (direct routing) and on tunnels open to any sender (tunnelling), sorted by address.</summary>
    /// <exception cref="LvsHostException">The host cannot be read.</exception>
    public static ValueTask<IReadOnlyList<LvsRealServerVip>> GetAsync(ILvsHost host, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

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
    /// <exception cref="ArgumentException">The address can be no VIP, or the method needs none.</exception>
    /// <exception cref="LvsHostException">
    /// AddressConflict: the address is the host's own, or is there in another way. InterfaceMissing, InterfaceUnsuitable. ModuleNotLoaded comes
    /// when the plan is applied.
    /// </exception>
    public static ValueTask<IReadOnlyList<HostChange>> PlanEnableAsync(
        ILvsHost host, LvsAddress vip, LvsForwardingMethod method, string? interfaceName, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>
    /// Plans to take a VIP away: address and route first; with the last VIP, what enabling the first one changed gets its earlier value back.
    /// Changes nothing.
    /// </summary>
    /// <param name="host">The real server.</param>
    /// <param name="vip">The virtual IP.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What is to be taken away; empty when the host has no such address.</returns>
    /// <exception cref="LvsHostException">AddressConflict: the address is one of the host's own.</exception>
    public static ValueTask<IReadOnlyList<HostChange>> PlanDisableAsync(ILvsHost host, LvsAddress vip, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
