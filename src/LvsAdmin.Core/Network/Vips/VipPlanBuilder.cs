using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>
/// Collects what enabling one VIP takes: the steps, which of them have to be remembered for the way back, what the VIP needs of earlier changes, and what has to
/// come back after a boot.
/// </summary>
internal sealed class VipPlanBuilder
{
    private readonly HostMemory _memory;
    private readonly IReadOnlyList<HostMemory.Entry> _known;
    private readonly List<HostChange> _changes = [];
    private readonly List<HostMemory.Entry> _needed = [];
    private readonly List<HostMemory.Entry> _made = [];
    private readonly Dictionary<string, int> _settings = new(StringComparer.Ordinal);

    internal VipPlanBuilder(ILvsHost host, LvsAddress vip, RealServerState state, HostMemory memory, IReadOnlyList<HostMemory.Entry> known)
    {
        Host = host;
        Vip = vip;
        State = state;
        _memory = memory;
        _known = known;
    }

    internal ILvsHost Host { get; }

    internal LvsAddress Vip { get; }

    internal RealServerState State { get; }

    /// <summary>What has to come back after a boot, as far as it is known.</summary>
    internal PersistentVip? Persistent { get; set; }

    private string Owner => VipFacts.OwnerOf(Vip);

    /// <summary>Adds a step that needs no remembering: it is undone because the VIP is, or not at all.</summary>
    internal void Add(HostChange change) => _changes.Add(change);

    /// <summary>Adds a step that disabling the VIP undoes, unless another VIP needs it too.</summary>
    /// <param name="change">The step.</param>
    /// <param name="key">What it changes, as it is remembered.</param>
    /// <param name="bystanders">Addresses that get on without it.</param>
    internal void AddRemembered(HostChange change, string key, IReadOnlyList<string>? bystanders = null)
    {
        _changes.Add(_memory.Remembering(change, key, Owner, bystanders));
        _made.Add(new HostMemory.Entry(key, change.OldValue ?? string.Empty, change.NewValue ?? string.Empty) { Owners = [Owner], Bystanders = [.. bystanders ?? []] });
    }

    /// <summary>Says that the VIP needs something which is as it should be: if an earlier change made it so, that one is not undone before this VIP is disabled.</summary>
    internal void Rely(string key)
    {
        if (_known.FirstOrDefault(entry => entry.Key == key) is { } entry)
        {
            _needed.Add(entry);
        }
    }

    /// <summary>Asks for a number in a file under /proc/sys.</summary>
    /// <param name="path">The file.</param>
    /// <param name="current">What it holds now.</param>
    /// <param name="wanted">What it shall hold.</param>
    /// <param name="bystanders">Addresses that get on without it.</param>
    internal void Want(string path, int current, int wanted, IReadOnlyList<string>? bystanders = null)
    {
        _settings[path[KernelSetting.Root.Length..]] = wanted;
        if (current == wanted)
        {
            Rely(path);
        }
        else
        {
            AddRemembered(KernelSetting.Change(Host, path, current, wanted), path, bystanders);
        }
    }

    /// <summary>The steps; a note of how the VIP is enabled comes first, so that whoever is killed half-way can be undone.</summary>
    internal IReadOnlyList<HostChange> Build(LvsVipSettings settings)
    {
        bool isNew = _needed.Any(entry => !entry.Owners.Contains(Owner));
        return _changes.Count == 0 && !isNew
            ? []
            : [_memory.Claiming(new HostMemory.Claim(Owner, VipFacts.Write(settings)), _needed), .. _changes];
    }

    /// <summary>What has to come back after a boot, and how to undo it then.</summary>
    /// <param name="settings">How the VIP is enabled.</param>
    /// <param name="earlier">The record of an earlier time; what it knows of the way back is kept.</param>
    internal PersistentVip BuildPersistent(LvsVipSettings settings, PersistentVip? earlier)
    {
        IEnumerable<HostMemory.Entry> known = _made.Concat(_needed.Select(entry => entry with { Owners = [Owner] }));
        HostMemory.Entry[] kept = [.. (earlier?.Undo ?? []).Where(entry => !_made.Any(each => each.Key == entry.Key))];
        return Persistent! with
        {
            Settings = _settings,
            Facts = VipFacts.Write(settings),
            Undo = [.. kept, .. known.Where(entry => kept.All(each => each.Key != entry.Key)).DistinctBy(entry => entry.Key)],
        };
    }

}
