using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Network;

/// <summary>
/// What enabling VIPs changed on a host, with the values from before, so that disabling the last VIP can put them back. A small file in /run on that host,
/// which a reboot empties as it does the settings themselves; one for each network namespace, named by the namespace's inode. The kernel gives the inode
/// of a dead namespace to a new one at once, so the namespace itself carries a random number too: in net.ipv4.conf.lo.tag, which the kernel keeps for
/// such uses (Documentation/networking/ip-sysctl.rst) and which dies with the namespace. A file without the namespace's number is another one's.
/// </summary>
internal sealed partial class VipMemory
{
    private const string LinkPrefix = "link ";
    private const string TagPath = "/proc/sys/net/ipv4/conf/lo/tag";

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
        return link.ExitCode == 0 && identity.Length > 0
            ? new VipMemory(host, $"/run/lvsadmin/vip-{identity}.json")
            : throw new LvsHostException(
                LvsHostError.BadReply, $"The network namespace on {host.Name} cannot be told: 'readlink /proc/self/ns/net' said '{link.Output.Trim()}{link.Error.Trim()}'.");
    }

    /// <summary>The changes that were made in this namespace, the first one first.</summary>
    /// <exception cref="LvsHostException">The host cannot be read, or the file is none of ours (BadReply).</exception>
    internal async ValueTask<IReadOnlyList<Entry>> ReadAsync(CancellationToken cancellationToken) =>
        (await LoadAsync(cancellationToken).ConfigureAwait(false)).Entries;

    /// <summary>The same step, which also writes down beforehand what it changes.</summary>
    /// <param name="change">The step.</param>
    /// <param name="key">What it changes: the path of a setting, or <see cref="LinkKey"/>.</param>
    internal HostChange Remembering(HostChange change, string key)
    {
        Content earlier = new();
        return new HostChange(change.Target, change.Property, change.OldValue, change.NewValue, ApplyAsync, UndoAsync);

        async ValueTask ApplyAsync(CancellationToken stop)
        {
            earlier = await LoadAsync(stop).ConfigureAwait(false);
            Entry? known = earlier.Entries.FirstOrDefault(entry => entry.Key == key);
            // Where the value is still the one that we set, the value from before that one is what has to come back.
            string before = known is not null && known.Set == change.OldValue ? known.Before : change.OldValue!;
            Entry[] entries = [.. earlier.Entries.Where(entry => entry.Key != key), new Entry(key, before, change.NewValue!)];
            await SaveAsync(earlier with { Entries = entries }, stop).ConfigureAwait(false);
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
        Content earlier = new();
        return new HostChange(change.Target, change.Property, change.OldValue, change.NewValue, ApplyAsync, UndoAsync);

        async ValueTask ApplyAsync(CancellationToken stop)
        {
            earlier = await LoadAsync(stop).ConfigureAwait(false);
            // Forgotten last: whoever is killed in between finds the rest to do the next time.
            await change.Apply(stop).ConfigureAwait(false);
            try
            {
                await SaveAsync(earlier with { Entries = [] }, stop).ConfigureAwait(false);
            }
            catch
            {
                await UndoAsync(CancellationToken.None).ConfigureAwait(false);
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

    // What is remembered of this namespace; nothing, with the number that it has to get, where the file is another one's.
    private async ValueTask<Content> LoadAsync(CancellationToken cancellationToken)
    {
        int tag = await ReadTagAsync(cancellationToken).ConfigureAwait(false);
        if (tag == 0)
        {
            // Whatever the file holds, it is not about this namespace.
            return new Content { Tag = RandomNumberGenerator.GetInt32(1, int.MaxValue), OwnTag = true };
        }

        Content fresh = new() { Tag = tag };
        if (await _host.ReadFileAsync(_path, cancellationToken).ConfigureAwait(false) is not { } text)
        {
            return fresh;
        }

        try
        {
            Content? content = JsonSerializer.Deserialize(text, Json.Default.Content);
            return content?.Entries?.All(entry => entry is { Key: not null, Before: not null, Set: not null }) == true
                ? content.Tag == tag ? content : fresh
                : throw new JsonException("It is incomplete.");
        }
        catch (JsonException exception)
        {
            throw new LvsHostException(
                LvsHostError.BadReply, $"{_path} on {_host.Name}, where LvsAdmin remembers earlier settings, cannot be read: {exception.Message} Remove it to forget them.", exception);
        }
    }

    // A file is written before its number and removed after it: one without the other is believed by nobody.
    private async ValueTask SaveAsync(Content content, CancellationToken cancellationToken)
    {
        bool isEmpty = content.Entries.Length == 0;
        if (!isEmpty)
        {
            await _host.WriteFileAsync(_path, JsonSerializer.Serialize(content, Json.Default.Content) + "\n", cancellationToken).ConfigureAwait(false);
        }

        int tag = isEmpty ? 0 : content.Tag;
        if (content.OwnTag && await ReadTagAsync(cancellationToken).ConfigureAwait(false) != tag)
        {
            await _host.WriteFileAsync(TagPath, tag.ToString(CultureInfo.InvariantCulture), cancellationToken).ConfigureAwait(false);
        }

        if (isEmpty)
        {
            await _host.RemoveFileAsync(_path, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<int> ReadTagAsync(CancellationToken cancellationToken) =>
        int.TryParse(await _host.ReadFileAsync(TagPath, cancellationToken).ConfigureAwait(false), CultureInfo.InvariantCulture, out int tag) ? tag : 0;

    /// <summary>One change: what, its value before the first VIP, and the value that we gave it.</summary>
    internal sealed record Entry(string Key, string Before, string Set);

    /// <summary>The file.</summary>
    private sealed record Content
    {
        /// <summary>The number that the namespace carries.</summary>
        public int Tag { get; init; }

        /// <summary>Whether we gave it that number, and take it away in the end.</summary>
        public bool OwnTag { get; init; }

        public Entry[] Entries { get; init; } = [];
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Content))]
    private sealed partial class Json : JsonSerializerContext;
}
