using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Configuration;

/// <summary>Plans what a document says of the director itself: timeouts, parameters, forwarding, sync daemons, virtual IPs.</summary>
internal sealed class DirectorPlanner(ILvsHost host, LvsConfiguration configuration, SyncOptions options)
{
    /// <summary>What comes before the services: nothing of it is in the way of their traffic.</summary>
    internal async ValueTask<IReadOnlyList<LvsPlanItem>> PlanBeforeAsync(DirectorState state, CancellationToken cancellationToken)
    {
        List<LvsPlanItem?> items = [PlanTimeout(state)];
        foreach ((string name, object value) in configuration.KernelParameters.OrderBy(each => each.Key, StringComparer.Ordinal))
        {
            items.Add(await PlanHostAsync(
                LvsChangeSubject.KernelParameter, $"net.ipv4.vs.{name}", async () => (await KernelParameters.PlanSetAsync(host, name, value, cancellationToken).ConfigureAwait(false), [])).ConfigureAwait(false));
        }

        foreach ((LvsAddressFamily family, bool? wanted) in new[] { (LvsAddressFamily.IPv4, configuration.ForwardingIPv4), (LvsAddressFamily.IPv6, configuration.ForwardingIPv6) })
        {
            if (wanted is { } isOn)
            {
                items.Add(await PlanHostAsync(
                    LvsChangeSubject.Forwarding, $"{family} forwarding", () => PlanForwardingAsync(family, isOn, cancellationToken)).ConfigureAwait(false));
            }
        }

        return [.. items.OfType<LvsPlanItem>()];
    }

    /// <summary>What comes after the services: a virtual IP without its service would refuse its clients.</summary>
    internal async ValueTask<IReadOnlyList<LvsPlanItem>> PlanAfterAsync(DirectorState state, IReadOnlyList<LvsHold> holds, CancellationToken cancellationToken)
    {
        List<LvsPlanItem?> items = [];
        foreach (DirectorVipSettings vip in configuration.DirectorVips.OrderBy(vip => vip.Address))
        {
            items.Add(await PlanHostAsync(LvsChangeSubject.DirectorVip, $"virtual IP {vip.Address}", async () =>
            {
                LvsVipPlan plan = await DirectorVips.PlanEnableAsync(
                    host, vip.Address, new LvsDirectorVipSettings { Interface = vip.Interface, PrefixLength = vip.PrefixLength, IsPersistent = options.Persistent }, cancellationToken).ConfigureAwait(false);
                return (plan.Changes, plan.Warnings);
            }).ConfigureAwait(false));
        }

        items.AddRange(PlanDaemons(state));
        if (options.Persistent)
        {
            items.Add(await PlanHostAsync(
                LvsChangeSubject.Boot, "table at boot", () => PersistentTable.PlanAsync(host, configuration, holds, cancellationToken)).ConfigureAwait(false));
        }

        return [.. items.OfType<LvsPlanItem>()];
    }

    private LvsPlanItem? PlanTimeout(DirectorState state)
    {
        if (configuration.Timeout is not { } wanted || state.Timeout is not { } current)
        {
            return null;
        }

        // 0 leaves a value as it is (ip_vs_set_timeout, ip_vs_ctl.c), and so does null.
        LvsTimeout desired = current with { Tcp = Given(wanted.Tcp) ?? current.Tcp, TcpFin = Given(wanted.TcpFin) ?? current.TcpFin, Udp = Given(wanted.Udp) ?? current.Udp };
        (SettingsProperty Old, SettingsProperty New)[] differences =
            [.. SettingsProperties.Differences(SettingsProperties.Of(current), SettingsProperties.Of(desired))];
        return differences.Length == 0 ? null : new LvsPlanItem(
            "timeouts",
            null,
            [.. differences.Select(pair => Difference(LvsChangeAction.Set, LvsChangeSubject.Timeout, "timeouts", pair.New.Name, pair.Old.Text, pair.New.Text))],
            [
                new PlanStep.Call(
                    $"set timeouts {string.Join(", ", differences.Select(pair => $"{pair.New.Name}: {pair.Old.Text} -> {pair.New.Text}"))}",
                    (client, stop) => client.SetTimeoutAsync(desired, stop),
                    (client, stop) => client.SetTimeoutAsync(current, stop)),
            ]);
    }

    private IEnumerable<LvsPlanItem> PlanDaemons(DirectorState state)
    {
        if (configuration.SyncDaemons is not { } wanted || state.SyncDaemons is not { } running)
        {
            yield break;
        }

        foreach (LvsSyncRole role in Enum.GetValues<LvsSyncRole>())
        {
            LvsSyncDaemon? current = running.FirstOrDefault(daemon => daemon.Role == role);
            LvsSyncDaemon? desired = wanted.FirstOrDefault(daemon => daemon.Role == role);
            if (PlanDaemon(role, current, desired) is { } item)
            {
                yield return item;
            }
        }
    }

