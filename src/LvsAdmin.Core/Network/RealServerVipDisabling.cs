using System.Globalization;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Plans to take a VIP from a real server.</summary>
internal static class RealServerVipDisabling
{
    internal static async ValueTask<IReadOnlyList<HostChange>> PlanAsync(ILvsHost host, LvsAddress vip, CancellationToken cancellationToken)
    {
        RealServerState state = await RealServerState.ReadAsync(host, cancellationToken).ConfigureAwait(false);
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

        if (state.Vips().Any(other => other.Address.Address != vip))
        {
            return changes;
        }

        // Also where no address was left to take away: who was killed half-way finishes so.
        HostMemory memory = await HostMemory.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        (IReadOnlyList<HostMemory.Entry> entries, _) = await memory.ReadAsync(cancellationToken).ConfigureAwait(false);
        foreach (HostMemory.Entry entry in entries.Reverse())
        {
            if (await PlanRestoreAsync(host, state, entry, cancellationToken).ConfigureAwait(false) is { } restore)
            {
                changes.Add(restore);
            }
        }

        changes.AddRange(entries.SelectMany(entry => entry.Owners).Distinct().Select(memory.Forgetting));

        return changes;
    }

    // Null where the value is no longer the one that we set: somebody else has decided since.
    private static async ValueTask<HostChange?> PlanRestoreAsync(
        ILvsHost host, RealServerState state, HostMemory.Entry entry, CancellationToken cancellationToken)
    {
        if (entry.Key.Split(' ') is ["link", var name])
        {
            return state.Find(name) is { IsUp: true } ? VipSteps.SetLink(host, name, up: false) : null;
        }

        if (!Ipv4Settings.TryParsePath(entry.Key, out string interfaceName, out string setting)
            || !int.TryParse(entry.Before, NumberStyles.None, CultureInfo.InvariantCulture, out int before)
            || !int.TryParse(entry.Set, NumberStyles.None, CultureInfo.InvariantCulture, out int set))
        {
            return null;
        }

        return await Ipv4Settings.ReadAsync(host, interfaceName, setting, cancellationToken).ConfigureAwait(false) == set && before != set
            ? Ipv4Settings.Change(host, interfaceName, setting, set, before)
            : null;
    }
}
