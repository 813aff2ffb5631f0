using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Plans to put back how a host forwarded before.</summary>
internal static class ForwardingDisabling
{
    internal static async ValueTask<LvsForwardingPlan> PlanAsync(ILvsHost host, LvsAddressFamily family, CancellationToken cancellationToken)
    {
        ForwardingSettings present = await ForwardingSettings.ReadAsync(host, family, cancellationToken).ConfigureAwait(false);
        ForwardingMemory memory = await ForwardingMemory.OpenAsync(host, present, cancellationToken).ConfigureAwait(false);
        if (!memory.IsEnabled)
        {
            HostChange[] stray = await memory.Memory.HasStrayNumberAsync(cancellationToken).ConfigureAwait(false) ? [memory.Forgetting()] : [];
            return new LvsForwardingPlan(stray, present[present.Switch] == 0
                ? []
                : [$"{host.Name} forwards {family}, but not by Enable-LvsForwarding: that stays. To end it, where nothing else needs it: sysctl -w net.{(present.IsV6 ? "ipv6" : "ipv4")}.conf.all.forwarding=0."]);
        }

        IReadOnlyDictionary<string, int> unfinished = memory.Unfinished(present);
        List<HostChange> changes = [.. unfinished.Select(each => KernelSetting.Change(host, each.Key, present[each.Key], each.Value))];
        ForwardingSettings settings = present.With(unfinished);
        Dictionary<string, int> earlier = Earlier(settings, memory);
        ForwardingSettings after = settings.With(earlier);
        bool isSwitched = settings[settings.Switch] != after[settings.Switch];
        foreach ((string path, int value) in earlier)
        {
            // What the kernel would undo again with the switch comes after it.
            bool isLater = isSwitched && (path == settings.Switch || (!IsForwarding(path) && settings.Follows(after[settings.Switch]).Contains((path, value))));
            if (!isLater && !IsAdvertised(path))
            {
                changes.Add(KernelSetting.Change(host, path, settings[path], value));
            }
        }

        if (isSwitched)
        {
            int to = after[settings.Switch];
            (string Path, int Value)[] keep = [.. settings.Follows(to).Where(each => settings.Has(each.Path) && after[each.Path] != each.Value).Select(each => (each.Path, after[each.Path]))];
            if (keep.Length > 0)
            {
                changes.Add(memory.Keeping(keep));
            }

            ForwardingSettings before = settings.With(earlier.Where(each => IsForwarding(each.Key) && each.Key != settings.Switch).ToDictionary());
            changes.Add(before.SwitchTo(host, settings[settings.Switch], to, after));
            string redirects = settings.PathOf(Ipv4Settings.All, ForwardingSettings.AcceptRedirects);
            if (earlier.TryGetValue(redirects, out int accepted) && settings.Follows(to).Contains((redirects, accepted)))
            {
                // The switch has done it; the step is there to be seen.
                changes.Add(KernelSetting.Change(host, redirects, settings[redirects], accepted));
            }
        }

        // After all else: an interface that forwards again takes the advertised routes of the others with it, unless these say 2.
        changes.AddRange(earlier.Where(each => IsAdvertised(each.Key)).Select(each => KernelSetting.Change(host, each.Key, settings[each.Key], each.Value)));
        if (await memory.File.PlanAsync(present, [], cancellationToken).ConfigureAwait(false) is { } file)
        {
            changes.Add(file);
        }

        changes.Add(memory.Forgetting());
        return new LvsForwardingPlan(changes, []);
    }

    // What has to get an earlier value back, with that value.
    private static Dictionary<string, int> Earlier(ForwardingSettings settings, ForwardingMemory memory)
    {
        Dictionary<string, int> earlier = new(StringComparer.Ordinal);
        foreach (string path in settings.Paths)
        {
            int value = settings[path];
            int? before = memory.EarlierOf(path, value);
            if (before is null && path.Split('/') is [.., var name, var setting] && memory.IsNew(name) && name is not (Ipv4Settings.All or Ipv4Settings.Default) && !memory.Remembers(path))
            {
                // It came since, and began with the value that we gave `default`.
                before = memory.EarlierOf(settings.PathOf(Ipv4Settings.Default, setting), value);
            }

            if (before is { } given && given != value)
            {
                earlier[path] = given;
            }
        }

        return earlier;
    }

    private static bool IsAdvertised(string path) => path.EndsWith($"/{Ipv6Settings.AcceptRouterAdvertisements}", StringComparison.Ordinal);

    private static bool IsForwarding(string path) => path.EndsWith($"/{ForwardingSettings.Forwarding}", StringComparison.Ordinal);
}
