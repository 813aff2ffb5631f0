using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>
/// What is written down about the VIPs of a host: what was changed for them since the last boot, and what comes back at every boot. Both together tell
/// which VIPs a change is still needed for.
/// </summary>
internal sealed class VipRecords
{
    private VipRecords(HostMemory memory, IReadOnlyList<HostMemory.Entry> entries, IReadOnlyList<HostMemory.Claim> claims, IReadOnlyList<PersistentVip> stored)
    {
        Memory = memory;
        Remembered = [.. claims.Select(claim => claim.Owner).Concat(entries.SelectMany(entry => entry.Owners)).Distinct()];
        Stored = stored;
        Claims = [.. claims, .. stored.Where(vip => claims.All(claim => claim.Owner != OwnerOf(vip))).Select(vip => new HostMemory.Claim(OwnerOf(vip), new Dictionary<string, string>(vip.Facts)))];
        List<HostMemory.Entry> all = [.. entries];
        foreach (PersistentVip vip in stored)
        {
            foreach (HostMemory.Entry undo in vip.Undo)
            {
                int known = all.FindIndex(entry => entry.Key == undo.Key);
                if (known < 0)
                {
                    all.Add(undo with { Owners = [OwnerOf(vip)] });
                }
                else
                {
                    all[known] = all[known] with { Owners = [.. all[known].Owners.Union([OwnerOf(vip)])] };
                }
            }
        }

        Entries = all;
    }

    internal HostMemory Memory { get; }

    /// <summary>The owners that are written down since the last boot.</summary>
    internal IReadOnlyList<string> Remembered { get; }

    /// <summary>The changes, the first one first, with all VIPs that need each.</summary>
    internal IReadOnlyList<HostMemory.Entry> Entries { get; }

    /// <summary>How VIPs were enabled.</summary>
    internal IReadOnlyList<HostMemory.Claim> Claims { get; }

    /// <summary>What comes back at every boot.</summary>
    internal IReadOnlyList<PersistentVip> Stored { get; }

    internal static async ValueTask<VipRecords> ReadAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        HostMemory memory = new(host);
        (IReadOnlyList<HostMemory.Entry> entries, IReadOnlyList<HostMemory.Claim> claims) = await memory.ReadAsync(cancellationToken).ConfigureAwait(false);
        // A director's VIP is no real server's.
        IReadOnlyList<PersistentVip> stored = [.. (await PersistentVips.ReadAsync(host, cancellationToken).ConfigureAwait(false)).Where(vip => vip.Purpose != DirectorVips.Purpose)];
        return new VipRecords(memory, entries, claims, stored);
    }

    /// <summary>How a VIP was enabled; null for one that LvsAdmin did not enable.</summary>
    internal LvsVipSettings? SettingsOf(LvsAddress vip) =>
        Claims.FirstOrDefault(claim => claim.Owner == VipFacts.OwnerOf(vip)) is { } claim ? VipFacts.Read(claim.Facts) : null;

    /// <summary>What comes back at every boot of a VIP.</summary>
    internal PersistentVip? StoredOf(LvsAddress vip) => Stored.FirstOrDefault(each => each.Address == vip);

    private static string OwnerOf(PersistentVip vip) => VipFacts.OwnerOf(vip.Address);
}
