using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Network;

/// <summary>
/// What LvsAdmin changed on a host, with the values from before and the owners (a VIP, forwarding) that need each change, so that what no owner needs any
/// more gets its earlier value back; and of each owner, how it was enabled. A small file in /run on that host, which a reboot empties as it does the
/// settings themselves; one for each network namespace. The namespace carries the file's number, a random one, in net.ipv4.conf.lo.tag, which the kernel
/// keeps for such uses (Documentation/networking/ip-sysctl.rst) and which dies with the namespace: a number that a namespace does not carry is not
/// believed. Where an administrator uses the tag already, the namespace's inode stands in its place.
/// </summary>
internal sealed partial class HostMemory
{
    private const string TagPath = "/proc/sys/net/ipv4/conf/lo/tag";

    // Ours have this bit: an administrator who numbers interfaces hardly begins at a thousand million.
    private const int OwnTags = 1 << 30;

    private readonly ILvsHost _host;

    internal HostMemory(ILvsHost host) => _host = host;

    /// <summary>What was changed in this namespace, the first change first, and how its owners were enabled.</summary>
    /// <exception cref="LvsHostException">The host cannot be read, or the file is none of ours (BadReply).</exception>
    internal async ValueTask<(IReadOnlyList<Entry> Entries, IReadOnlyList<Claim> Claims)> ReadAsync(CancellationToken cancellationToken)
    {
        Content content = await LoadAsync(cancellationToken).ConfigureAwait(false);
        return (content.Entries, content.Claims);
    }

    /// <summary>Whether the namespace carries a number of ours although nothing is remembered: what one who was killed leaves. Forgetting takes it away.</summary>
    internal async ValueTask<bool> HasStrayNumberAsync(CancellationToken cancellationToken)
    {
        Content content = await LoadAsync(cancellationToken).ConfigureAwait(false);
        return content.Entries.Length == 0 && content.Claims.Length == 0 && await ReadTagAsync(cancellationToken).ConfigureAwait(false) is var tag && IsOwn(tag);
    }

    /// <summary>The same step, which also writes down beforehand what it changes.</summary>
    /// <param name="change">The step.</param>
    /// <param name="key">What it changes: the path of a setting, or a word for the kind and a name (<c>link tunl0</c>).</param>
    /// <param name="owner">Who needs the change: <c>vip 192.0.2.10</c>.</param>
    /// <param name="bystanders">Addresses that got on without the change, and so are no reason to keep it.</param>
    internal HostChange Remembering(HostChange change, string key, string owner, IReadOnlyList<string>? bystanders = null) => Altering(change, content =>
    {
        Entry? known = content.Entries.FirstOrDefault(entry => entry.Key == key);
        // Where the value is still the one that we set, the value from before that one is what has to come back.
        bool isOurs = known is not null && known.Set == change.OldValue;
        Entry entry = new(key, isOurs ? known!.Before : change.OldValue ?? string.Empty, change.NewValue ?? string.Empty)
        {
            Owners = [.. (known?.Owners ?? []).Union([owner])],
            Bystanders = isOurs ? known!.Bystanders : [.. bystanders ?? []],
        };
        return content with { Entries = [.. content.Entries.Where(each => each.Key != key), entry] };
    });

    /// <summary>The step that writes down how an owner was enabled, and which earlier changes it needs too. It changes nothing else.</summary>
    /// <param name="claim">The owner and how it was enabled.</param>
    /// <param name="needed">The earlier changes, as they are known here or from a record that outlived a boot.</param>
    internal HostChange Claiming(Claim claim, IReadOnlyCollection<Entry> needed) => Altering(
        Note(claim.Owner, null, "enabled"),
        content => content with
        {
            Claims = [.. content.Claims.Where(each => each.Owner != claim.Owner), claim],
            Entries =
            [
                .. content.Entries.Select(entry => needed.Any(each => each.Key == entry.Key) ? entry with { Owners = [.. entry.Owners.Union([claim.Owner])] } : entry),
                .. needed.Where(each => content.Entries.All(entry => entry.Key != each.Key)).Select(each => each with { Owners = [.. each.Owners.Union([claim.Owner])] }),
            ],
        });

    /// <summary>The step that forgets an owner, and the changes that only it needed. It changes nothing else, and comes last: who is killed before it finds the rest to do the next time.</summary>
    /// <param name="owner">The owner.</param>
    /// <param name="heirs">Other owners, to which changes pass that are not undone although nobody else asked for them; by the changes' keys.</param>
    internal HostChange Forgetting(string owner, IReadOnlyDictionary<string, string[]>? heirs = null) => Altering(
        Note(owner, "enabled", null),
        content => content with
        {
            Claims = [.. content.Claims.Where(each => each.Owner != owner)],
            Entries =
            [
                .. content.Entries
                    .Select(entry => entry with { Owners = [.. entry.Owners.Except([owner]).Union(heirs?.GetValueOrDefault(entry.Key) ?? [])] })
                    .Where(entry => entry.Owners.Length > 0),
            ],
        });

    private static HostChange Note(string owner, string? from, string? to) =>
        new("what LvsAdmin remembers", owner, from, to, _ => ValueTask.CompletedTask, _ => ValueTask.CompletedTask) { IsNote = true };

