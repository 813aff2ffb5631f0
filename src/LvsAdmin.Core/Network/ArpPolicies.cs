using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Network;

/// <summary>Reads and changes how a host treats ARP.</summary>
public static class ArpPolicies
{
    /// <summary>Reads the policy of every interface, with <c>all</c> and <c>default</c> first.</summary>
    /// <exception cref="LvsHostException">The host cannot be read.</exception>
    public static ValueTask<IReadOnlyList<LvsArpPolicy>> GetAsync(ILvsHost host, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Plans to set levels on interfaces. Changes nothing.</summary>
    /// <param name="host">The host.</param>
    /// <param name="interfaces">Names of interfaces, <c>all</c> and <c>default</c> among them if wanted.</param>
    /// <param name="ignore">The level of arp_ignore; null leaves it.</param>
    /// <param name="announce">The level of arp_announce; null leaves it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What differs; empty when everything is as wanted.</returns>
    /// <exception cref="LvsHostException">An interface does not exist (InterfaceMissing), a level is none of the kernel's (ValueRefused), or the host cannot be read.</exception>
    public static ValueTask<IReadOnlyList<HostChange>> PlanSetAsync(
        ILvsHost host, IReadOnlyList<string> interfaces, LvsArpIgnore? ignore, LvsArpAnnounce? announce, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Plans to put the kernel's defaults back: 0 and 0. Changes nothing.</summary>
    /// <param name="host">The host.</param>
    /// <param name="interfaces">Names of interfaces, <c>all</c> and <c>default</c> among them if wanted.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What differs; empty when everything is as wanted.</returns>
    /// <exception cref="LvsHostException">An interface does not exist (InterfaceMissing), or the host cannot be read.</exception>
    public static ValueTask<IReadOnlyList<HostChange>> PlanResetAsync(
        ILvsHost host, IReadOnlyList<string> interfaces, CancellationToken cancellationToken) =>
        PlanSetAsync(host, interfaces, LvsArpIgnore.AnyLocal, LvsArpAnnounce.AnyLocal, cancellationToken);
}
