using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>
/// Plans one service: make it, add servers, raise weights, change the rest, lower weights, drain what goes, remove it. So at every moment it has the
/// servers of the state before or of the one after, and never fewer.
/// </summary>
internal sealed class ServicePlanner
{
    private readonly LvsConfiguration _configuration;
    private readonly SyncOptions _options;
    private readonly Dictionary<(LvsServiceId Service, LvsServerId Server), LvsHold> _holds;
    private readonly string _hostName;
    private readonly string? _networkNamespace;

    internal ServicePlanner(LvsConfiguration configuration, SyncOptions options, IEnumerable<LvsHold> holds, string hostName, string? networkNamespace)
    {
        _configuration = configuration;
        _options = options;
        _holds = holds.DistinctBy(hold => (hold.VirtualService, hold.RealServer)).ToDictionary(hold => (hold.VirtualService, hold.RealServer));
        _hostName = hostName;
        _networkNamespace = networkNamespace;
    }

    /// <summary>Plans a service that the document names.</summary>
    /// <param name="desired">As the document wants it.</param>
    /// <param name="current">As the director has it; null when it is missing.</param>
    /// <param name="servers">The servers that the director has.</param>
    /// <returns>The part of the plan; null when nothing differs.</returns>
    internal LvsPlanItem? Plan(ServiceConfiguration desired, LvsVirtualService? current, IReadOnlyList<LvsRealServer> servers)
    {
        Draft draft = new(this, desired.VirtualService);
        try
        {
            PlanService(draft, desired, current);
            if (desired.RealServers is { } wanted)
            {
                PlanServers(draft, wanted, current, servers);
            }
        }
        catch (LvsValidationException refusal)
        {
            return draft.Finish(refusal);
        }

        if (current is not null)
        {
            draft.Reroute(current, Minimum(desired));
        }

        return draft.Finish(desired.RealServers is null ? null : BelowMinimum(desired, servers));
    }

    /// <summary>Plans what becomes of a service that is within the scope, and that the document does not name.</summary>
    internal LvsPlanItem PlanExtra(LvsVirtualService current, IReadOnlyList<LvsRealServer> servers)
    {
        Draft draft = new(this, current.VirtualService);
        string text = Text(SettingsProperties.Of(current.Settings));
        if (!_options.Prune)
        {
            draft.Differ(LvsChangeAction.Extra, null, null, text, null, "within the scope, and not in the document: -Prune removes it");
            return draft.Finish(null)!;
        }

        draft.Differ(LvsChangeAction.Remove, null, null, text, null, "within the scope, and not in the document", servers.Sum(Connections));
        draft.Drain(current, servers);
        draft.Do(
            "remove service", new IpvsChange.RemoveService(current.VirtualService),
            [new IpvsChange.AddService(current.Settings), .. servers.Select(server => new IpvsChange.AddRealServer(current.VirtualService, server.Settings))]);
        return draft.Finish(null)!;
    }

    private static void PlanService(Draft draft, ServiceConfiguration desired, LvsVirtualService? current)
    {
        if (current is null)
        {
            draft.Warn(IpvsValidation.Check(desired.Settings));
            draft.Differ(LvsChangeAction.Add, null, null, null, Text(SettingsProperties.Of(desired.Settings)));
            draft.Do("add service", new IpvsChange.AddService(desired.Settings), [new IpvsChange.RemoveService(desired.VirtualService)]);
            return;
        }

        (SettingsProperty Old, SettingsProperty New)[] differences =
            [.. SettingsProperties.Differences(SettingsProperties.Of(current.Settings), SettingsProperties.Of(desired.Settings))];
        if (differences.Length == 0)
        {
            return;
        }

        draft.Warn(IpvsValidation.CheckChange(current.Settings, desired.Settings));
        foreach ((SettingsProperty old, SettingsProperty wanted) in differences)
        {
            // ip_vs_edit_service (ip_vs_ctl.c) unbinds the old scheduler, waits for a grace period of RCU, and binds the new one.
            string? reason = old.Name == nameof(VirtualServiceSettings.Scheduler)
                ? "the kernel has no scheduler for the moment of the change: a client that connects just then may be refused"
                : null;
            draft.Differ(LvsChangeAction.Set, null, old.Name, old.Text, wanted.Text, reason);
        }

        draft.ChangeService(current, desired.Settings, differences);
    }

