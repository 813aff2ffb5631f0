using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>
/// What operators hold on a director, remembered there in a small file that outlives processes and boots. Network namespaces share the file system, so each
/// entry says of which one it is: the machine's own, or another one of the present boot.
/// </summary>
public static partial class HoldStore
{
    /// <summary>The file.</summary>
    public const string Path = "/var/lib/lvsadmin/holds.json";

    private const int Version = 1;

    // The directors of one machine, in its network namespaces, are worked on at once, and have one file.
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> Gates = new(StringComparer.Ordinal);

    /// <summary>Reads the holds of the host's network namespace, those that have expired too.</summary>
    /// <exception cref="LvsHostException">The file cannot be read, or is none of ours (BadReply).</exception>
    public static async ValueTask<IReadOnlyList<LvsHold>> ReadAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        Entry[] entries = await LoadAsync(host, cancellationToken).ConfigureAwait(false);
        if (entries.Length == 0)
        {
            return [];
        }

        string here = await NamespaceAsync(host, cancellationToken).ConfigureAwait(false);
        return [.. entries.Where(entry => entry.Namespace == here).Select(entry => entry.ToHold())];
    }

    /// <summary>Remembers a hold, in place of an earlier one of the same real server.</summary>
    /// <exception cref="LvsHostException">The file cannot be read or written.</exception>
    public static ValueTask AddAsync(ILvsHost host, LvsHold hold, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(hold);
        return ChangeAsync(host, hold.VirtualService, hold.RealServer, here => Entry.Of(hold, here), cancellationToken);
    }

    /// <summary>Forgets the hold of a real server; that there is none is no error.</summary>
    /// <exception cref="LvsHostException">The file cannot be read or written.</exception>
    public static ValueTask RemoveAsync(ILvsHost host, LvsServiceId service, LvsServerId server, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(server);
        return ChangeAsync(host, service, server, _ => null, cancellationToken);
    }

    private static async ValueTask ChangeAsync(
        ILvsHost host, LvsServiceId service, LvsServerId server, Func<string, Entry?> change, CancellationToken cancellationToken)
    {
        SemaphoreSlim gate = Gates.GetOrAdd(host.Name, _ => new SemaphoreSlim(1));
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await RewriteAsync(host, service, server, change, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            gate.Release();
        }
    }

    private static async ValueTask RewriteAsync(
        ILvsHost host, LvsServiceId service, LvsServerId server, Func<string, Entry?> change, CancellationToken cancellationToken)
    {
        string here = await NamespaceAsync(host, cancellationToken).ConfigureAwait(false);
        string boot = here.Split(' ')[0];
        Entry[] entries = await LoadAsync(host, cancellationToken).ConfigureAwait(false);
        Entry[] changed =
        [
            .. entries.Where(entry => (entry.Namespace, entry.VirtualService, entry.RealServer) != (here, service.ToString(), server.ToString())
                // Of a namespace that went with an earlier boot.
                && (entry.Namespace == Machine || entry.Namespace.StartsWith(boot, StringComparison.Ordinal) || here == Machine)),
            .. change(here) is { } added ? new[] { added } : [],
        ];
        if (changed.Length == 0)
        {
            await host.RemoveFileAsync(Path, cancellationToken).ConfigureAwait(false);
        }
        else if (!changed.SequenceEqual(entries))
        {
            string text = JsonSerializer.Serialize(new Document { Version = Version, Holds = changed }, HoldJson.Default.Document) + "\n";
            await host.WriteFileAsync(Path, text, null, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async ValueTask<Entry[]> LoadAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        if (await host.ReadFileAsync(Path, cancellationToken).ConfigureAwait(false) is not { } text)
        {
            return [];
        }

        try
        {
            Document? document = JsonSerializer.Deserialize(text, HoldJson.Default.Document);
            return document is { Version: Version, Holds: { } holds } && holds.All(entry => entry is not null && entry.IsComplete)
                ? holds
                : throw new JsonException(document?.Version > Version ? "A newer LvsAdmin wrote it." : "It is incomplete.");
        }
        catch (JsonException exception)
        {
            throw new LvsHostException(
                LvsHostError.BadReply, $"{Path} on {host.Name}, the list of real servers that are held, cannot be read: {exception.Message} Correct it, or remove it to hold none.", exception);
        }
    }

    // The machine's own namespace, which every boot makes, or the name of the boot and of the namespace within it.
    private const string Machine = "machine";

    private static async ValueTask<string> NamespaceAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        string[] links;
        try
        {
            ProgramResult result = await host.RunAsync(new ProgramInvocation("readlink", "/proc/1/ns/net", "/proc/self/ns/net"), cancellationToken).ConfigureAwait(false);
            links = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (LvsHostException missing) when (missing.Error == LvsHostError.ProgramMissing)
        {
            links = [];
        }

        // One who may not look at process 1 has named no other namespace, or is in none.
        if (links.Length == 0 || (links.Length == 1 && host.NetworkNamespace is null) || (links.Length == 2 && links[0] == links[1]))
        {
            return Machine;
        }

        string? boot = await host.ReadFileAsync("/proc/sys/kernel/random/boot_id", cancellationToken).ConfigureAwait(false);
        return $"{boot?.Trim()} {links[^1]}";
    }

    private sealed record Document
    {
        public int Version { get; init; }

        public Entry[]? Holds { get; init; }
    }

    private sealed record Entry
    {
        public string Namespace { get; init; } = string.Empty;

        public string VirtualService { get; init; } = string.Empty;

        public string RealServer { get; init; } = string.Empty;

        public int Weight { get; init; }

        public string? Reason { get; init; }

        public string By { get; init; } = string.Empty;

        public DateTimeOffset Since { get; init; }

        public DateTimeOffset? Until { get; init; }

        public int? ResumingAt { get; init; }

        [JsonIgnore]
        internal bool IsComplete =>
            Namespace is { Length: > 0 } && By is not null && Weight >= 0 && LvsServiceId.TryParse(VirtualService, out _, out _) && LvsServerId.TryParse(RealServer, out LvsServerId? id, out _) && id.Port is not null;

        internal static Entry Of(LvsHold hold, string here) => new()
        {
            Namespace = here,
            VirtualService = hold.VirtualService.ToString(),
            RealServer = hold.RealServer.ToString(),
            Weight = hold.Weight,
            Reason = hold.Reason,
            By = hold.By,
            Since = hold.Since,
            Until = hold.Until,
            ResumingAt = hold.ResumingAt,
        };

        internal LvsHold ToHold() => new()
        {
            VirtualService = LvsServiceId.Parse(VirtualService),
            RealServer = LvsServerId.Parse(RealServer),
            Weight = Weight,
            Reason = Reason,
            By = By,
            Since = Since,
            Until = Until,
            ResumingAt = ResumingAt,
        };
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(Document))]
    private sealed partial class HoldJson : JsonSerializerContext;
}
