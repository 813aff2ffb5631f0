using System.Globalization;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>
/// How a host remembers the VIPs that it was given as a director. One owner holds the address for as long as it is enabled; a second one stands for its
/// announcement, with the settings that were changed just for that: found later, it tells of an enabling that was killed half-way.
/// </summary>
internal sealed class DirectorVipMemory
{
    private const string AddressWord = "address";

    private readonly ILvsHost _host;
    private readonly LvsAddress _vip;
    private readonly IReadOnlyList<HostMemory.Entry> _entries;

    private DirectorVipMemory(ILvsHost host, LvsAddress vip, HostMemory memory, IReadOnlyList<HostMemory.Entry> entries)
    {
        _host = host;
        _vip = vip;
        _entries = entries;
        Memory = memory;
    }

    internal HostMemory Memory { get; }

    /// <summary>Whether enabling was begun and its announcement is not known to have been made.</summary>
    internal bool IsUnannounced => _entries.Any(entry => entry.Owners.Contains(Announcing));

    /// <summary>Whether anything of the VIP is remembered.</summary>
    internal bool IsKnown => _entries.Any(entry => entry.Owners.Contains(Owner));

    private string Owner => $"director-vip {_vip}";

    private string Announcing => $"director-vip-announcing {_vip}";

    internal static async ValueTask<DirectorVipMemory> OpenAsync(ILvsHost host, LvsAddress vip, CancellationToken cancellationToken)
    {
        HostMemory memory = new(host);
        (IReadOnlyList<HostMemory.Entry> entries, _) = await memory.ReadAsync(cancellationToken).ConfigureAwait(false);
        return new DirectorVipMemory(host, vip, memory, entries);
    }

    /// <summary>Whether the address was added by us.</summary>
    internal bool Added(string interfaceName, InterfaceAddress address) =>
        _entries.Any(entry => entry.Key == KeyOf(interfaceName, address) && entry.Owners.Contains(Owner));

    /// <summary>The same step, with the address remembered as ours, and as one that has yet to be announced.</summary>
    internal HostChange RememberingAddress(HostChange change, string interfaceName, InterfaceAddress address, bool isAnnounced)
    {
        HostChange remembering = Memory.Remembering(change, KeyOf(interfaceName, address), Owner);
        return isAnnounced ? Memory.Remembering(remembering, $"announcement {_vip}", Announcing) : remembering;
    }

    /// <summary>The same step, which changes a setting only until the announcement is made.</summary>
    internal HostChange RememberingSetting(HostChange change, string path) => Memory.Remembering(change, path, Announcing);

    /// <summary>The same step, after which the announcement is made and nothing of it is remembered.</summary>
    internal HostChange Announced(HostChange change)
    {
        HostChange forgetting = Memory.Forgetting(Announcing);
        return new HostChange(
            change.Target,
            change.Property,
            change.OldValue,
            change.NewValue,
            async stop =>
            {
                await change.Apply(stop).ConfigureAwait(false);
                await forgetting.Apply(stop).ConfigureAwait(false);
            },
            async stop =>
            {
                await forgetting.Undo(stop).ConfigureAwait(false);
                await change.Undo(stop).ConfigureAwait(false);
            });
    }

    /// <summary>The settings that an announcement changed which was never finished, as far as they still have that value.</summary>
    internal async ValueTask<IReadOnlyList<Leftover>> FindLeftoversAsync(CancellationToken cancellationToken)
    {
        List<Leftover> found = [];
        foreach (HostMemory.Entry entry in _entries.Where(entry => entry.Owners is [var only] && only == Announcing))
        {
            if (entry.Key.Split('/') is [.., var interfaceName, (Ipv6Settings.AcceptDad or Ipv6Settings.NeighbourNotify) and var setting]
                && entry.Numbers() is var (before, set)
                && await Ipv6Settings.ReadAsync(_host, interfaceName, setting, cancellationToken).ConfigureAwait(false) == set)
            {
                found.Add(new Leftover(interfaceName, setting, before, Ipv6Settings.Change(_host, interfaceName, setting, set, before)));
            }
        }

        return found;
    }

    /// <summary>The steps that forget the VIP; last of all.</summary>
    internal async ValueTask<IReadOnlyList<HostChange>> PlanForgetAsync(CancellationToken cancellationToken)
    {
        List<HostChange> changes = [];
        if (IsUnannounced)
        {
            changes.Add(Memory.Forgetting(Announcing));
        }

        if (IsKnown || await Memory.HasStrayNumberAsync(cancellationToken).ConfigureAwait(false))
        {
            changes.Add(Memory.Forgetting(Owner));
        }

        return changes;
    }

    private static string KeyOf(string interfaceName, InterfaceAddress address) =>
        string.Create(CultureInfo.InvariantCulture, $"{AddressWord} {interfaceName} {address.Address}/{address.PrefixLength}");

    /// <summary>A setting that an unfinished announcement left changed.</summary>
    /// <param name="Interface">Of which interface.</param>
    /// <param name="Setting">Which one.</param>
    /// <param name="Before">The value that it has to get back.</param>
    /// <param name="Restoring">The step that puts it back.</param>
    internal sealed record Leftover(string Interface, string Setting, int Before, HostChange Restoring);
}