    private void PlanServers(Draft draft, IReadOnlyList<ServerConfiguration> wanted, LvsVirtualService? service, IReadOnlyList<LvsRealServer> servers)
    {
        Dictionary<LvsServerId, LvsRealServer> present = servers.ToDictionary(server => server.RealServer);
        foreach (ServerConfiguration server in wanted.OrderBy(server => server.RealServer))
        {
            RealServerSettings settings = Held(draft, server.Settings, present.GetValueOrDefault(server.RealServer));
            if (!present.Remove(server.RealServer, out LvsRealServer? current))
            {
                draft.Warn(IpvsValidation.Check(draft.Service, settings));
                draft.Differ(LvsChangeAction.Add, settings.RealServer, null, null, Text(SettingsProperties.Of(settings)));
                draft.AddServer(settings);
                continue;
            }

            (SettingsProperty Old, SettingsProperty New)[] differences =
                [.. SettingsProperties.Differences(SettingsProperties.Of(current.Settings), SettingsProperties.Of(settings))];
            if (differences.Length == 0)
            {
                draft.Stays(settings);
                continue;
            }

            draft.Warn(IpvsValidation.CheckChange(draft.Service, current.Settings, settings));
            foreach ((SettingsProperty old, SettingsProperty desired) in differences)
            {
                string? reason = old.Name == nameof(RealServerSettings.Forwarding) ? "connections that are there keep their way, and are waited for before" : null;
                draft.Differ(LvsChangeAction.Set, settings.RealServer, old.Name, old.Text, desired.Text, reason);
            }

            draft.ChangeServer(current, settings, differences);
        }

        LvsRealServer[] leaving = [.. present.Values.OrderBy(server => server.RealServer)];
        foreach (LvsRealServer server in leaving)
        {
            draft.Differ(
                LvsChangeAction.Remove, server.RealServer, null, Text(SettingsProperties.Of(server.Settings)), null, "not in the document", Connections(server));
        }

        if (service is not null)
        {
            draft.RemoveServers(service, leaving);
        }
    }

    // What an operator holds keeps weight 0, also when it is added anew; or the weight that it has on its way back.
    private RealServerSettings Held(Draft draft, RealServerSettings settings, LvsRealServer? current)
    {
        if (!_holds.TryGetValue((draft.Service, settings.RealServer), out LvsHold? hold) || settings.Weight == 0)
        {
            return settings;
        }

        draft.Differ(
            LvsChangeAction.Held, settings.RealServer, nameof(settings.Weight), (current?.Settings.Weight ?? 0).ToString(CultureInfo.InvariantCulture),
            settings.Weight.ToString(CultureInfo.InvariantCulture), hold.ToString());
        return settings with { Weight = hold.ResumingAt ?? 0 };
    }

    private LvsSyncException? BelowMinimum(ServiceConfiguration desired, IReadOnlyList<LvsRealServer> servers)
    {
        RealServerSettings[] after = [.. desired.RealServers!.Where(server => !_holds.ContainsKey((desired.VirtualService, server.RealServer))).Select(server => server.Settings)];
        int available = after.Count(server => server.Weight > 0);
        int before = servers.Count(server => server.Settings.Weight > 0);
        int minimum = Minimum(desired);
        if (available < before && available < minimum)
        {
            return new LvsSyncException(LvsSyncError.MinimumNotKept, string.Create(
                CultureInfo.InvariantCulture,
                $"{desired.VirtualService} on {_hostName} would be left with {available} real servers that take new connections, and its minimum is {minimum}: nothing of it is changed. Lower the minimum (minimumAvailable in the document, or -MinimumAvailable {available}) if this is meant."));
        }

        long weight = after.Sum(server => (long)server.Weight);
        return desired.Quorum is { } quorum && weight < quorum && weight < servers.Sum(server => (long)server.Settings.Weight)
            ? new LvsSyncException(LvsSyncError.MinimumNotKept, string.Create(
                CultureInfo.InvariantCulture,
                $"{desired.VirtualService} on {_hostName} would be left with weights of {weight} together, and its quorum is {quorum}: nothing of it is changed. Lower the quorum in the document if this is meant."))
            : null;
    }

    private int Minimum(ServiceConfiguration desired)
    {
        (int least, bool isPercent) = _options.MinimumAvailable is { } given
            ? (given, _options.MinimumIsPercent)
            : (desired.MinimumAvailable ?? 1, desired is { MinimumAvailable: not null, MinimumIsPercent: true });
        return isPercent ? (int)Math.Ceiling((desired.RealServers?.Count ?? 0) * (long)least / 100.0) : least;
    }

