using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Reads and changes how a host treats ARP.</summary>
public static class ArpPolicies
{
    /// <summary>Reads the policy of every interface, with <c>all</c> and <c>default</c> first.</summary>
    /// <exception cref="LvsHostException">The host cannot be read.</exception>
    public static async ValueTask<IReadOnlyList<LvsArpPolicy>> GetAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        List<LvsArpPolicy> policies = [];
        (LvsArpIgnore Ignore, LvsArpAnnounce Announce) all = default;
        foreach (string name in await Ipv4Settings.ListAsync(host, cancellationToken).ConfigureAwait(false))
        {
            if (await ReadAsync(host, name, cancellationToken).ConfigureAwait(false) is not { } own)
            {
                // The interface went away since the directory was listed.
                continue;
            }

            all = name == Ipv4Settings.All ? own : all;
            // What holds is asked of an interface; `default` is none, and only a template.
            bool template = name == Ipv4Settings.Default;
            policies.Add(new LvsArpPolicy
            {
                Interface = name,
                Ignore = own.Ignore,
                Announce = own.Announce,
                EffectiveIgnore = template || own.Ignore > all.Ignore ? own.Ignore : all.Ignore,
                EffectiveAnnounce = template || own.Announce > all.Announce ? own.Announce : all.Announce,
                HostName = host.Name,
                NetworkNamespace = host.NetworkNamespace,
            });
        }

        return policies;
    }

    /// <summary>Plans to set levels on interfaces. Changes nothing.</summary>
    /// <param name="host">The host.</param>
    /// <param name="interfaces">Names of interfaces, <c>all</c> and <c>default</c> among them if wanted.</param>
    /// <param name="ignore">The level of arp_ignore; null leaves it.</param>
    /// <param name="announce">The level of arp_announce; null leaves it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What differs; empty when everything is as wanted.</returns>
    /// <exception cref="LvsValidationException">A level is none of the kernel's (InvalidArpLevel).</exception>
    /// <exception cref="LvsHostException">An interface does not exist (InterfaceMissing), or the host cannot be read.</exception>
    public static async ValueTask<IReadOnlyList<HostChange>> PlanSetAsync(
        ILvsHost host, IReadOnlyList<string> interfaces, LvsArpIgnore? ignore, LvsArpAnnounce? announce, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(interfaces);
        RequireDefined(ignore, Ipv4Settings.ArpIgnore, "0, 1, 2, 3 and 8");
        RequireDefined(announce, Ipv4Settings.ArpAnnounce, "0, 1 and 2");
        IReadOnlyList<string> existing = await Ipv4Settings.ListAsync(host, cancellationToken).ConfigureAwait(false);
        List<HostChange> changes = [];
        foreach (string name in interfaces.Distinct(StringComparer.Ordinal))
        {
            // The name becomes a part of a path, so only one that the kernel lists is used.
            if (!existing.Contains(name) || await ReadAsync(host, name, cancellationToken).ConfigureAwait(false) is not { } own)
            {
                throw new LvsHostException(
                    LvsHostError.InterfaceMissing, $"There is no interface '{name}' on {host.Name}. It has: {string.Join(", ", existing)}.");
            }

            if (ignore is { } wantedIgnore && wantedIgnore != own.Ignore)
            {
                changes.Add(Ipv4Settings.Change(host, name, Ipv4Settings.ArpIgnore, (int)own.Ignore, (int)wantedIgnore));
            }

            if (announce is { } wantedAnnounce && wantedAnnounce != own.Announce)
            {
                changes.Add(Ipv4Settings.Change(host, name, Ipv4Settings.ArpAnnounce, (int)own.Announce, (int)wantedAnnounce));
            }
        }

        return changes;
    }

    /// <summary>Plans to put the kernel's defaults back: 0 and 0. Changes nothing.</summary>
    /// <param name="host">The host.</param>
    /// <param name="interfaces">Names of interfaces, <c>all</c> and <c>default</c> among them if wanted.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What differs; empty when everything is as wanted.</returns>
    /// <exception cref="LvsHostException">An interface does not exist (InterfaceMissing), or the host cannot be read.</exception>
    public static ValueTask<IReadOnlyList<HostChange>> PlanResetAsync(
        ILvsHost host, IReadOnlyList<string> interfaces, CancellationToken cancellationToken) =>
        PlanSetAsync(host, interfaces, LvsArpIgnore.AnyLocal, LvsArpAnnounce.AnyLocal, cancellationToken);

    private static async ValueTask<(LvsArpIgnore Ignore, LvsArpAnnounce Announce)?> ReadAsync(
        ILvsHost host, string name, CancellationToken cancellationToken) =>
        await Ipv4Settings.ReadAsync(host, name, Ipv4Settings.ArpIgnore, cancellationToken).ConfigureAwait(false) is { } ignore
        && await Ipv4Settings.ReadAsync(host, name, Ipv4Settings.ArpAnnounce, cancellationToken).ConfigureAwait(false) is { } announce
            ? ((LvsArpIgnore)ignore, (LvsArpAnnounce)announce)
            : null;

    private static void RequireDefined<TLevel>(TLevel? level, string setting, string levels)
        where TLevel : struct, Enum
    {
        if (level is { } given && !Enum.IsDefined(given))
        {
            throw new LvsValidationException("InvalidArpLevel", $"{given:d} is no level of {setting} that means anything to the kernel: it knows {levels}.");
        }
    }
}
