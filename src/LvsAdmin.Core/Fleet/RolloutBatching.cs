namespace LvsAdmin.Core.Fleet;

/// <summary>Decides which hosts a roll-out works on at once.</summary>
internal static class RolloutBatching
{
    /// <summary>The wanted size of a batch.</summary>
    /// <param name="sizes">The sizes one after the other, of which the last repeats.</param>
    /// <param name="batch">The batch, from 0.</param>
    /// <param name="total">Of how many hosts shares are meant.</param>
    /// <returns>At least 1.</returns>
    internal static int SizeOf(IReadOnlyList<RolloutQuantity> sizes, int batch, int total) => Math.Max(1, sizes[Math.Min(batch, sizes.Count - 1)].AtMost(total));

    /// <summary>The next batch: hosts in their order, without those by which a service would have less than its minimum.</summary>
    /// <param name="remaining">The hosts that are left.</param>
    /// <param name="size">The wanted size.</param>
    /// <param name="pools">The services as they are now.</param>
    /// <returns>The batch: smaller than wanted where minimums want it, and empty where they let nothing through.</returns>
    internal static IReadOnlyList<LvsRolloutTarget> Next(IReadOnlyList<LvsRolloutTarget> remaining, int size, IReadOnlyList<RolloutPool> pools)
    {
        int[] capacity = [.. pools.Select(pool => pool.Capacity)];
        List<LvsRolloutTarget> batch = [];
        foreach (LvsRolloutTarget target in remaining)
        {
            if (batch.Count == size)
            {
                break;
            }

            int[] left = [.. pools.Select((pool, index) => capacity[index] - pool.CostOf(target))];
            if (left.All(count => count >= 0))
            {
                capacity = left;
                batch.Add(target);
            }
        }

        return batch;
    }

    /// <summary>All batches, if every host comes back.</summary>
    /// <param name="targets">The hosts.</param>
    /// <param name="sizes">The sizes one after the other, of which the last repeats.</param>
    /// <param name="done">How many batches there were before.</param>
    /// <param name="total">Of how many hosts shares are meant.</param>
    /// <param name="next">Chooses the next batch of those that remain, of the wanted size.</param>
    /// <returns>The batches, and the hosts that are never let through.</returns>
    internal static (IReadOnlyList<IReadOnlyList<LvsRolloutTarget>> Batches, IReadOnlyList<LvsRolloutTarget> Refused) Plan(
        IReadOnlyList<LvsRolloutTarget> targets, IReadOnlyList<RolloutQuantity> sizes, int done, int total,
        Func<IReadOnlyList<LvsRolloutTarget>, int, IReadOnlyList<LvsRolloutTarget>> next)
    {
        List<IReadOnlyList<LvsRolloutTarget>> batches = [];
        List<LvsRolloutTarget> remaining = [.. targets];
        while (remaining.Count > 0 && next(remaining, SizeOf(sizes, done + batches.Count, total)) is { Count: > 0 } batch)
        {
            batches.Add(batch);
            remaining.RemoveAll(batch.Contains);
        }

        return (batches, remaining);
    }

    /// <summary>The service that does not let a host go; null when all do.</summary>
    internal static RolloutPool? ObstacleOf(LvsRolloutTarget target, IReadOnlyList<RolloutPool> pools) => pools.FirstOrDefault(pool => pool.CostOf(target) > pool.Capacity);
}
