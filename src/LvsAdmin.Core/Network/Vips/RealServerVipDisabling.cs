using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Plans to take a VIP from a real server, and to put back what only it needed.</summary>
internal static class RealServerVipDisabling
{
    internal static async ValueTask<LvsVipPlan> PlanAsync(ILvsHost host, LvsAddress vip, CancellationToken cancellationToken)
    {
        RealServerState state = await RealServerState.ReadAsync(host, cancellationToken).ConfigureAwait(false);
        VipRecords records = await VipRecords.ReadAsync(host, cancellationToken).ConfigureAwait(false);
        List<HostChange> changes = [.. await PlanAddressesAsync(host, state, vip, cancellationToken).ConfigureAwait(false)];
        string owner = VipFacts.OwnerOf(vip);
        VipUndo undo = new(host, state);
        Dictionary<string, string[]> heirs = [];
        SortedSet<string> strangers = new(StringComparer.Ordinal);
        foreach (HostMemory.Entry entry in records.Entries.Where(entry => entry.Owners is [var only] && only == owner).Reverse())
        {
            LvsAddress[] relying = [.. Relying(state, records, entry, vip)];
            if (relying.Length > 0)
            {
                heirs.Add(entry.Key, [.. relying.Select(VipFacts.OwnerOf)]);
                strangers.UnionWith(relying.Select(each => $"{each}"));
            }
            else if (await undo.PlanAsync(entry, cancellationToken).ConfigureAwait(false) is { } change)
            {
                changes.Add(change);
            }
        }

        foreach (PersistentVip stored in records.Stored.Where(each => each.Address == vip))
        {
            changes.AddRange(await PersistentVips.PlanRemoveAsync(host, vip, stored.Purpose, cancellationToken).ConfigureAwait(false));
        }

        if (records.Remembered.Contains(owner) || await records.Memory.HasStrayNumberAsync(cancellationToken).ConfigureAwait(false))
        {
            // Also where no address was left to take away: who was killed half-way finishes so.
            changes.Add(records.Memory.Forgetting(owner, heirs));
        }

        return new LvsVipPlan(changes, strangers.Count == 0
            ? []
            : [$"{string.Join(", ", strangers)} on {host.Name} came after {vip}, not by LvsAdmin, and may need what {vip} needed: that stays until {(strangers.Count == 1 ? "it is" : "they are")} disabled too."]);
    }

    private static async ValueTask<IReadOnlyList<HostChange>> PlanAddressesAsync(
        ILvsHost host, RealServerState state, LvsAddress vip, CancellationToken cancellationToken)
    {
        List<HostChange> changes = [];
        foreach ((HostInterface holder, InterfaceAddress held) in state.Holders(vip))
        {
            if (!holder.HoldsAsVip(held))
            {
                throw new LvsHostException(
                    LvsHostError.AddressConflict,
                    $"{held.Address}/{held.PrefixLength} on interface {holder.Name} of {host.Name} is an address of its own, not a VIP, and is left alone.");
            }

            if (vip.Family == LvsAddressFamily.IPv4
                && holder.IsLoopback
                && await VipSteps.HasRouteAsync(host, holder.Name, vip, cancellationToken).ConfigureAwait(false))
            {
                changes.Add(VipSteps.RemoveRoute(host, holder.Name, vip));
            }

            changes.Add(VipSteps.RemoveAddress(host, holder.Name, held));
        }

        return changes;
    }

    // VIPs that somebody added by hand since the change, and that break without it: of the family for a setting of ARP, else those on the interface.
    private static IEnumerable<LvsAddress> Relying(RealServerState state, VipRecords records, HostMemory.Entry entry, LvsAddress vip)
    {
        string? interfaceName = VipSteps.LinkOf(entry.Key) ?? TunnelSteps.DeviceOf(entry.Key) ?? Ipv4Settings.InterfaceOfFilter(entry.Key);
        bool isArp = Ipv4Settings.IsArp(entry.Key);
        return from held in state.Vips()
               let address = held.Address.Address
               where address != vip
                   && !entry.Bystanders.Contains($"{address}")
                   && records.SettingsOf(address) is null
                   && (isArp ? address.Family == LvsAddressFamily.IPv4 : held.Interface.Name == interfaceName)
               select address;
    }
}
