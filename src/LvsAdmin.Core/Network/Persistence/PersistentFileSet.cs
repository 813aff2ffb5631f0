using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Network;

/// <summary>All files that a list of VIPs asks for on a host, and the way from those that are there.</summary>
internal sealed class PersistentFileSet
{
    private static readonly string[] FixedPaths =
    [
        BootFiles.SettingsPath, BootFiles.ModulesPath, IfupdownFiles.StanzasPath, IfupdownFiles.UpPath, IfupdownFiles.DownPath,
        .. SystemdUnitFiles.Units.Select(unit => $"{SystemdUnitFiles.Directory}/{unit}"),
    ];

    private readonly ILvsHost _host;
    private readonly IReadOnlyList<PersistentFile> _wanted;

    private PersistentFileSet(ILvsHost host, IReadOnlyList<PersistentFile> wanted)
    {
        _host = host;
        _wanted = wanted;
    }

    /// <summary>Finds the files that VIPs ask for. What their manager cannot say goes to our own unit.</summary>
    /// <exception cref="LvsHostException">A manager cannot do it, and there is no systemd (PersistenceNotSupported), or the host cannot be read.</exception>
    internal static async ValueTask<PersistentFileSet> RenderAsync(ILvsHost host, IReadOnlyList<PersistentVip> vips, CancellationToken cancellationToken)
    {
        ILookup<LvsPersistence, PersistentVip> managers = vips.ToLookup(vip => vip.Persistence);
        List<PersistentFile> files = [.. BootFiles.Render(vips)];
        List<PersistentVip> unit = [.. managers[LvsPersistence.SystemdUnit]];
        if (managers[LvsPersistence.Networkd].Any())
        {
            (List<PersistentVip> said, List<PersistentVip> left) = Split(managers[LvsPersistence.Networkd], NetworkdFiles.CanSay);
            files.AddRange(NetworkdFiles.Render(said, await NetworkFilesAsync(host, said, cancellationToken).ConfigureAwait(false)));
            unit.AddRange(left);
        }

        if (managers[LvsPersistence.NetworkManager].Any())
        {
            (List<PersistentVip> said, List<PersistentVip> left) = Split(managers[LvsPersistence.NetworkManager], NetworkManagerFiles.CanSay);
            files.AddRange(NetworkManagerFiles.Render(said));
            unit.AddRange(left);
        }

        if (managers[LvsPersistence.Ifupdown].Any())
        {
            await RequireSourcedAsync(host, cancellationToken).ConfigureAwait(false);
            files.AddRange(IfupdownFiles.Render([.. managers[LvsPersistence.Ifupdown]]));
        }

        if (unit.Count > 0 && !await PersistenceDetection.HasSystemdAsync(host, cancellationToken).ConfigureAwait(false))
        {
            throw new LvsHostException(
                LvsHostError.PersistenceNotSupported,
                $"The VIP {unit[0].Address} on {unit[0].Interface} of {host.Name} needs a unit of systemd to survive a boot ({unit[0].Persistence} cannot bring all of it back), and there is no systemd.");
        }

        files.AddRange(SystemdUnitFiles.Render(unit));
        return new PersistentFileSet(host, files);
    }

    /// <summary>Plans the way from the files that are there: what is not needed any more goes, the rest is written, and managers that run are told.</summary>
    /// <exception cref="LvsHostException">A file in our place is not ours (FileNotOurs), or the host cannot be read.</exception>
    internal async ValueTask<IReadOnlyList<HostChange>> PlanAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, HostChange> changes = new(StringComparer.Ordinal);
        foreach (string path in (await KnownPathsAsync(cancellationToken).ConfigureAwait(false)).Except(_wanted.Select(file => file.Path)))
        {
            UnixFileMode? mode = path.StartsWith(NetworkManagerFiles.Directory, StringComparison.Ordinal) ? PersistentFile.Secret
                : path is IfupdownFiles.UpPath or IfupdownFiles.DownPath ? PersistentFile.Script : null;
            if (await OwnedFile.PlanAsync(_host, path, null, mode, cancellationToken).ConfigureAwait(false) is { } change)
            {
                changes[path] = change;
            }
        }