    // The kernel has no way to change a daemon: it is stopped and started. What the document does not say is as the kernel has chosen.
    private LvsPlanItem? PlanDaemon(LvsSyncRole role, LvsSyncDaemon? current, LvsSyncDaemon? desired)
    {
        string identity = $"{role} sync daemon";
        PlanStep.Call? stop = current is null ? null : new($"stop {identity}", (client, token) => client.StopSyncDaemonAsync(role, token), (client, token) => client.StartSyncDaemonAsync(current, token));
        PlanStep.Call? start = desired is null ? null : new($"start {identity} ({Said(desired)})", (client, token) => client.StartSyncDaemonAsync(desired, token), (client, token) => client.StopSyncDaemonAsync(role, token));
        if (current is null || desired is null)
        {
            return (stop, start) switch
            {
                ({ }, null) => new LvsPlanItem(identity, null, [Difference(LvsChangeAction.Remove, LvsChangeSubject.SyncDaemon, identity, null, Said(current!), null)], [stop]),
                (null, { }) => new LvsPlanItem(identity, null, [Difference(LvsChangeAction.Add, LvsChangeSubject.SyncDaemon, identity, null, null, Said(desired!))], [start]),
                _ => null,
            };
        }

        (SettingsProperty Old, SettingsProperty New)[] differences =
            [.. SettingsProperties.Differences(SettingsProperties.Of(current), SettingsProperties.Of(desired)).Where(pair => pair.New.Value is not null)];
        return differences.Length == 0 ? null : new LvsPlanItem(
            identity,
            null,
            [.. differences.Select(pair => Difference(LvsChangeAction.Set, LvsChangeSubject.SyncDaemon, identity, pair.New.Name, pair.Old.Text, pair.New.Text, "stopped and started: a change of its own there is not"))],
            [stop!, start!]);
    }

    private async ValueTask<(IReadOnlyList<HostChange> Changes, IReadOnlyList<string> Warnings)> PlanForwardingAsync(
        LvsAddressFamily family, bool isOn, CancellationToken cancellationToken)
    {
        if (isOn)
        {
            LvsForwardingPlan enabling = await ForwardingPolicies.PlanEnableAsync(host, family, [], options.Persistent, cancellationToken).ConfigureAwait(false);
            return (enabling.Changes, enabling.Warnings);
        }

        LvsForwardingState state = await ForwardingPolicies.GetAsync(host, family, cancellationToken).ConfigureAwait(false);
        if (!state.Forwarding)
        {
            return ([], []);
        }

        // What is not ours to switch off stays, and the plan says so: without a step, the difference stays too.
        LvsForwardingPlan disabling = await ForwardingPolicies.PlanDisableAsync(host, family, cancellationToken).ConfigureAwait(false);
        return disabling.Changes.Any(change => !change.IsNote)
            ? (disabling.Changes, disabling.Warnings)
            : throw new LvsSyncException(LvsSyncError.SyncFailed, string.Join(' ', disabling.Warnings));
    }

    private async ValueTask<LvsPlanItem?> PlanHostAsync(
        LvsChangeSubject subject, string identity, Func<ValueTask<(IReadOnlyList<HostChange> Changes, IReadOnlyList<string> Warnings)>> plan)
    {
        try
        {
            (IReadOnlyList<HostChange> changes, IReadOnlyList<string> warnings) = await plan().ConfigureAwait(false);
            HostChange[] visible = [.. changes.Where(change => !change.IsNote)];
            return visible.Length == 0 ? null : new LvsPlanItem(
                identity,
                null,
                [.. visible.Select(change => DifferenceOf(subject, change))],
                [new PlanStep.Host(string.Join(", ", visible.Select(change => $"{change.Target}: {change.Property}")), changes)])
            {
                Warnings = warnings,
            };
        }
        catch (Exception failure) when (failure is (LvsHostException and not LvsConnectionException) or LvsValidationException or LvsSyncException)
        {
            LvsChangeAction action = subject == LvsChangeSubject.DirectorVip ? LvsChangeAction.Add : LvsChangeAction.Set;
            return new LvsPlanItem(identity, null, [Difference(action, subject, identity, null, null, null, $"refused: {failure.Message}")], []) { Refusal = failure };
        }
    }

    private static LvsChangeAction ActionOf(HostChange change) => (change.OldValue, change.NewValue) switch
    {
        (null, { }) => LvsChangeAction.Add,
        ({ }, null) => LvsChangeAction.Remove,
        _ => LvsChangeAction.Set,
    };

    // Of a file, that it is written and what of it changes; not all of its text twice.
    private LvsConfigurationChange DifferenceOf(LvsChangeSubject subject, HostChange change) => change.Description is { } text
        ? Difference(ActionOf(change), subject, change.Target, change.Property, null, text)
        : Difference(ActionOf(change), subject, change.Target, change.Property, change.OldValue, change.NewValue);

    private LvsConfigurationChange Difference(
        LvsChangeAction action, LvsChangeSubject subject, string identity, string? property, string? current, string? desired, string? reason = null) => new()
        {
            Action = action,
            Subject = subject,
            Identity = identity,
            Property = property,
            Current = current,
            Desired = desired,
            Reason = reason,
            HostName = host.Name,
            NetworkNamespace = host.NetworkNamespace,
        };

    private static string Said(LvsSyncDaemon daemon) =>
        string.Join(", ", SettingsProperties.Of(daemon).Where(property => property.Value is not null).Select(property => $"{property.Name} {property.Text}"));

    private static uint? Given(uint? value) => value is null or 0 ? null : value;
}
