using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Plans to take a VIP from a director.</summary>
internal static class DirectorVipDisabling
{
    internal static async ValueTask<IReadOnlyList<HostChange>> PlanAsync(ILvsHost host, LvsAddress vip, CancellationToken cancellationToken)
    {
        IReadOnlyList<HostInterface> interfaces = await HostInterface.ReadAsync(host, cancellationToken).ConfigureAwait(false);
        DirectorVipMemory memory = await DirectorVipMemory.OpenAsync(host, vip, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<PersistentVip> persistent = await PersistentVips.ReadAsync(host, cancellationToken).ConfigureAwait(false);
        List<HostChange> changes = [.. (await memory.FindLeftoversAsync(cancellationToken).ConfigureAwait(false)).Select(each => each.Restoring)];
        foreach ((HostInterface holder, InterfaceAddress held) in HostInterface.Holders(interfaces, vip))
        {
            if (!memory.Added(holder.Name, held) && !persistent.Any(each => each.Address == vip && each.Purpose == DirectorVips.Purpose && each.Interface == holder.Name))
            {
                RequireVip(host, holder, held, memory.IsKnown);
            }

            // A label that is the interface's name is what the kernel gives by itself.
            changes.Add(VipSteps.RemoveAddress(host, holder.Name, held.Label == holder.Name ? held with { Label = null } : held));
        }

        changes.AddRange(await PersistentVips.PlanRemoveAsync(host, vip, DirectorVips.Purpose, cancellationToken).ConfigureAwait(false));
        changes.AddRange(await memory.PlanForgetAsync(cancellationToken).ConfigureAwait(false));
        return changes;
    }

    // What Enable did not add may have been added by hand or at boot; then it has to look like a VIP, and the host must be able to do without it.
    private static void RequireVip(ILvsHost host, HostInterface holder, InterfaceAddress held, bool isOtherKnown)
    {
        string where = $"{held.Address}/{held.PrefixLength} on interface {holder.Name} of {host.Name}";
        string? refusal = held switch
        {
            _ when holder.HoldsAsVip(held) => $"{where} is a VIP that the host holds as a real server: Disable-LvsRealServerVip {held.Address} takes it away.",
            { IsHostPrefix: false } => $"{where} is an address of its own, not a VIP that was enabled, and is left alone.",
            _ when isOtherKnown => $"{where} is not where the VIP was enabled, and is left alone.",
            _ when !holder.Addresses.Any(other => other != held && other.Address.Family == held.Address.Family && other.Scope == "global") =>
                $"{where} is the only address there, so it is the host's own rather than a VIP, and is left alone. To remove it all the same: ip address delete {held.Address}/{held.PrefixLength} dev {holder.Name}.",
            _ => null,
        };
        if (refusal is not null)
        {
            throw new LvsHostException(LvsHostError.AddressConflict, refusal);
        }
    }
}
