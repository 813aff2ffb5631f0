using System.Text.RegularExpressions;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Configuration;

/// <summary>
/// The table for the next boot of a director, in a form that needs neither PowerShell nor LvsAdmin there: rules that <c>ipvsadm -R</c> reads, and a unit of
/// systemd that gives them to it, before the network is up. Sync daemons, which need their interface, have a unit of their own after that. Documents of several
/// owners share the files: each puts in what belongs to it, and leaves the rest.
/// </summary>
public static partial class PersistentTable
{
    /// <summary>The rules of the table.</summary>
    public const string RulesPath = "/etc/lvsadmin/table.rules";

    /// <summary>The rules of the sync daemons.</summary>
    public const string DaemonsPath = "/etc/lvsadmin/sync-daemons.rules";

    private const string Writer = "Sync-LvsConfiguration -Persistent";
    private const string Prefix = "net.ipv4.vs.";
    private const string Directory = "/etc/systemd/system";
    private const string TableUnit = "lvsadmin-table.service";
    private const string DaemonsUnit = "lvsadmin-sync-daemons.service";

    // Before any client can come: a director without its table refuses them.
    private const string TableOrder =
        "DefaultDependencies=no\nConflicts=shutdown.target\nAfter=local-fs.target systemd-modules-load.service systemd-sysctl.service\nWants=network-pre.target\nBefore=network-pre.target\n";

    private const string DaemonsOrder = $"Wants=network-online.target\nAfter=network-online.target {TableUnit}\n";

    /// <summary>Plans to have what belongs to a document come back after a boot. Changes nothing.</summary>
    /// <param name="host">The director.</param>
    /// <param name="configuration">The document.</param>
    /// <param name="holds">What operators hold: it comes back at weight 0.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The steps, and what the rules cannot say; no steps when the files are as wanted.</returns>
    /// <exception cref="LvsHostException">
    /// No boot makes the network namespace (PersistenceInNamespace), there is no systemd (PersistenceNotSupported) or no ipvsadm (ProgramMissing), a file in our
    /// place is not ours (FileNotOurs), or the host cannot be read.
    /// </exception>
    public static async ValueTask<(IReadOnlyList<HostChange> Changes, IReadOnlyList<string> Warnings)> PlanAsync(
        ILvsHost host, LvsConfiguration configuration, IReadOnlyList<LvsHold> holds, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(holds);
        PersistenceDetection.RequireOwnNamespace(host);
        if (!await PersistenceDetection.HasSystemdAsync(host, cancellationToken).ConfigureAwait(false))
        {
            throw new LvsHostException(LvsHostError.PersistenceNotSupported, $"The table of {host.Name} needs a unit of systemd to survive a boot, and there is no systemd.");
        }

        LvsConfiguration table = Merge(
            await ReadAsync(host, RulesPath, cancellationToken).ConfigureAwait(false),
            await ReadAsync(host, DaemonsPath, cancellationToken).ConfigureAwait(false),
            configuration, holds);
        SortedDictionary<string, string> parameters = ParametersOf(await host.ReadFileAsync($"{Directory}/{TableUnit}", cancellationToken).ConfigureAwait(false));
        foreach ((string name, object value) in configuration.KernelParameters)
        {
            parameters[name] = KernelParameterText.Format(name, KernelParameterCatalogue.TryGet(name, out LvsKernelParameterDefinition? known) ? known : null, value);
        }

        ConfigurationWriting rules = IpvsadmText.Write(table with { SyncDaemons = null });
        ConfigurationWriting daemons = IpvsadmText.Write(new LvsConfiguration { SyncDaemons = table.SyncDaemons });
        if (rules.Text.Length > 0 || daemons.Text.Length > 0)
        {
            // Throws what is to be thrown when the program is missing.
            _ = await host.RunAsync(new ProgramInvocation("ipvsadm", "--version"), cancellationToken).ConfigureAwait(false);
        }

        string[] settings = [.. parameters.Select(parameter => $"-sysctl -q -w \"{Prefix}{parameter.Key}={parameter.Value}\"")];
        bool hasTable = rules.Text.Length > 0 || settings.Length > 0;
        string[] load = rules.Text.Length > 0 ? [Load(RulesPath)] : [];
        HostChange[] changes =
        [
            .. await PlanFileAsync(RulesPath, rules.Text).ConfigureAwait(false),
            .. await PlanFileAsync(DaemonsPath, daemons.Text).ConfigureAwait(false),
            .. await PlanUnitsAsync(
                host,
                [
                    (TableUnit, hasTable ? UnitText("IPVS table of LvsAdmin", TableOrder, ["-modprobe -q ip_vs", .. settings, .. load]) : null),
                    (DaemonsUnit, daemons.Text.Length > 0 ? UnitText("IPVS sync daemons of LvsAdmin", DaemonsOrder, [Load(DaemonsPath)]) : null),
                ],
                cancellationToken).ConfigureAwait(false),
        ];
        return (changes, [.. rules.Notes.Concat(daemons.Notes).Select(note => $"At the next boot of {host.Name}: {note.Message}")]);

        async ValueTask<HostChange[]> PlanFileAsync(string path, string text) =>
            await OwnedFile.PlanAsync(host, path, text.Length == 0 ? null : OwnedFile.Heading(Writer) + text, null, cancellationToken).ConfigureAwait(false) is { } change ? [change] : [];
    }

