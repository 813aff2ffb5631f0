using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Reads, and plans changes of, the virtual IPs that a director holds: the addresses that its clients send to.</summary>
public static class DirectorVips
{
    /// <summary>Where a host has an address: on each interface that holds it, as it stands.</summary>
    /// <exception cref="LvsHostException">The host cannot be read.</exception>
    public static async ValueTask<IReadOnlyList<LvsDirectorVip>> FindAsync(ILvsHost host, LvsAddress vip, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        IReadOnlyList<HostInterface> interfaces = await HostInterface.ReadAsync(host, cancellationToken).ConfigureAwait(false);
        return
        [
            .. from each in interfaces
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
    /// <param name="interfaceName">The interface to hold it; null for the one on whose link the VIP lies.</param>
    /// <param name="prefixLength">The length of the prefix in bits; null for 32 or 128: this address alone.</param>
    /// <param name="takeOver">Whether to go on when another host answers for the address.</param>
    /// <param name="cancellationToken">Ends the reading and the asking.</param>
    /// <returns>What is missing; no steps when the director has the VIP already.</returns>
    /// <exception cref="LvsValidationException">The address can be no VIP (InvalidVip), or the length no prefix of it (InvalidPrefixLength).</exception>
    /// <exception cref="LvsHostException">
    /// AddressInUse: another host answers for it. AddressConflict: this host has it in another way. InterfaceMissing: there is no such interface, or none on
    /// the VIP's link. InterfaceUnsuitable: it is down, or has no IPv6. AccessDenied: other rights are needed.
    /// </exception>
    public static async ValueTask<LvsVipPlan> PlanEnableAsync(
        ILvsHost host, LvsAddress vip, string? interfaceName, int? prefixLength, bool takeOver, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        LvsVipSettings.RequireVip(vip);
        return prefixLength < 1 || prefixLength > vip.BitLength
            ? throw new LvsValidationException("InvalidPrefixLength", $"A prefix of {vip} has 1 to {vip.BitLength} bits, not {prefixLength}.")
            : await DirectorVipEnabling.PlanAsync(host, vip, interfaceName, prefixLength ?? vip.BitLength, takeOver, cancellationToken).ConfigureAwait(false);
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