    // The file is changed before the step, so that a step that was begun is always known, and put back when the step fails or is taken back.
    private HostChange Altering(HostChange change, Func<Content, Content> alter)
    {
        Content earlier = new();
        return new HostChange(change.Target, change.Property, change.OldValue, change.NewValue, ApplyAsync, UndoAsync) { Description = change.Description, IsNote = change.IsNote };

        async ValueTask ApplyAsync(CancellationToken stop)
        {
            earlier = await LoadAsync(stop).ConfigureAwait(false);
            await SaveAsync(alter(earlier), stop).ConfigureAwait(false);
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

    // What is remembered of this namespace; nothing, with the number that it has to get, where it has none.
    private async ValueTask<Content> LoadAsync(CancellationToken cancellationToken)
    {
        int tag = await ReadTagAsync(cancellationToken).ConfigureAwait(false);
        if (tag == 0)
        {
            return new Content { Tag = RandomNumberGenerator.GetInt32(OwnTags, int.MaxValue) };
        }

        Content fresh = new() { Tag = tag };
        string path = await PathOfAsync(tag, cancellationToken).ConfigureAwait(false);
        if (await _host.ReadFileAsync(path, cancellationToken).ConfigureAwait(false) is not { } text)
        {
            return fresh;
        }

        try
        {
            Content? content = JsonSerializer.Deserialize(text, Json.Default.Content);
            return content?.Entries?.All(entry => entry is { Key: not null, Before: not null, Set: not null, Owners: not null, Bystanders: not null }) == true
                && content.Claims?.All(claim => claim is { Owner: not null, Facts: not null }) == true
                ? content.Tag == tag ? content : fresh
                : throw new JsonException("It is incomplete.");
        }
        catch (JsonException exception)
        {
            throw new LvsHostException(
                LvsHostError.BadReply, $"{path} on {_host.Name}, where LvsAdmin remembers earlier settings, cannot be read: {exception.Message} Remove it to forget them.", exception);
        }
    }

    // The number comes first and goes last: whoever is killed in between leaves a number without a file, which is seen and taken away the next time, and no file that nobody finds.
    private async ValueTask SaveAsync(Content content, CancellationToken cancellationToken)
    {
        string path = await PathOfAsync(content.Tag, cancellationToken).ConfigureAwait(false);
        bool isEmpty = content.Entries.Length == 0 && content.Claims.Length == 0;
        if (isEmpty)
        {
            await _host.RemoveFileAsync(path, cancellationToken).ConfigureAwait(false);
        }

        int tag = isEmpty ? 0 : content.Tag;
        if (IsOwn(content.Tag) && await ReadTagAsync(cancellationToken).ConfigureAwait(false) != tag)
        {
            await _host.WriteFileAsync(TagPath, tag.ToString(CultureInfo.InvariantCulture), null, cancellationToken).ConfigureAwait(false);
        }

        if (!isEmpty)
        {
            await _host.WriteFileAsync(path, JsonSerializer.Serialize(content, Json.Default.Content) + "\n", null, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool IsOwn(int tag) => tag >= OwnTags;

    private async ValueTask<string> PathOfAsync(int tag, CancellationToken cancellationToken)
    {
        if (IsOwn(tag))
        {
            return $"/run/lvsadmin/host-{tag.ToString(CultureInfo.InvariantCulture)}.json";
        }

        // An administrator's number may be the same in every namespace.
        ProgramResult link = await _host.RunAsync(new ProgramInvocation("readlink", "/proc/self/ns/net"), cancellationToken).ConfigureAwait(false);
        // It reads net:[4026531840].
        string identity = new([.. link.Output.Where(char.IsAsciiDigit)]);
        return link.ExitCode == 0 && identity.Length > 0
            ? $"/run/lvsadmin/host-net-{identity}.json"
            : throw new LvsHostException(
                LvsHostError.BadReply, $"The network namespace on {_host.Name} cannot be told: 'readlink /proc/self/ns/net' said '{link.Output.Trim()}{link.Error.Trim()}'.");
    }

    private async ValueTask<int> ReadTagAsync(CancellationToken cancellationToken) =>
        int.TryParse(await _host.ReadFileAsync(TagPath, cancellationToken).ConfigureAwait(false), CultureInfo.InvariantCulture, out int tag) ? tag : 0;

    /// <summary>One change: what, its value before the first owner, and the value that we gave it; an empty text where there is none.</summary>
    internal sealed record Entry(string Key, string Before, string Set)
    {
        /// <summary>Who needs it; it is undone with the last one.</summary>
        public string[] Owners { get; init; } = [];

        /// <summary>Addresses that were there before the change, and got on without it.</summary>
        public string[] Bystanders { get; init; } = [];

        /// <summary>Both values of a setting; null where the change is of another kind.</summary>
        internal (int Before, int Set)? Numbers() =>
            int.TryParse(Before, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int before)
            && int.TryParse(Set, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int set)
                ? (before, set)
                : null;
    }

    /// <summary>How an owner was enabled.</summary>
    internal sealed record Claim(string Owner, Dictionary<string, string> Facts);

    /// <summary>The file.</summary>
    private sealed record Content
    {
        /// <summary>The number that the namespace carries.</summary>
        public int Tag { get; init; }

        public Entry[] Entries { get; init; } = [];

        public Claim[] Claims { get; init; } = [];
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Content))]
    private sealed partial class Json : JsonSerializerContext;
}