        foreach (PersistentFile file in _wanted)
        {
            if (await OwnedFile.PlanAsync(_host, file.Path, file.Content, file.Mode, cancellationToken).ConfigureAwait(false) is { } change)
            {
                changes[file.Path] = change;
            }
        }

        List<HostChange> plan = [.. changes.Where(change => ManagerOf(change.Key) is null).Select(change => change.Value)];
        plan.AddRange(await PlanUnitsAsync(changes, cancellationToken).ConfigureAwait(false));
        plan.AddRange(await PlanManagerAsync(changes, LvsPersistence.Networkd, "/run/systemd/netif/links", new ProgramInvocation("networkctl", "reload"), cancellationToken).ConfigureAwait(false));
        plan.AddRange(await PlanManagerAsync(changes, LvsPersistence.NetworkManager, "/run/NetworkManager/devices", new ProgramInvocation("nmcli", "connection", "reload"), cancellationToken).ConfigureAwait(false));
        return plan;
    }

    // Who has to be told when a file changes; null where nobody reads it but at boot.
    private static LvsPersistence? ManagerOf(string path) => path[..path.LastIndexOf('/')] switch
    {
        SystemdUnitFiles.Directory => LvsPersistence.SystemdUnit,
        NetworkManagerFiles.Directory => LvsPersistence.NetworkManager,
        var directory when directory.StartsWith(NetworkdFiles.Directory, StringComparison.Ordinal) => LvsPersistence.Networkd,
        _ => null,
    };

    private static (List<PersistentVip> Said, List<PersistentVip> Left) Split(IEnumerable<PersistentVip> vips, Func<PersistentVip, bool> canSay)
    {
        // By interface: two who both make a device, or both hold its addresses, would be in each other's way.
        ILookup<bool, IGrouping<string, PersistentVip>> parts = vips.GroupBy(vip => vip.Interface).ToLookup(group => group.All(canSay));
        return ([.. parts[true].SelectMany(group => group)], [.. parts[false].SelectMany(group => group)]);
    }

    private static async ValueTask<Dictionary<string, string>> NetworkFilesAsync(ILvsHost host, IReadOnlyList<PersistentVip> vips, CancellationToken cancellationToken)
    {
        Dictionary<string, string> files = new(StringComparer.Ordinal);
        foreach (PersistentVip vip in vips.DistinctBy(vip => vip.Interface))
        {
            string? file = await PersistenceDetection.NetworkFileAsync(host, vip.Interface, cancellationToken).ConfigureAwait(false);
            if (file is not null && !file.StartsWith(NetworkdFiles.Prefix, StringComparison.Ordinal))
            {
                files[vip.Interface] = file;
            }
            else if (vip.IsOnCard())
            {
                throw new LvsHostException(
                    LvsHostError.PersistenceNotSupported,
                    $"systemd-networkd does not manage the interface {vip.Interface} of {host.Name}, so it cannot bring the VIP {vip.Address} back there. -PersistenceMethod SystemdUnit can.");
            }
        }

        return files;
    }

    private static async ValueTask RequireSourcedAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        const string Main = "/etc/network/interfaces";
        string[] sources = ["source /etc/network/interfaces.d/*", "source interfaces.d/*", "source-directory /etc/network/interfaces.d", "source-directory interfaces.d"];
        string text = await host.ReadFileAsync(Main, cancellationToken).ConfigureAwait(false) ?? string.Empty;
        IEnumerable<string> lines = text.Split('\n').Select(line => string.Join(' ', line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('/'));
        if (!lines.Intersect(sources).Any())
        {
            throw new LvsHostException(
                LvsHostError.PersistenceNotSupported,
                $"{Main} on {host.Name} does not read the files in /etc/network/interfaces.d: add the line '{sources[0]}' to it. LvsAdmin does not change files that are not its own.");
        }
    }

    // Wherever an earlier list may have had files.
    private async ValueTask<IReadOnlyList<string>> KnownPathsAsync(CancellationToken cancellationToken)
    {
        List<string> paths = [.. FixedPaths];
        foreach (string name in await _host.ListDirectoryAsync(NetworkdFiles.Directory, cancellationToken).ConfigureAwait(false))
        {
            if (name.EndsWith(NetworkdFiles.DropInDirectory, StringComparison.Ordinal))
            {
                paths.Add($"{NetworkdFiles.Directory}/{name}/{NetworkdFiles.DropIn}");
            }
            else if (name.StartsWith(NetworkdFiles.Prefix, StringComparison.Ordinal))
            {
                paths.Add($"{NetworkdFiles.Directory}/{name}");
            }
        }

        paths.AddRange((await _host.ListDirectoryAsync(NetworkManagerFiles.Directory, cancellationToken).ConfigureAwait(false))
            .Where(name => name.StartsWith(NetworkManagerFiles.Prefix, StringComparison.Ordinal) && name.EndsWith(NetworkManagerFiles.Suffix, StringComparison.Ordinal))
            .Select(name => $"{NetworkManagerFiles.Directory}/{name}"));
        return paths;
    }

    // A unit is disabled before its file goes, which says where it is enabled, and enabled when its file is there.
    private async ValueTask<IReadOnlyList<HostChange>> PlanUnitsAsync(Dictionary<string, HostChange> changes, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> enabled = await _host.ListDirectoryAsync($"{SystemdUnitFiles.Directory}/multi-user.target.wants", cancellationToken).ConfigureAwait(false);
        string[] wanted = [.. SystemdUnitFiles.Units.Where(unit => _wanted.Any(file => file.Path == $"{SystemdUnitFiles.Directory}/{unit}"))];
        ProgramInvocation reload = new("systemctl", "daemon-reload");
        HostChange[] files = [.. changes.Where(change => ManagerOf(change.Key) == LvsPersistence.SystemdUnit).Select(change => change.Value)];
        bool tell = files.Length > 0 && await PersistenceDetection.RunsSystemdAsync(_host, cancellationToken).ConfigureAwait(false);
        if (tell)
        {
            files[0] = ManagerSteps.ThenTell(_host, files[0], reload);
        }

        return
        [
            .. SystemdUnitFiles.Units.Except(wanted).Intersect(enabled).Select(unit => Switch(unit, "disable", "enable")),
            .. files,
            .. tell ? [ManagerSteps.Run(_host, "systemd", "units", reload)] : Array.Empty<HostChange>(),
            .. wanted.Except(enabled).Select(unit => Switch(unit, "enable", "disable")),
        ];

        HostChange Switch(string unit, string verb, string back) => ManagerSteps.Run(
            _host, "systemd", unit, new ProgramInvocation("systemctl", verb, unit), new ProgramInvocation("systemctl", back, unit));
    }

    private async ValueTask<IReadOnlyList<HostChange>> PlanManagerAsync(
        Dictionary<string, HostChange> changes, LvsPersistence manager, string sign, ProgramInvocation reload, CancellationToken cancellationToken)
    {
        HostChange[] files = [.. changes.Where(change => ManagerOf(change.Key) == manager).Select(change => change.Value)];
        if (files.Length == 0 || (await _host.ListDirectoryAsync(sign, cancellationToken).ConfigureAwait(false)).Count == 0)
        {
            return files;
        }

        if (changes.Where(change => ManagerOf(change.Key) == manager).All(change => MayWait(manager, change.Key, change.Value)))
        {
            return files;
        }

        files[0] = ManagerSteps.ThenTell(_host, files[0], reload);
        return [.. files, ManagerSteps.Run(_host, $"{manager}", "files", reload)];
    }

    // Whether a manager does better not to hear of a change before the next boot. What is added is in the kernel already; but told of it, networkd configures
    // interfaces anew, for a moment takes a card's addresses away, and drops the policy rules of others; NetworkManager takes a dummy down and up. What is
    // removed from a card they have to forget, or they bring it back with the next loss of a carrier; lo, dummies and tunnels have none to lose.
    private static bool MayWait(LvsPersistence manager, string path, HostChange change) => manager switch
    {
        LvsPersistence.Networkd => !path.EndsWith($"/{NetworkdFiles.DropIn}", StringComparison.Ordinal)
            || change.NewValue?.StartsWith(change.OldValue ?? string.Empty, StringComparison.Ordinal) == true,
        _ => change.OldValue is null,
    };
}