    /// <summary>Gives a real server another weight in the rules for the next boot, where they are kept and name it.</summary>
    /// <exception cref="LvsHostException">The file cannot be read or written.</exception>
    public static async ValueTask SetWeightAsync(ILvsHost host, LvsServiceId service, LvsServerId server, int weight, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (host.NetworkNamespace is not null)
        {
            return;
        }

        LvsConfiguration kept = await ReadAsync(host, RulesPath, cancellationToken).ConfigureAwait(false);
        if (kept.Find(service)?.RealServers?.Any(each => each.RealServer == server && each.Settings.Weight != weight) != true)
        {
            return;
        }

        LvsConfiguration changed = kept with
        {
            VirtualServices = [.. kept.VirtualServices.Select(each => each.VirtualService != service ? each : each with
            {
                RealServers = [.. each.RealServers!.Select(one => one.RealServer != server ? one : one with { Settings = one.Settings with { Weight = weight } })],
            })],
        };
        await host.WriteFileAsync(RulesPath, OwnedFile.Heading(Writer) + IpvsadmText.Write(changed).Text, null, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<LvsConfiguration> ReadAsync(ILvsHost host, string path, CancellationToken cancellationToken) =>
        await host.ReadFileAsync(path, cancellationToken).ConfigureAwait(false) is { } text && OwnedFile.IsOurs(text)
            ? IpvsadmText.Read(text, path).Configuration
            : new LvsConfiguration();

    // What belongs to the document is as the document says; what does not, as it was.
    private static LvsConfiguration Merge(LvsConfiguration earlier, LvsConfiguration daemons, LvsConfiguration configuration, IReadOnlyList<LvsHold> holds)
    {
        HashSet<(LvsServiceId, LvsServerId)> held = [.. holds.Select(hold => (hold.VirtualService, hold.RealServer))];
        IEnumerable<ServiceConfiguration> services = earlier.VirtualServices.Where(service => !configuration.Owns(service.VirtualService)).Concat(
            configuration.VirtualServices.Select(service => new ServiceConfiguration
            {
                Settings = service.Settings,
                RealServers =
                [
                    .. (service.RealServers ?? earlier.Find(service.VirtualService)?.RealServers ?? []).Select(server => new ServerConfiguration
                    {
                        Settings = held.Contains((service.VirtualService, server.RealServer)) ? server.Settings with { Weight = 0 } : server.Settings,
                    }),
                ],
            }));
        return new LvsConfiguration
        {
            VirtualServices = [.. services.OrderBy(service => service.VirtualService)],
            Timeout = configuration.Timeout ?? earlier.Timeout,
            SyncDaemons = configuration.SyncDaemons ?? daemons.SyncDaemons,
        };
    }

    // A unit is disabled before its file goes, which says where it is enabled, and enabled when its file is there.
    private static async ValueTask<IReadOnlyList<HostChange>> PlanUnitsAsync(ILvsHost host, (string Name, string? Text)[] units, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> enabled = await host.ListDirectoryAsync($"{Directory}/multi-user.target.wants", cancellationToken).ConfigureAwait(false);
        ProgramInvocation reload = new("systemctl", "daemon-reload");
        List<HostChange> files = [];
        foreach ((string name, string? text) in units)
        {
            if (await OwnedFile.PlanAsync(host, $"{Directory}/{name}", text, null, cancellationToken).ConfigureAwait(false) is { } change)
            {
                files.Add(change);
            }
        }

        bool tell = files.Count > 0 && await PersistenceDetection.RunsSystemdAsync(host, cancellationToken).ConfigureAwait(false);
        if (tell)
        {
            files[0] = ManagerSteps.ThenTell(host, files[0], reload);
        }

        return
        [
            .. units.Where(unit => unit.Text is null && enabled.Contains(unit.Name)).Select(unit => Switch(unit.Name, "disable", "enable")),
            .. files,
            .. tell ? [ManagerSteps.Run(host, "systemd", "units", reload)] : Array.Empty<HostChange>(),
            .. units.Where(unit => unit.Text is not null && !enabled.Contains(unit.Name)).Select(unit => Switch(unit.Name, "enable", "disable")),
        ];

        HostChange Switch(string unit, string verb, string back) => ManagerSteps.Run(
            host, "systemd", unit, new ProgramInvocation("systemctl", verb, unit), new ProgramInvocation("systemctl", back, unit));
    }

    // ipvsadm takes no comments, and the first line of the file is one.
    private static string Load(string path) => $"/bin/sh -c \"grep -v '^#' {path} | ipvsadm -R\"";

    private static string UnitText(string description, string order, IEnumerable<string> commands) =>
        $"{OwnedFile.Heading(Writer)}[Unit]\nDescription={description}\n{order}\n[Service]\nType=oneshot\nRemainAfterExit=yes\n"
        + string.Concat(commands.Select(command => $"ExecStart={command}\n")) + "\n[Install]\nWantedBy=multi-user.target\n";

    private static SortedDictionary<string, string> ParametersOf(string? unit)
    {
        SortedDictionary<string, string> parameters = new(StringComparer.Ordinal);
        foreach (Match match in unit is not null && OwnedFile.IsOurs(unit) ? ParameterLine().Matches(unit) : Enumerable.Empty<Match>())
        {
            parameters[match.Groups["name"].Value] = match.Groups["value"].Value;
        }

        return parameters;
    }

    [GeneratedRegex("^ExecStart=-sysctl -q -w \"net\\.ipv4\\.vs\\.(?<name>[a-z0-9_]+)=(?<value>[^\"\\\\%]*)\"$", RegexOptions.Multiline)]
    private static partial Regex ParameterLine();
}