    private static long Connections(LvsRealServer server) => (long)server.ActiveConnections + server.InactiveConnections;

    private static string Text(IReadOnlyList<SettingsProperty> properties) =>
        string.Join(", ", properties.Where(property => property.Value is not null).Select(property => $"{property.Name} {property.Text}"));

    /// <summary>The part of a plan as it grows. Steps are kept by phase, and put in order at the end.</summary>
    private sealed class Draft(ServicePlanner planner, LvsServiceId service)
    {
        private readonly List<LvsConfigurationChange> _changes = [];
        private readonly List<string> _warnings = [];
        private readonly List<PlanStep> _make = [];
        private readonly List<PlanStep> _add = [];
        private readonly List<PlanStep> _raise = [];
        private readonly List<PlanStep> _update = [];
        private readonly List<PlanStep> _reroute = [];
        private readonly List<PlanStep> _lower = [];
        private readonly List<PlanStep> _quiesce = [];
        private readonly List<PlanStep> _drain = [];
        private readonly List<PlanStep> _remove = [];
        private readonly List<(LvsRealServer Current, RealServerSettings Desired, string Text)> _rerouted = [];
        private int _steady;

        internal LvsServiceId Service => service;

        internal void Warn(IEnumerable<string> warnings) => _warnings.AddRange(warnings);

        internal void Differ(
            LvsChangeAction action, LvsServerId? server, string? property, string? current, string? desired, string? reason = null, long connections = 0) =>
            _changes.Add(new LvsConfigurationChange
            {
                Action = action,
                Subject = server is null ? LvsChangeSubject.VirtualService : LvsChangeSubject.RealServer,
                Identity = server is null ? service.ToString() : $"{service} -> {server}",
                VirtualService = service,
                RealServer = server,
                Property = property,
                Current = current,
                Desired = desired,
                Reason = reason,
                ConnectionsAffected = connections,
                HostName = planner._hostName,
                NetworkNamespace = planner._networkNamespace,
            });

        // The first step, or the last one: of one service there is never both.
        internal void Do(string text, IpvsChange change, IReadOnlyList<IpvsChange> undo) =>
            (change is IpvsChange.RemoveService ? _remove : _make).Add(new PlanStep.Table(text, change, undo));

        internal void ChangeService(LvsVirtualService current, VirtualServiceSettings desired, IEnumerable<(SettingsProperty Old, SettingsProperty New)> differences) =>
            _update.Add(new PlanStep.Table(
                Said("set service", differences), new IpvsChange.SetService(current, desired), [new IpvsChange.SetService(current, current.Settings)]));

        internal void AddServer(RealServerSettings settings)
        {
            Stays(settings);
            _add.Add(new PlanStep.Table(
                $"add {settings.RealServer}", new IpvsChange.AddRealServer(service, settings), [new IpvsChange.RemoveRealServer(service, settings.RealServer)]));
        }

        /// <summary>Counts a server that takes connections while others are taken out for a moment.</summary>
        internal void Stays(RealServerSettings settings) => _steady += settings.Weight > 0 ? 1 : 0;

        internal void ChangeServer(LvsRealServer current, RealServerSettings desired, IEnumerable<(SettingsProperty Old, SettingsProperty New)> differences)
        {
            string text = Said($"set {current.RealServer}", differences);
            // A server that has another method now, with connections of the one from before: see Reroute.
            bool isInUse = current.Settings.Weight > 0 || Connections(current) > 0;
            if (desired.Forwarding != current.Settings.Forwarding && isInUse && planner._options.DrainTimeout > TimeSpan.Zero)
            {
                _rerouted.Add((current, desired, text));
                return;
            }

            Stays(desired);
            List<PlanStep> phase = desired.Weight.CompareTo(current.Settings.Weight) switch
            {
                > 0 => _raise,
                0 => _update,
                _ => _lower,
            };
            phase.Add(new PlanStep.Table(
                text, new IpvsChange.SetRealServer(current, desired), [new IpvsChange.SetRealServer(current, current.Settings)]));
        }

