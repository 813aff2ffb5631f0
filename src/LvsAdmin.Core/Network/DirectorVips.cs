using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Reads, and plans changes of, the virtual IPs that a director holds: the addresses that its clients send to.</summary>
public static class DirectorVips
{
    /// <summary>What such VIPs are for, in the list of those that survive a boot.</summary>
    internal const string Purpose = "Director";

    /// <summary>Where a host has an address: on each interface that holds it, as it stands.</summary>
    /// <exception cref="LvsHostException">The host cannot be read.</exception>
    public static ValueTask<IReadOnlyList<LvsDirectorVip>> FindAsync(ILvsHost host, LvsAddress vip, CancellationToken cancellationToken) => FindAsync(host, [vip], cancellationToken);

    /// <summary>Where a host has addresses: each on each interface that holds it, in their order.</summary>
    /// <exception cref="LvsHostException">The host cannot be read.</exception>
    public static async ValueTask<IReadOnlyList<LvsDirectorVip>> FindAsync(ILvsHost host, IReadOnlyCollection<LvsAddress> vips, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(vips);
        IReadOnlyList<HostInterface> interfaces = await HostInterface.ReadAsync(host, cancellationToken).ConfigureAwait(false);
        return
        [
            .. from vip in vips.Distinct()
               from each in interfaces
               from held in each.Addresses
               where held.Address == vip
               select new LvsDirectorVip
               {
                   Address = vip,
                   PrefixLength = held.PrefixLength,
                   Interface = each.Name,
                   MacAddress = each.MacAddress,
                   InterfaceUp = each.IsUp,
                   IsDeprecated = held.IsDeprecated,
                   HostName = host.Name,
                   NetworkNamespace = host.NetworkNamespace,
               },
        ];
    }

    /// <summary>
    /// Plans to give a director a VIP: the address on its interface, and then an announcement, so that neighbours and switches learn it at once. Asks the
    /// link first whether another host has the address, which takes two seconds where none has. Changes nothing.
    /// </summary>
    /// <param name="host">The director.</param>
    /// <param name="vip">The virtual IP.</param>
    /// <param name="settings">How it shall be held.</param>
    /// <param name="cancellationToken">Ends the reading and the asking.</param>
    /// <returns>What is missing; no steps when the director has the VIP already.</returns>
    /// <exception cref="LvsValidationException">The address can be no VIP (InvalidVip), or the length no prefix of it (InvalidPrefixLength).</exception>
    /// <exception cref="LvsHostException">
    /// AddressInUse: another host answers for it. AddressConflict: this host has it in another way. InterfaceMissing: there is no such interface, or none on
    /// the VIP's link. InterfaceUnsuitable: it is down, or has no IPv6. AccessDenied: other rights are needed. PersistenceNotSupported,
    /// PersistenceInNamespace: it cannot survive a boot.
    /// </exception>
    public static async ValueTask<LvsVipPlan> PlanEnableAsync(
        ILvsHost host, LvsAddress vip, LvsDirectorVipSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(settings);
        LvsVipSettings.RequireVip(vip);
        return settings.PrefixLength < 1 || settings.PrefixLength > vip.BitLength
            ? throw new LvsValidationException("InvalidPrefixLength", $"A prefix of {vip} has 1 to {vip.BitLength} bits, not {settings.PrefixLength}.")
            : await DirectorVipEnabling.PlanAsync(host, vip, settings, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Plans to take a VIP from a director. Changes nothing. An address that <see cref="PlanEnableAsync"/> did not add is taken away too, by hand or at boot
    /// as it may have come, where it is /32 or /128 and its interface has other addresses of the family; else it is the host's own.
    /// </summary>
    /// <param name="host">The director.</param>
    /// <param name="vip">The virtual IP.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What is to be taken away; empty when the host has no such address and nothing is left to be put back.</returns>
    /// <exception cref="LvsValidationException">The address can be no VIP (InvalidVip).</exception>
    /// <exception cref="LvsHostException">AddressConflict: the address is the host's own, or its VIP as a real server.</exception>
    public static async ValueTask<IReadOnlyList<HostChange>> PlanDisableAsync(ILvsHost host, LvsAddress vip, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        LvsVipSettings.RequireVip(vip);
        return await DirectorVipDisabling.PlanAsync(host, vip, cancellationToken).ConfigureAwait(false);
    }
}
