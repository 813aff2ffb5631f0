namespace LvsAdmin.Commands;

/// <summary>What -OnRealServer has collected: for each real server, reached by its own address, what it shall do. They work at once when all are named.</summary>
internal sealed class RealServerQueue
{
    private readonly Dictionary<HostReference, List<VipSelection>> _work = [];

    /// <summary>The real servers.</summary>
    internal IReadOnlyCollection<HostReference> Hosts => _work.Keys;

    /// <summary>The work for one of them, in the order of the input.</summary>
    internal IReadOnlyList<VipSelection> this[HostReference host] => _work[host];

    /// <summary>Adds work.</summary>
    internal void Add(HostReference host, VipSelection chosen)
    {
        if (!_work.TryGetValue(host, out List<VipSelection>? there))
        {
            _work.Add(host, there = []);
        }

        there.Add(chosen);
    }
}