        /// <summary>
        /// Plans the servers that get another forwarding method. The kernel keeps one route a server for all of its connections
        /// (__ip_vs_get_out_rt, ip_vs_xmit.c), whatever their method: one that NAT or a tunnel has looked up does not tell the next hop that direct routing
        /// needs, and then the director asks the link for the virtual IP itself. So a server is changed when its connections have ended, and others take the new ones
        /// meanwhile: not more than half of all at a time, and never fewer than the minimum. Where there is no other, it is changed at once.
        /// </summary>
        internal void Reroute(LvsVirtualService from, int minimum)
        {
            ILookup<bool, (LvsRealServer Current, RealServerSettings Desired, string Text)> servers = _rerouted.ToLookup(server => server.Current.Weight > 0);
            int all = _steady + servers[true].Count();
            int atOnce = all - Math.Max(minimum, (all + 1) / 2);
            if (atOnce > 0)
            {
                foreach ((LvsRealServer, RealServerSettings, string)[] group in servers[true].Chunk(atOnce))
                {
                    RerouteTogether(from, group);
                }
            }
            else
            {
                foreach ((LvsRealServer current, RealServerSettings desired, string text) in servers[true])
                {
                    Warn([$"{current.RealServer} of {service}: there is no other real server to take its connections while it changes to {desired.Forwarding}. Those that it has may be cut."]);
                    _reroute.Add(new PlanStep.Table(text, new IpvsChange.SetRealServer(current, desired), [new IpvsChange.SetRealServer(current, current.Settings)]));
                }
            }

            // Those that take no connections anyway.
            if (servers[false].Any())
            {
                RerouteTogether(from, [.. servers[false]]);
            }
        }

        private void RerouteTogether(LvsVirtualService from, (LvsRealServer Current, RealServerSettings Desired, string Text)[] group)
        {
            LvsServerId[] names = [.. group.Select(server => server.Current.RealServer)];
            _reroute.AddRange(group.Where(server => server.Current.Weight > 0).Select(server => Quiesce(server.Current)));
            _reroute.Add(new PlanStep.Drain($"drain {string.Join(", ", names.AsEnumerable())}", from, names));
            _reroute.AddRange(group.Select(server => new PlanStep.Table(
                server.Text, new IpvsChange.SetRealServer(server.Current, server.Desired), [new IpvsChange.SetRealServer(server.Current, server.Current.Settings with { Weight = 0 })])));
        }

        internal void RemoveServers(LvsVirtualService from, IReadOnlyList<LvsRealServer> leaving)
        {
            Drain(from, leaving);
            foreach (LvsRealServer server in leaving)
            {
                _remove.Add(new PlanStep.Table(
                    $"remove {server.RealServer}", new IpvsChange.RemoveRealServer(service, server.RealServer), [new IpvsChange.AddRealServer(service, server.Settings)]));
            }
        }

        internal void Drain(LvsVirtualService from, IReadOnlyList<LvsRealServer> leaving)
        {
            if (leaving.Count == 0 || planner._options.DrainTimeout <= TimeSpan.Zero)
            {
                return;
            }

            foreach (LvsRealServer server in leaving.Where(server => server.Settings.Weight > 0))
            {
                _quiesce.Add(Quiesce(server) with { MayBeGone = true });
            }

            _drain.Add(new PlanStep.Drain($"drain {string.Join(", ", leaving.Select(server => server.RealServer))}", from, [.. leaving.Select(server => server.RealServer)]));
        }

        private static PlanStep.Table Quiesce(LvsRealServer server) => new(
            string.Create(CultureInfo.InvariantCulture, $"set {server.RealServer} Weight: {server.Settings.Weight} -> 0"),
            new IpvsChange.SetRealServer(server, server.Settings with { Weight = 0 }),
            [new IpvsChange.SetRealServer(server, server.Settings)]);

        internal LvsPlanItem? Finish(Exception? refusal) => _changes.Count == 0 && refusal is null
            ? null
            : new LvsPlanItem(
                $"virtual service {service}", service, _changes, refusal is null ? [.. _make, .. _add, .. _raise, .. _update, .. _reroute, .. _lower, .. _quiesce, .. _drain, .. _remove] : [])
            {
                Warnings = _warnings,
                Refusal = refusal,
            };

        private static string Said(string what, IEnumerable<(SettingsProperty Old, SettingsProperty New)> differences) =>
            $"{what} {string.Join(", ", differences.Select(pair => $"{pair.New.Name}: {pair.Old.Text ?? "none"} -> {pair.New.Text ?? "none"}"))}";
    }
}
