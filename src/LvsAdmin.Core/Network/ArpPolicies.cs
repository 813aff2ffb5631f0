using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Reads and changes how a host treats ARP.</summary>
public static class ArpPolicies
{
    private const string NeededByVips = "Virtual IPs that are kept over a boot need that line: it goes with the last of them (Disable-LvsRealServerVip).";

    /// <summary>Reads the policy of every interface, with <c>all</c> and <c>default</c> first, and what the next boot makes of them.</summary>
    /// <param name="host">The host.</param>
    /// <param name="warnings">Takes what could not be read of the files, in sentences; null when nobody wants to know.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="LvsHostException">The host cannot be read.</exception>
    public static async ValueTask<IReadOnlyList<LvsArpPolicy>> GetAsync(ILvsHost host, ICollection<string>? warnings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (host.NetworkNamespace is not null)
        {
            // The files are for the namespace that the boot makes.
            return await GetLiveAsync(host, cancellationToken).ConfigureAwait(false);
        }

        // In two steps, for over a network each is a round trip: what there is to be read, and then all of it.
        Task<IReadOnlyList<string>> listing = Ipv4Settings.ListAsync(host, cancellationToken).AsTask();
        Task<SysctlFiles.Listing> finding = SysctlFiles.ListAsync(host, cancellationToken).AsTask();
        await Task.WhenAll(listing, finding).ConfigureAwait(false);
        IReadOnlyList<string> names = await listing.ConfigureAwait(false);
        SysctlFiles.Listing found = await finding.ConfigureAwait(false);
        string[] live = PathsOf(names);
        IReadOnlyList<HostFileText> read = await host.ReadFilesAsync([.. live, .. found.Paths], cancellationToken).ConfigureAwait(false);
        IReadOnlyList<LvsArpPolicy> policies = PoliciesOf(host, names, LevelsOf(host, read.Take(live.Length)));
        SysctlFiles files = SysctlFiles.From(found, read.Skip(live.Length));
        if (files.Unreadable.Count > 0)
        {
            warnings?.Add($"This user may not read {string.Join(", ", files.Unreadable)} on {host.Name}: what is set there at boot is not shown. Run as root to see it.");
        }

        return [.. policies.Select(policy =>
        {
            SysctlAssignment? ignore = files.Find(KeyOf(policy.Interface, Ipv4Settings.ArpIgnore));
            SysctlAssignment? announce = files.Find(KeyOf(policy.Interface, Ipv4Settings.ArpAnnounce));
            return policy with
            {
                PersistentIgnore = (LvsArpIgnore?)ignore?.Number,
                PersistentIgnoreSource = ignore?.Source,
                PersistentAnnounce = (LvsArpAnnounce?)announce?.Number,
                PersistentAnnounceSource = announce?.Source,
            };
        })];
    }

