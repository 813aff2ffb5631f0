using System.Globalization;
using System.Text.Json;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>The kernel's settings of one family that decide about forwarding, of every interface and of <c>all</c> and <c>default</c>, as read at one time.</summary>
internal sealed class ForwardingSettings
{
    internal const string Forwarding = "forwarding";
    internal const string SendRedirects = "send_redirects";
    internal const string AcceptRedirects = "accept_redirects";

    private readonly string _root;
    private readonly Dictionary<string, int> _values;

    private ForwardingSettings(LvsAddressFamily family, string root, IReadOnlyList<string> names, Dictionary<string, int> values)
    {
        Family = family;
        _root = root;
        Names = names;
        _values = values;
    }

    internal LvsAddressFamily Family { get; }

    /// <summary>The directories: <c>all</c>, <c>default</c> and every interface.</summary>
    internal IReadOnlyList<string> Names { get; }

    internal IEnumerable<string> Interfaces => Names.Where(name => name is not (Ipv4Settings.All or Ipv4Settings.Default));

    internal bool IsV6 => Family == LvsAddressFamily.IPv6;

    /// <summary>The path of what switches the host as a whole; /proc/sys/net/ipv4/ip_forward is another name of it.</summary>
    internal string Switch => PathOf(Ipv4Settings.All, Forwarding);

    internal string PathOf(string name, string setting) => $"{_root}/{name}/{setting}";

    /// <summary>The value of a setting; 0 for one that is not there.</summary>
    internal int this[string path] => _values.GetValueOrDefault(path);

    internal int this[string name, string setting] => this[PathOf(name, setting)];

    internal IEnumerable<string> Paths => _values.Keys;

    /// <summary>Whether a setting is one of this family.</summary>
    internal bool IsOfFamily(string path) => path.StartsWith(_root + "/", StringComparison.Ordinal);

    /// <summary>Whether a setting was there to be read.</summary>
    internal bool Has(string path) => _values.ContainsKey(path);

    /// <summary>The same, as if some settings had other values.</summary>
    internal ForwardingSettings With(IReadOnlyDictionary<string, int> values)
    {
        Dictionary<string, int> changed = new(_values, StringComparer.Ordinal);
        foreach ((string path, int value) in values)
        {
            changed[path] = value;
        }

        return new ForwardingSettings(Family, _root, Names, changed);
    }

    /// <summary>What the kernel itself changes when the host as a whole is switched (inet_forward_change, net/ipv4/devinet.c; addrconf_fixup_forwarding, net/ipv6/addrconf.c).</summary>
    internal IEnumerable<(string Path, int Value)> Follows(int to)
    {
        foreach (string name in Names.Where(name => name != Ipv4Settings.All))
        {
            yield return (PathOf(name, Forwarding), to);
        }

        if (!IsV6)
        {
            yield return (PathOf(Ipv4Settings.All, AcceptRedirects), 1 - to);
        }
    }

    /// <exception cref="LvsHostException">The host has no such family (FileMissing), or cannot be read.</exception>
    internal static async ValueTask<ForwardingSettings> ReadAsync(ILvsHost host, LvsAddressFamily family, CancellationToken cancellationToken)
    {
        bool isV6 = family == LvsAddressFamily.IPv6;
        string root = isV6 ? "/proc/sys/net/ipv6/conf" : "/proc/sys/net/ipv4/conf";
        IReadOnlyList<string> names = await host.ListDirectoryAsync(root, cancellationToken).ConfigureAwait(false);
        if (names.Count == 0)
        {
            throw new LvsHostException(LvsHostError.FileMissing, $"{host.Name} has no {root}: its kernel has no {family}, or /proc is not mounted there.");
        }

        Dictionary<string, int> values = new(StringComparer.Ordinal);
        string[] all = [Ipv4Settings.All, Ipv4Settings.Default, .. names.Except([Ipv4Settings.All, Ipv4Settings.Default])];
        string[] paths =
        [
            .. all.SelectMany(name => isV6
                ? new[] { $"{root}/{name}/{Forwarding}", $"{root}/{name}/{Ipv6Settings.AcceptRouterAdvertisements}" }
                : [$"{root}/{name}/{Forwarding}", $"{root}/{name}/{SendRedirects}", $"{root}/{name}/{AcceptRedirects}"]),
        ];
        foreach ((string path, int? value) in paths.Zip(await KernelSetting.ReadAllAsync(host, paths, cancellationToken).ConfigureAwait(false)))
        {
            if (value is { } known)
            {
                values[path] = known;
            }
        }

        return new ForwardingSettings(family, root, all, values);
    }

    /// <summary>The interfaces that have routes or addresses from router advertisements, by the kernel itself and not by a program.</summary>
    internal async ValueTask<IReadOnlyList<string>> FindAdvertisedAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        string[] listening = [.. Interfaces.Where(name => this[name, Forwarding] == 0 && this[name, Ipv6Settings.AcceptRouterAdvertisements] == 1)];
        if (listening.Length == 0)
        {
            return [];
        }

        JsonElement[] routes = await IpCommand.QueryAsync(host, cancellationToken, "-6", "-json", "route", "show").ConfigureAwait(false);
        // The route of an advertised prefix is the kernel's own, but ends some day, as no other of its routes does.
        HashSet<string?> advertised =
        [
            .. routes.Where(route => Text(route, "protocol") == "ra" || (Text(route, "protocol") == "kernel" && route.TryGetProperty("expires", out _)))
                .Select(route => Text(route, "dev")),
        ];
        return [.. listening.Where(advertised.Contains)];

        static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
    }

    /// <summary>
    /// The step that switches the host as a whole. The kernel changes other settings with it, and forgets what they were: the step gives each of them the
    /// value that it shall have afterwards, and its undo the one from before.
    /// </summary>
    /// <param name="host">The host.</param>
    /// <param name="from">0 or 1.</param>
    /// <param name="to">1 or 0.</param>
    /// <param name="after">The settings as they shall be after the step; those of this object are from before it.</param>
    internal HostChange SwitchTo(ILvsHost host, int from, int to, ForwardingSettings after)
    {
        HostChange plain = KernelSetting.Change(host, Switch, from, to);
        return new HostChange(plain.Target, plain.Property, plain.OldValue, plain.NewValue, ApplyAsync, UndoAsync);

        async ValueTask ApplyAsync(CancellationToken stop)
        {
            await plain.Apply(stop).ConfigureAwait(false);
            try
            {
                await MendAsync(to, after, stop).ConfigureAwait(false);
            }
            catch
            {
                await UndoAsync(CancellationToken.None).ConfigureAwait(false);
                throw;
            }
        }

        async ValueTask UndoAsync(CancellationToken stop)
        {
            await plain.Undo(stop).ConfigureAwait(false);
            await MendAsync(from, this, stop).ConfigureAwait(false);
        }

        async ValueTask MendAsync(int switched, ForwardingSettings wanted, CancellationToken stop)
        {
            foreach ((string path, int value) in Follows(switched))
            {
                if (Has(path) && wanted[path] != value)
                {
                    await host.WriteFileAsync(path, wanted[path].ToString(CultureInfo.InvariantCulture), stop).ConfigureAwait(false);
                }
            }
        }
    }
}
