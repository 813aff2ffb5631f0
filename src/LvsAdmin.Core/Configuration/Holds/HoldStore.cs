using System.Text.Json;
using System.Text.Json.Serialization;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>
/// What operators hold on a director, remembered there in a small file for each held real server, which outlives processes and boots. Whoever holds or gives back
/// another one at the same moment, in another process or from another machine, writes another file: so nothing is lost, and no lock could be left behind.
/// Network namespaces share the file system, so each file says of which one it is: the machine's own, or another one of the present boot.
/// </summary>
public static partial class HoldStore
{
    /// <summary>The directory of the files. Their names tell the network namespace, the virtual service and the real server.</summary>
    public const string Directory = "/var/lib/lvsadmin/holds";

    private const int Version = 1;
    private const string Ending = ".json";

    /// <summary>Reads the holds of the host's network namespace, those that have expired too.</summary>
    /// <exception cref="LvsHostException">A file cannot be read, or is none of ours (BadReply).</exception>
    public static async ValueTask<IReadOnlyList<LvsHold>> ReadAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        IReadOnlyList<string> names = await NamesAsync(host, cancellationToken).ConfigureAwait(false);
        if (names.Count == 0)
        {
            return [];
        }

        string here = await NamespaceKey.ReadAsync(host, cancellationToken).ConfigureAwait(false);
        string[] paths = [.. names.Where(name => name.StartsWith(here + Between, StringComparison.Ordinal)).Select(name => $"{Directory}/{name}")];
        if (paths.Length == 0)
        {
            return [];
        }

        List<LvsHold> holds = [];
        foreach (HostFileText file in await host.ReadFilesAsync(paths, cancellationToken).ConfigureAwait(false))
        {
            if (file.Failure is { } failure)
            {
                throw failure;
            }

            // One that is gone was given back meanwhile.
            if (file.Text is { } text)
            {
                holds.Add(Parse(host, file.Path, text).ToHold());
            }
        }

        return holds;
    }

    /// <summary>Remembers a hold, in place of an earlier one of the same real server.</summary>
    /// <exception cref="LvsHostException">The file cannot be read or written, or is none of ours (BadReply): then it stays as it is.</exception>
    public static async ValueTask AddAsync(ILvsHost host, LvsHold hold, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(hold);
        string here = await NamespaceKey.ReadAsync(host, cancellationToken).ConfigureAwait(false);
        string path = PathOf(here, hold.VirtualService, hold.RealServer);
        Entry added = Entry.Of(hold);
        if (await host.ReadFileAsync(path, cancellationToken).ConfigureAwait(false) is { } text && Parse(host, path, text) == added)
        {
            return;
        }

        await host.WriteFileAsync(path, JsonSerializer.Serialize(added, HoldJson.Default.Entry) + "\n", null, cancellationToken).ConfigureAwait(false);
        await RemoveThoseOfEarlierBootsAsync(host, here, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Forgets the hold of a real server; that there is none is no error.</summary>
    /// <exception cref="LvsHostException">The file cannot be removed.</exception>
    public static async ValueTask RemoveAsync(ILvsHost host, LvsServiceId service, LvsServerId server, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(server);
        string here = await NamespaceKey.ReadAsync(host, cancellationToken).ConfigureAwait(false);
        await host.RemoveFileAsync(PathOf(here, service, server), cancellationToken).ConfigureAwait(false);
    }

    // A namespace went with its boot. The machine's own can be worked on without a look at the boot.
    private static async ValueTask RemoveThoseOfEarlierBootsAsync(ILvsHost host, string here, CancellationToken cancellationToken)
    {
        if (here == NamespaceKey.Machine)
        {
            return;
        }

        string boot = here[..(here.IndexOf(NamespaceKey.WithinBoot, StringComparison.Ordinal) + 1)];
        foreach (string name in await NamesAsync(host, cancellationToken).ConfigureAwait(false))
        {
            if (!name.StartsWith(NamespaceKey.Machine + Between, StringComparison.Ordinal) && !name.StartsWith(boot, StringComparison.Ordinal))
            {
                await host.RemoveFileAsync($"{Directory}/{name}", cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // Those that are being written have another ending.
    private static async ValueTask<IReadOnlyList<string>> NamesAsync(ILvsHost host, CancellationToken cancellationToken) =>
        [.. (await host.ListDirectoryAsync(Directory, cancellationToken).ConfigureAwait(false)).Where(name => name.EndsWith(Ending, StringComparison.Ordinal))];

    private static string PathOf(string here, LvsServiceId service, LvsServerId server) =>
        $"{Directory}/{here}{Between}{service.ToString().Replace('/', Between)}{Between}{server}{Ending}";

    private static Entry Parse(ILvsHost host, string path, string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, HoldJson.Default.Entry) switch
            {
                { Version: > Version } => throw new JsonException("A newer LvsAdmin wrote it."),
                { Version: Version, IsComplete: true } entry => entry,
                _ => throw new JsonException("It is incomplete."),
            };
        }
        catch (JsonException exception)
        {
            throw new LvsHostException(
                LvsHostError.BadReply, $"{path} on {host.Name}, which tells of a real server that is held, cannot be read: {exception.Message} Correct it, or remove it to hold none.", exception);
        }
    }

    private const char Between = '_';

    private sealed record Entry
    {
        public int Version { get; init; }

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
            By is not null && Weight >= 0 && LvsServiceId.TryParse(VirtualService, out _, out _) && LvsServerId.TryParse(RealServer, out LvsServerId? id, out _) && id.Port is not null;

        internal static Entry Of(LvsHold hold) => new()
        {
            Version = HoldStore.Version,
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
    [JsonSerializable(typeof(Entry))]
    private sealed partial class HoldJson : JsonSerializerContext;
}