    /// <summary>The names of what has a policy: <c>all</c>, <c>default</c>, and the interfaces.</summary>
    /// <exception cref="LvsHostException">The host cannot be read.</exception>
    public static ValueTask<IReadOnlyList<string>> ListAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        return Ipv4Settings.ListAsync(host, cancellationToken);
    }

    /// <summary>The interfaces for which our file of the sysctl configuration keeps a level, whether or not they exist now.</summary>
    /// <exception cref="LvsHostException">The host cannot be read, or the namespace is none that a boot makes (PersistenceInNamespace).</exception>
    public static async ValueTask<IReadOnlyList<string>> ListKeptAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        return [.. (await ArpPolicyFile.ReadAsync(host, cancellationToken).ConfigureAwait(false)).Interfaces];
    }

    /// <summary>Plans to set levels on interfaces. Changes nothing.</summary>
    /// <param name="host">The host.</param>
    /// <param name="interfaces">Names of interfaces, <c>all</c> and <c>default</c> among them if wanted.</param>
    /// <param name="ignore">The level of arp_ignore; null leaves it.</param>
    /// <param name="announce">The level of arp_announce; null leaves it.</param>
    /// <param name="persistent">Whether to keep them over a boot, in a file of ours in /etc/sysctl.d.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What differs, and which other files have the last word at boot.</returns>
    /// <exception cref="LvsValidationException">A level is none of the kernel's (InvalidArpLevel).</exception>
    /// <exception cref="LvsHostException">
    /// An interface does not exist (InterfaceMissing), the namespace is none that a boot makes (PersistenceInNamespace), a file of that name is not ours
    /// (FileNotOurs), or the host cannot be read.
    /// </exception>
    public static async ValueTask<ArpPolicyPlan> PlanSetAsync(
        ILvsHost host,
        IReadOnlyList<string> interfaces,
        LvsArpIgnore? ignore,
        LvsArpAnnounce? announce,
        bool persistent,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(interfaces);
        RequireDefined(ignore, Ipv4Settings.ArpIgnore, "0, 1, 2, 3 and 8");
        RequireDefined(announce, Ipv4Settings.ArpAnnounce, "0, 1 and 2");
        string[] names = [.. interfaces.Distinct(StringComparer.Ordinal)];
        List<HostChange> changes = await PlanLiveAsync(host, names, ignore, announce, cancellationToken).ConfigureAwait(false);
        if (!persistent)
        {
            return new ArpPolicyPlan(changes, []);
        }

        ArpPolicyFile file = await ArpPolicyFile.ReadAsync(host, cancellationToken).ConfigureAwait(false);
        (string Setting, int Level)[] levels =
        [
            .. ignore is { } wantedIgnore ? [(Ipv4Settings.ArpIgnore, (int)wantedIgnore)] : Array.Empty<(string, int)>(),
            .. announce is { } wantedAnnounce ? [(Ipv4Settings.ArpAnnounce, (int)wantedAnnounce)] : Array.Empty<(string, int)>(),
        ];
        foreach ((string name, (string setting, int level)) in names.SelectMany(_ => levels, (name, level) => (name, level)))
        {
            file.Set(name, setting, level);
        }

        if (await file.PlanAsync(host, cancellationToken).ConfigureAwait(false) is { } change)
        {
            changes.Add(change);
        }

        SysctlFiles boot = (await SysctlFiles.ReadAsync(host, cancellationToken).ConfigureAwait(false)).With(ArpPolicyFile.Path, file.Text);
        List<string> warnings =
        [
            .. from level in levels
               from line in LinesOf(boot, names, level.Setting)
               where line.Found.Path != ArpPolicyFile.Path && line.Found.Number != level.Level
               select $"{line.Found.Source} on {host.Name} is read after {ArpPolicyFile.Path} and sets {level.Setting} of {line.Name} to {line.Found.Value}: so it will be after the next boot. {(boot.IsOurs(line.Found) ? NeededByVips : "Remove that line.")}",
        ];
        foreach (string name in boot.IsSystemd ? [] : names)
        {
            if (await MayComeLateAsync(host, name, cancellationToken).ConfigureAwait(false))
            {
                warnings.Add($"{name} on {host.Name} is no hardware, and may not be there yet when the boot reads {ArpPolicyFile.Path}: without systemd nothing reads it again when {name} comes. Use all, or set it where {name} is made.");
            }
        }

        return new ArpPolicyPlan(changes, warnings);
    }

    /// <summary>Plans to put the kernel's defaults back: 0 and 0. Changes nothing.</summary>
    /// <param name="host">The host.</param>
    /// <param name="interfaces">Names of interfaces, <c>all</c> and <c>default</c> among them if wanted; with <paramref name="persistent"/> also such as only our file knows.</param>
    /// <param name="persistent">Whether to take their lines out of our file in /etc/sysctl.d; without any left the file goes too.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What differs, and what the next boot will set again.</returns>
    /// <exception cref="LvsHostException">
    /// An interface does not exist (InterfaceMissing), the namespace is none that a boot makes (PersistenceInNamespace), or the host cannot be read.
    /// </exception>
    public static async ValueTask<ArpPolicyPlan> PlanResetAsync(
        ILvsHost host, IReadOnlyList<string> interfaces, bool persistent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(interfaces);
        string[] names = [.. interfaces.Distinct(StringComparer.Ordinal)];
        ArpPolicyFile? file = persistent ? await ArpPolicyFile.ReadAsync(host, cancellationToken).ConfigureAwait(false) : null;
        IReadOnlyList<string> existing = await Ipv4Settings.ListAsync(host, cancellationToken).ConfigureAwait(false);
        string[] kept = [.. file?.Interfaces ?? []];
        List<HostChange> changes = await PlanLiveAsync(
            host, [.. names.Where(name => existing.Contains(name) || !kept.Contains(name))], LvsArpIgnore.AnyLocal, LvsArpAnnounce.AnyLocal, cancellationToken).ConfigureAwait(false);
        if (file is not null)
        {
            file.Remove(names);
            if (await file.PlanAsync(host, cancellationToken).ConfigureAwait(false) is { } change)
            {
                changes.Add(change);
            }
        }

        if (host.NetworkNamespace is not null)
        {
            return new ArpPolicyPlan(changes, []);
        }

        SysctlFiles boot = await SysctlFiles.ReadAsync(host, cancellationToken).ConfigureAwait(false);
        boot = file is null ? boot : boot.With(ArpPolicyFile.Path, file.Text);
        return new ArpPolicyPlan(
            changes,
            [
                .. from setting in new[] { Ipv4Settings.ArpIgnore, Ipv4Settings.ArpAnnounce }
                   from line in LinesOf(boot, names, setting)
                   where line.Found.Number is not (null or 0)
                   let remedy = line.Found.Path == ArpPolicyFile.Path ? "Reset-LvsArpPolicy -Persistent takes that line away."
                       : boot.IsOurs(line.Found) ? NeededByVips
                       : "That file is not LvsAdmin's, and is left alone."
                   select $"{line.Found.Source} on {host.Name} sets {setting} of {line.Name} to {line.Found.Value} again at the next boot. {remedy}",
            ]);
    }

    /// <summary>The policy of every interface without what the next boot makes of it.</summary>
    internal static async ValueTask<IReadOnlyList<LvsArpPolicy>> GetLiveAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        IReadOnlyList<string> names = await Ipv4Settings.ListAsync(host, cancellationToken).ConfigureAwait(false);
        return PoliciesOf(host, names, await ReadAllAsync(host, names, cancellationToken).ConfigureAwait(false));
    }

    private static List<LvsArpPolicy> PoliciesOf(
        ILvsHost host, IReadOnlyList<string> names, IReadOnlyList<(LvsArpIgnore Ignore, LvsArpAnnounce Announce)?> levels)
    {
        List<LvsArpPolicy> policies = [];
        (LvsArpIgnore Ignore, LvsArpAnnounce Announce) all = default;
        foreach ((string name, (LvsArpIgnore Ignore, LvsArpAnnounce Announce)? read) in names.Zip(levels))
        {
            if (read is not { } own)
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

    private static async ValueTask<List<HostChange>> PlanLiveAsync(
        ILvsHost host, IReadOnlyList<string> names, LvsArpIgnore? ignore, LvsArpAnnounce? announce, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> existing = await Ipv4Settings.ListAsync(host, cancellationToken).ConfigureAwait(false);
        // The name becomes a part of a path, so only one that the kernel lists is used.
        if (names.FirstOrDefault(name => !existing.Contains(name)) is { } missing)
        {
            throw NetworkInterfaces.Missing(host, missing, existing);
        }

        List<HostChange> changes = [];
        IReadOnlyList<(LvsArpIgnore Ignore, LvsArpAnnounce Announce)?> levels = await ReadAllAsync(host, names, cancellationToken).ConfigureAwait(false);
        foreach ((string name, (LvsArpIgnore Ignore, LvsArpAnnounce Announce)? read) in names.Zip(levels))
        {
            if (read is not { } own)
            {
                // It went away since the directory was listed.
                throw NetworkInterfaces.Missing(host, name, existing);
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

    /// <summary>The lines that decide a setting of interfaces at boot, where there are such.</summary>
    private static IEnumerable<(string Name, SysctlAssignment Found)> LinesOf(SysctlFiles boot, IEnumerable<string> names, string setting)
    {
        foreach (string name in names)
        {
            if (boot.Find(KeyOf(name, setting)) is { } found)
            {
                yield return (name, found);
            }
        }
    }

    private static string KeyOf(string name, string setting) => Ipv4Settings.PathOf(name, setting)[KernelSetting.Root.Length..];

    /// <summary>Whether an interface is made by software, which may happen after the kernel's parameters were set. lo, all and default are there from the beginning.</summary>
    private static async ValueTask<bool> MayComeLateAsync(ILvsHost host, string name, CancellationToken cancellationToken) =>
        name is not (Ipv4Settings.All or Ipv4Settings.Default or "lo")
        && !(await host.ListDirectoryAsync($"/sys/class/net/{name}", cancellationToken).ConfigureAwait(false)).Contains("device");

    private static string[] PathsOf(IEnumerable<string> names) =>
        [.. names.SelectMany(name => new[] { Ipv4Settings.PathOf(name, Ipv4Settings.ArpIgnore), Ipv4Settings.PathOf(name, Ipv4Settings.ArpAnnounce) })];

    // For each name both levels, or null when there is no such interface.
    private static async ValueTask<IReadOnlyList<(LvsArpIgnore Ignore, LvsArpAnnounce Announce)?>> ReadAllAsync(
        ILvsHost host, IEnumerable<string> names, CancellationToken cancellationToken) =>
        LevelsOf(host, await host.ReadFilesAsync(PathsOf(names), cancellationToken).ConfigureAwait(false));

    private static (LvsArpIgnore Ignore, LvsArpAnnounce Announce)?[] LevelsOf(ILvsHost host, IEnumerable<HostFileText> files) =>
    [
        .. KernelSetting.ParseAll(host, files).Chunk(2)
            .Select(pair => pair is [{ } ignore, { } announce] ? ((LvsArpIgnore, LvsArpAnnounce)?)((LvsArpIgnore)ignore, (LvsArpAnnounce)announce) : null),
    ];

    private static void RequireDefined<TLevel>(TLevel? level, string setting, string levels)
        where TLevel : struct, Enum
    {
        if (level is { } given && !Enum.IsDefined(given))
        {
            throw new LvsValidationException("InvalidArpLevel", $"{given:d} is no level of {setting} that means anything to the kernel: it knows {levels}.");
        }
    }
}
