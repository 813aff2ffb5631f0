using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Reads, and plans changes of, how a real server serves virtual IPs: for direct routing and tunnelling it holds them, for NAT it answers through the director.</summary>
public static class RealServerVips
{
    /// <summary>
    /// Reads the VIPs of a host, sorted by address: on lo and dummies those for direct routing, on tunnels those for tunnelling, and those that are known to be
    /// served by NAT. On a tunnel to one certain host, only addresses of host length count: others are the tunnel's own.
    /// </summary>
    /// <exception cref="LvsHostException">The host cannot be read.</exception>
    public static async ValueTask<IReadOnlyList<LvsRealServerVip>> GetAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        RealServerState state = await RealServerState.ReadAsync(host, cancellationToken).ConfigureAwait(false);
        return await VipObservation.ReadAsync(host, state, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads all addresses that a host holds, but those that every host has for itself.</summary>
    /// <exception cref="LvsHostException">The host cannot be read.</exception>
    public static async ValueTask<IReadOnlySet<LvsAddress>> GetOwnAddressesAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        IReadOnlyList<HostInterface> interfaces = await HostInterface.ReadAsync(host, cancellationToken).ConfigureAwait(false);
        return (from each in interfaces
                from held in each.Addresses
                where !HostInterface.IsLoopbackAddress(held.Address)
                select held.Address).ToHashSet();
    }

    /// <summary>
    /// Plans what lets a real server serve a VIP: for one that it will hold, ARP policy first, so that the VIP is never answered for, then what the method
    /// needs, then the VIP. Changes nothing.
    /// </summary>
    /// <param name="host">The real server.</param>
    /// <param name="vip">The virtual IP.</param>
    /// <param name="settings">How it is served.</param>
    /// <param name="persistent">Whether it shall come back after a boot.</param>
    /// <param name="method">Who brings it back; null for who manages the host's network.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What is missing; without changes when the VIP is enabled already.</returns>
    /// <exception cref="LvsValidationException">The address can be no VIP, or settings contradict each other.</exception>
    /// <exception cref="LvsHostException">
    /// AddressConflict: the address is the host's own, or is there in another way. InterfaceMissing, InterfaceUnsuitable. RealServerAddressUnclear,
    /// DirectorNotOnLink, PortInUse. PersistenceInNamespace, PersistenceNotSupported, FileNotOurs. ModuleNotLoaded and AccessDenied come when the plan is applied.
    /// </exception>
    public static async ValueTask<LvsVipPlan> PlanEnableAsync(
        ILvsHost host, LvsAddress vip, LvsVipSettings settings, bool persistent, LvsPersistence? method, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(settings);
        settings.Check(vip);
        RealServerState state = await RealServerState.ReadAsync(host, cancellationToken).ConfigureAwait(false);
        VipRecords records = await VipRecords.ReadAsync(host, cancellationToken).ConfigureAwait(false);
        VipPlanBuilder plan = new(host, vip, state, records.Memory, records.Entries);
        await RealServerVipEnabling.PlanAsync(plan, settings, cancellationToken).ConfigureAwait(false);
        List<HostChange> changes = [.. plan.Build(settings)];
        if (persistent)
        {
            PersistentVip record = plan.BuildPersistent(settings, records.StoredOf(vip));
            LvsPersistence by = method ?? await PersistentVips.DetectAsync(host, record.Interface, cancellationToken).ConfigureAwait(false);
            changes.AddRange(await PersistentVips.PlanAddAsync(host, record with { Persistence = by }, cancellationToken).ConfigureAwait(false));
        }

        return new LvsVipPlan(changes, []);
    }

    /// <summary>
    /// Plans to take a VIP away: route and address first; then what enabling it changed, and no other VIP needs, gets its earlier value back, unless it was
    /// changed by others since. Changes nothing.
    /// </summary>
    /// <param name="host">The real server.</param>
    /// <param name="vip">The virtual IP.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What is to be taken away, and what stays; without changes when the host has no such VIP and nothing is left to be put back.</returns>
    /// <exception cref="LvsValidationException">The address can be no VIP (InvalidVip).</exception>
    /// <exception cref="LvsHostException">AddressConflict: the address is one of the host's own.</exception>
    public static async ValueTask<LvsVipPlan> PlanDisableAsync(ILvsHost host, LvsAddress vip, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        new LvsVipSettings().Check(vip);
        return await RealServerVipDisabling.PlanAsync(host, vip, cancellationToken).ConfigureAwait(false);
    }
}
