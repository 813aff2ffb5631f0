using System.Text.Json;
using System.Text.Json.Serialization;
using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Network;

/// <summary>
/// What enabling VIPs changed on a host, with the values from before, so that disabling the last VIP can put them back. A small file in /run on that host,
/// which a reboot empties as it does the settings themselves; one for each network namespace, named by the namespace's inode.
/// </summary>
internal sealed partial class VipMemory
{
    private const string LinkPrefix = "link ";

    private readonly ILvsHost _host;
    private readonly string _path;

    private VipMemory(ILvsHost host, string path)
    {
        _host = host;
        _path = path;
    }

    /// <summary>Finds the memory of the host's network namespace.</summary>
    /// <exception cref="LvsHostException">The namespace cannot be told (BadReply).</exception>
    internal static async ValueTask<VipMemory> OpenAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        ProgramResult link = await host.RunAsync(new ProgramInvocation("readlink", "/proc/self/ns/net"), cancellationToken).ConfigureAwait(false);
        // It reads net:[4026531840].
        string identity = new([.. link.Output.Where(char.IsAsciiDigit)]);
        if (link.ExitCode != 0 || identity.Length == 0)
        {
            throw new LvsHostException(
                LvsHostError.BadReply, $"The network namespace on {host.Name} cannot be told: 'readlink /proc/self/ns/net' said '{link.Output.Trim()}{link.Error.Trim()}'.");
        }

        string path = $"/run/lvsadmin/vip-{identity}.json";
        return new VipMemory(host, path);
    }

    /// <summary>The changes that were made, the first one first.</summary>
    /// <exception cref="LvsHostException">The host cannot be read, or the file is none of ours (BadReply).</exception>
    internal async ValueTask<List<Entry>> ReadAsync(CancellationToken cancellationToken)
    {
        string? text = await _host.ReadFileAsync(_path, cancellationToken).ConfigureAwait(false);
        try
        {
            List<Entry> entries = text is null ? [] : JsonSerializer.Deserialize(text, Json.Default.ListEntry) ?? [];
            return entries.TrueForAll(entry => entry is { Key: not null, Before: not null, Set: not null })
                ? entries
                : throw new JsonException("An entry is incomplete.");
        }
        catch (JsonException exception)
        {
            throw new LvsHostException(
                LvsHostError.BadReply, $"{_path} on {_host.Name}, where LvsAdmin remembers earlier settings, cannot be read: {exception.Message} Remove it to forget them.", exception);
        }
    }

    /// <summary>The same step, which also writes down beforehand what it changes.</summary>
    /// <param name="change">The step.</param>
    /// <param name="key">What it changes: the path of a setting, or <see cref="LinkKey"/>.</param>
    internal HostChange Remembering(HostChange change, string key)
    {
        List<Entry> earlier = [];
        return new HostChange(change.Target, change.Property, change.OldValue, change.NewValue, ApplyAsync, UndoAsync);

        async ValueTask ApplyAsync(CancellationToken stop)
        {
            earlier = await ReadAsync(stop).ConfigureAwait(false);
            Entry? known = earlier.Find(entry => entry.Key == key);
            // Where the value is still the one that we set, the value from before that one is what has to come back.
            string before = known is not null && known.Set == change.OldValue ? known.Before : change.OldValue!;
            await SaveAsync([.. earlier.Where(entry => entry.Key != key), new Entry(key, before, change.NewValue!)], stop).ConfigureAwait(false);
            try
            {
                await change.Apply(stop).ConfigureAwait(false);
            }
            catch
            {
                await SaveAsync(earlier, CancellationToken.None).ConfigureAwait(false);
                throw;
            }
        }

        async ValueTask UndoAsync(CancellationToken stop)
        {
            await change.Undo(stop).ConfigureAwait(false);
            await SaveAsync(earlier, stop).ConfigureAwait(false);
        }
    }

    /// <summary>The same step, after which nothing is remembered any more.</summary>
    internal HostChange Forgetting(HostChange change)
    {
        List<Entry> earlier = [];
        return new HostChange(change.Target, change.Property, change.OldValue, change.NewValue, ApplyAsync, UndoAsync);

        async ValueTask ApplyAsync(CancellationToken stop)
        {
            earlier = await ReadAsync(stop).ConfigureAwait(false);
            await SaveAsync([], stop).ConfigureAwait(false);
            try
            {
                await change.Apply(stop).ConfigureAwait(false);
            }
            catch
            {
                await SaveAsync(earlier, CancellationToken.None).ConfigureAwait(false);
                throw;
            }
        }

        async ValueTask UndoAsync(CancellationToken stop)
        {
            await change.Undo(stop).ConfigureAwait(false);
            await SaveAsync(earlier, stop).ConfigureAwait(false);
        }
    }

    /// <summary>How the state of an interface, up or down, is remembered.</summary>
    internal static string LinkKey(string interfaceName) => LinkPrefix + interfaceName;

    /// <summary>The interface whose state an entry remembers; null for an entry of another kind.</summary>
    internal static string? InterfaceOf(Entry entry) =>
        entry.Key.StartsWith(LinkPrefix, StringComparison.Ordinal) ? entry.Key[LinkPrefix.Length..] : null;

    private ValueTask SaveAsync(List<Entry> entries, CancellationToken cancellationToken) => entries.Count == 0
        ? _host.RemoveFileAsync(_path, cancellationToken)
        : _host.WriteFileAsync(_path, JsonSerializer.Serialize(entries, Json.Default.ListEntry) + "\n", cancellationToken);

    /// <summary>One change: what, its value before the first VIP, and the value that we gave it.</summary>
    internal sealed record Entry(string Key, string Before, string Set);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(List<Entry>))]
    private sealed partial class Json : JsonSerializerContext;
}
