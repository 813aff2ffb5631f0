using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Fleet;

/// <summary>Which directors belong together, and which of them a roll-out may work on at once. By facts alone: names tell nothing.</summary>
internal static class DirectorPairs
{
    /// <summary>
    /// Numbers directors so that those of a pair have the same number: those with a virtual service in common, and those whose sync daemons exchange connections by the same
    /// id, group and port. A sync id of 0 is what nobody has chosen, and tells nothing.
    /// </summary>
    internal static int[] Group(IReadOnlyList<DirectorFacts> directors)
    {
        int[] pairs = [.. Enumerable.Range(0, directors.Count)];
        for (int first = 0; first < directors.Count; first++)
        {
            for (int second = first + 1; second < directors.Count; second++)
            {
                if (pairs[first] != pairs[second] && AreTogether(directors[first], directors[second]))
                {
                    int old = pairs[second];
                    pairs = [.. pairs.Select(pair => pair == old ? pairs[first] : pair)];
                }
            }
        }

        return pairs;
    }

    /// <summary>Whether nothing says that a director serves clients now: it holds no virtual IP of its pair, or has none to hold and only listens.</summary>
    /// <param name="director">The director.</param>
    /// <param name="vips">The virtual IPs of its pair.</param>
    internal static bool IsStandby(DirectorFacts director, IReadOnlySet<LvsAddress> vips) => vips.Count > 0
        ? !director.Addresses.Overlaps(vips)
        : director.Daemons.Count > 0 && director.Daemons.All(daemon => daemon.Role == LvsSyncRole.Backup);

    /// <summary>The next batch: never two of a pair, and an active one only when no standby of its pair is left.</summary>
    /// <param name="remaining">The directors that are left.</param>
    /// <param name="size">The wanted size.</param>
    /// <param name="pairOf">The number of a director's pair.</param>
    /// <param name="isStandby">Whether it is one now.</param>
    /// <param name="hasSubstitute">Whether enough others of its pair can stand in for it.</param>
    internal static IReadOnlyList<T> Next<T>(IReadOnlyList<T> remaining, int size, Func<T, int> pairOf, Predicate<T> isStandby, Predicate<T> hasSubstitute)
    {
        HashSet<int> taken = [];
        List<T> batch = [];
        foreach (T director in remaining)
        {
            if (batch.Count < size
                && (isStandby(director) || !remaining.Any(other => pairOf(other) == pairOf(director) && isStandby(other)))
                && hasSubstitute(director)
                && taken.Add(pairOf(director)))
            {
                batch.Add(director);
            }
        }

        return batch;
    }

    private static bool AreTogether(DirectorFacts first, DirectorFacts second) =>
        first.Services.Keys.Any(second.Services.ContainsKey)
        || first.Daemons.Any(one => one.SyncId != 0 && second.Daemons.Any(other =>
            other.SyncId == one.SyncId && other.MulticastGroup == one.MulticastGroup && other.MulticastPort == one.MulticastPort));
}
