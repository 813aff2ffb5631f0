using System.Globalization;
using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Network;

/// <summary>What is remembered of a host's forwarding: the settings that were changed, the interfaces that there were, and a disabling that is under way.</summary>
internal sealed class ForwardingMemory
{
    // The interfaces at the time of enabling: one that came later has its settings from `default`, and so from us.
    private const string Known = "interfaces";

    // What the kernel changes on the way although it shall stay, as PATH=VALUE: found later, it tells of a disabling that was killed.
    private const string Keep = "keep";

    private readonly string _owner;
    private readonly HostMemory.Claim? _claim;
    private readonly HostMemory.Entry[] _entries;

    private ForwardingMemory(string owner, HostMemory memory, HostMemory.Claim? claim, HostMemory.Entry[] entries, ForwardingFile file)
    {
        _owner = owner;
        _claim = claim;
        _entries = entries;
        Memory = memory;
        File = file;
    }

    internal HostMemory Memory { get; }

    /// <summary>What survives a boot.</summary>
    internal ForwardingFile File { get; }

    /// <summary>Whether forwarding was enabled, wholly or in part.</summary>
    internal bool IsEnabled => _claim is not null;

    internal static async ValueTask<ForwardingMemory> OpenAsync(ILvsHost host, ForwardingSettings settings, CancellationToken cancellationToken)
    {
        string owner = $"forwarding {settings.Family}";
        HostMemory memory = new(host);
        (IReadOnlyList<HostMemory.Entry> entries, IReadOnlyList<HostMemory.Claim> claims) = await memory.ReadAsync(cancellationToken).ConfigureAwait(false);
        ForwardingFile file = await ForwardingFile.ReadAsync(host, cancellationToken).ConfigureAwait(false);
        HostMemory.Entry[] remembered = [.. entries.Where(entry => entry.Owners.Contains(owner))];
        HostMemory.Entry[] filed = [.. Filed(file, settings, owner).Where(each => remembered.All(entry => entry.Key != each.Key))];
        HostMemory.Claim? claim = claims.FirstOrDefault(claim => claim.Owner == owner)
            ?? (filed.Length > 0 ? new HostMemory.Claim(owner, new Dictionary<string, string> { [Known] = string.Join(' ', settings.Interfaces) }) : null);
        return new ForwardingMemory(owner, memory, claim, [.. remembered, .. filed], file);
    }

    // After a boot the file alone knows what was before; and what the kernel changed along with the switch follows from that.
    private static IEnumerable<HostMemory.Entry> Filed(ForwardingFile file, ForwardingSettings settings, string owner)
    {
        Dictionary<string, (int Value, int Before)> known = file.Of(settings).ToDictionary(each => each.Path, each => (each.Value, each.Before));
        if (known.TryGetValue(settings.Switch, out (int Value, int Before) switched) && switched.Value != switched.Before)
        {
            foreach (((string path, int value), (_, int before)) in settings.Follows(switched.Value).Zip(settings.Follows(switched.Before)))
            {
                known.TryAdd(path, (value, before));
            }
        }

        return known.Select(each => new HostMemory.Entry(
            each.Key, each.Value.Before.ToString(CultureInfo.InvariantCulture), each.Value.Value.ToString(CultureInfo.InvariantCulture))
        {
            Owners = [owner],
        });
    }

    /// <summary>The step that writes a setting, with its earlier value remembered.</summary>
    internal HostChange Remembering(HostChange change, string path) => Memory.Remembering(change, path, _owner);

    /// <summary>The step that writes down that forwarding is being enabled.</summary>
    internal HostChange Claiming(ForwardingSettings settings) =>
        Memory.Claiming(new HostMemory.Claim(_owner, new Dictionary<string, string> { [Known] = string.Join(' ', settings.Interfaces) }), []);

    /// <summary>The step that writes down which settings have to be put back after the host as a whole was switched off.</summary>
    internal HostChange Keeping(IEnumerable<(string Path, int Value)> settings)
    {
        Dictionary<string, string> facts = new(_claim!.Facts);
        string keep = string.Join(' ', settings.Select(each => string.Create(CultureInfo.InvariantCulture, $"{each.Path}={each.Value}")));
        facts.Remove(Keep);
        if (keep.Length > 0)
        {
            facts[Keep] = keep;
        }

        return Memory.Claiming(_claim with { Facts = facts }, []);
    }

    /// <summary>What a disabling that was killed after it switched the host off has left to be put back.</summary>
    internal IReadOnlyDictionary<string, int> Unfinished(ForwardingSettings settings)
    {
        Dictionary<string, int> left = new(StringComparer.Ordinal);
        if (_claim?.Facts.GetValueOrDefault(Keep) is not { } keep || settings[settings.Switch] != 0)
        {
            return left;
        }

        foreach (string each in keep.Split(' '))
        {
            if (each.Split('=') is [var path, var text]
                && settings.Has(path)
                && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
                && settings[path] != value)
            {
                left[path] = value;
            }
        }

        return left;
    }

    /// <summary>Whether an interface came after forwarding was enabled.</summary>
    internal bool IsNew(string interfaceName) =>
        _claim is not null && !(_claim.Facts.GetValueOrDefault(Known) ?? string.Empty).Split(' ').Contains(interfaceName);

    /// <summary>The value that a setting had before, where it still has the one that we gave it and nobody else needs that; else null.</summary>
    internal int? EarlierOf(string path, int value) =>
        _entries.FirstOrDefault(entry => entry.Key == path && entry.Owners.Length == 1) is { } entry
        && entry.Numbers() is var (before, set)
        && set == value
            ? before
            : null;

    /// <summary>The value that a setting had before all that we did to it.</summary>
    /// <param name="path">The setting.</param>
    /// <param name="value">Its value now.</param>
    internal int FirstOf(string path, int value) => EarlierOf(path, value) ?? value;

    /// <summary>Whether the setting's earlier value is remembered at all.</summary>
    internal bool Remembers(string path) => _entries.Any(entry => entry.Key == path);

    /// <summary>The step that forgets it all; the last one.</summary>
    internal HostChange Forgetting() => Memory.Forgetting(_owner);
}
