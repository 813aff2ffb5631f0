using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Plans to let a host forward.</summary>
internal static class ForwardingEnabling
{
    internal static async ValueTask<LvsForwardingPlan> PlanAsync(
        ILvsHost host, LvsAddressFamily family, IReadOnlyList<string> interfaces, bool isPersistent, CancellationToken cancellationToken)
    {
        if (isPersistent)
        {
            PersistenceDetection.RequireOwnNamespace(host);
        }

        ForwardingSettings settings = await ForwardingSettings.ReadAsync(host, family, cancellationToken).ConfigureAwait(false);
        if (interfaces.FirstOrDefault(name => !settings.Interfaces.Contains(name)) is { } missing)
        {
            throw NetworkInterfaces.Missing(host, missing, settings.Interfaces);
        }

        ForwardingMemory memory = await ForwardingMemory.OpenAsync(host, settings, cancellationToken).ConfigureAwait(false);
        IReadOnlyDictionary<string, int> unfinished = memory.Unfinished(settings);
        List<HostChange> changes = [.. unfinished.Select(each => KernelSetting.Change(host, each.Key, settings[each.Key], each.Value))];
        if (changes.Count > 0)
        {
            changes.Add(memory.Keeping([]));
            settings = settings.With(unfinished);
        }

        Dictionary<string, int> wanted = await WantedAsync(host, settings, interfaces, cancellationToken).ConfigureAwait(false);
        (string Path, int Value)[] missingSettings = [.. wanted.Where(each => settings.Has(each.Key) && settings[each.Key] != each.Value).Select(each => (each.Key, each.Value))];
        if (missingSettings.Length > 0 && !memory.IsEnabled)
        {
            changes.Add(memory.Claiming(settings));
        }

        foreach ((string path, int value) in missingSettings)
        {
            // The switch comes last: all that the kernel changes with it has been set, and so remembered, before.
            HostChange change = path == settings.Switch
                ? settings.With(wanted).SwitchTo(host, settings[path], value, settings.With(wanted))
                : KernelSetting.Change(host, path, settings[path], value);
            changes.Add(memory.Remembering(change, path));
        }

        if (isPersistent)
        {
            // What follows on the switch, the kernel does again.
            IEnumerable<(string, int, int)> kept = wanted
                .Where(each => settings.Has(each.Key) && (each.Key == settings.Switch || interfaces.Count > 0 || !settings.Follows(1).Any(follower => follower.Path == each.Key)))
                .Select(each => (each.Key, each.Value, memory.FirstOf(each.Key, settings[each.Key])));
            if (await memory.File.PlanAsync(settings, kept, cancellationToken).ConfigureAwait(false) is { } file)
            {
                changes.Add(file);
            }
        }

        return new LvsForwardingPlan(changes, []);
    }

    private static async ValueTask<Dictionary<string, int>> WantedAsync(
        ILvsHost host, ForwardingSettings settings, IReadOnlyList<string> interfaces, CancellationToken cancellationToken)
    {
        Dictionary<string, int> wanted = new(StringComparer.Ordinal);
        if (settings.IsV6)
        {
            // Where the host forwards, 1 means no: an interface would lose its addresses and the host its default route.
            foreach (string name in await settings.FindAdvertisedAsync(host, cancellationToken).ConfigureAwait(false))
            {
                wanted[settings.PathOf(name, Ipv6Settings.AcceptRouterAdvertisements)] = 2;
            }
        }
        else
        {
            // Both `all` and the interface say whether redirects are sent, and one is enough.
            foreach (string name in interfaces.Count == 0 ? settings.Names : interfaces.Prepend(Ipv4Settings.All))
            {
                wanted[settings.PathOf(name, ForwardingSettings.SendRedirects)] = 0;
            }
        }

        if (interfaces.Count > 0 && !settings.IsV6)
        {
            foreach (string name in interfaces)
            {
                wanted[settings.PathOf(name, ForwardingSettings.Forwarding)] = 1;
            }

            return wanted;
        }

        foreach ((string path, int value) in settings.Follows(1))
        {
            // What follows on the switch alone follows only when it is switched.
            if (path.EndsWith($"/{ForwardingSettings.Forwarding}", StringComparison.Ordinal) || settings[settings.Switch] == 0)
            {
                wanted[path] = value;
            }
        }

        wanted[settings.Switch] = 1;
        return wanted;
    }
}
