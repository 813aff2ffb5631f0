using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>
/// VIPs that survive a boot. Every plan compares what is on the host with what the whole list asks for: so one that was broken off is finished by the next.
/// Plans change files only, and tell managers of them; the running network has what the files say already, or no longer.
/// </summary>
internal static class PersistentVips
{
    /// <summary>Who manages the host's network, and so brings VIPs back.</summary>
    /// <inheritdoc cref="PersistenceDetection.DetectAsync"/>
    internal static ValueTask<LvsPersistence> DetectAsync(ILvsHost host, string? interfaceName, CancellationToken cancellationToken) =>
        PersistenceDetection.DetectAsync(host, interfaceName, cancellationToken);

    /// <summary>The VIPs that survive a boot, in the order in which they were enabled; none in a network namespace, where nothing does.</summary>
    /// <exception cref="LvsHostException">The list cannot be read, or is broken (BadReply).</exception>
    internal static async ValueTask<IReadOnlyList<PersistentVip>> ReadAsync(ILvsHost host, CancellationToken cancellationToken) =>
        host.NetworkNamespace is null ? (await PersistentStore.ReadAsync(host, cancellationToken).ConfigureAwait(false)).Vips : [];

    /// <summary>Plans to have a VIP survive a boot, as it is described; one with the same address and purpose is replaced.</summary>
    /// <param name="host">The host.</param>
    /// <param name="vip">What has to come back.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The steps; none when it is so already.</returns>
    /// <exception cref="LvsHostException">
    /// It cannot be said in files, or the manager cannot do it (PersistenceNotSupported); it is in a network namespace (PersistenceInNamespace); a file in our
    /// place is not ours (FileNotOurs); our list is broken (BadReply); or the host cannot be read.
    /// </exception>
    internal static async ValueTask<IReadOnlyList<HostChange>> PlanAddAsync(ILvsHost host, PersistentVip vip, CancellationToken cancellationToken)
    {
        PersistenceDetection.RequireOwnNamespace(host);
        if (PersistentVipRules.Trouble(vip) is { } trouble)
        {
            throw new LvsHostException(LvsHostError.PersistenceNotSupported, $"{trouble} It cannot survive a boot of {host.Name}.");
        }

        (IReadOnlyList<PersistentVip> stored, string? text) = await PersistentStore.ReadAsync(host, cancellationToken).ConfigureAwait(false);
        bool isKnown = stored.Any(each => IsSame(each, vip));
        IReadOnlyList<PersistentVip> wanted = isKnown ? [.. stored.Select(each => IsSame(each, vip) ? vip : each)] : [.. stored, vip];
        return await PlanAsync(host, wanted, text, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Plans that a VIP survives no boot any more.</summary>
    /// <param name="host">The host; in a network namespace there is nothing to do.</param>
    /// <param name="vip">The VIP.</param>
    /// <param name="purpose">What it was enabled for; null for all.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The steps; none when it is so already.</returns>
    /// <exception cref="LvsHostException">Our list is broken (BadReply), a file in our place is not ours (FileNotOurs), or the host cannot be read.</exception>
    internal static async ValueTask<IReadOnlyList<HostChange>> PlanRemoveAsync(ILvsHost host, LvsAddress vip, string? purpose, CancellationToken cancellationToken)
    {
        if (host.NetworkNamespace is not null)
        {
            return [];
        }

        (IReadOnlyList<PersistentVip> stored, string? text) = await PersistentStore.ReadAsync(host, cancellationToken).ConfigureAwait(false);
        return await PlanAsync(host, [.. stored.Where(each => each.Address != vip || (purpose is not null && each.Purpose != purpose))], text, cancellationToken)
            .ConfigureAwait(false);
    }

    private static bool IsSame(PersistentVip one, PersistentVip other) => one.Address == other.Address && one.Purpose == other.Purpose;

    private static async ValueTask<IReadOnlyList<HostChange>> PlanAsync(
        ILvsHost host, IReadOnlyList<PersistentVip> wanted, string? storedText, CancellationToken cancellationToken)
    {
        List<HostChange> changes = [];
        string? text = PersistentStore.Write(wanted);
        if (text != storedText)
        {
            changes.Add(text is null ? FileChange.Remove(host, PersistentStore.Path, storedText!) : FileChange.Write(host, PersistentStore.Path, storedText, text));
        }

        PersistentFileSet files = await PersistentFileSet.RenderAsync(host, wanted, cancellationToken).ConfigureAwait(false);
        changes.AddRange(await files.PlanAsync(cancellationToken).ConfigureAwait(false));
        return changes;
    }
}
