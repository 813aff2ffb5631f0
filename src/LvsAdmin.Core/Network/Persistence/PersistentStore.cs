using System.Text.Json;
using System.Text.Json.Serialization;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>
/// The list of the VIPs that have to survive a boot of a host: <c>/etc/lvsadmin/vips.json</c> there. All other files are written from it, so that what they
/// share (a tunnel device, a kernel parameter) stays as long as one VIP needs it.
/// </summary>
internal static partial class PersistentStore
{
    /// <summary>The file.</summary>
    internal const string Path = "/etc/lvsadmin/vips.json";

    private const int Version = 1;

    /// <summary>Reads the list.</summary>
    /// <returns>The VIPs, and the file's text; null where there is no file.</returns>
    /// <exception cref="LvsHostException">The file cannot be read, or holds what it must not (BadReply).</exception>
    internal static async ValueTask<(IReadOnlyList<PersistentVip> Vips, string? Text)> ReadAsync(ILvsHost host, CancellationToken cancellationToken)
    {
        string? text = await host.ReadFileAsync(Path, cancellationToken).ConfigureAwait(false);
        if (text is null)
        {
            return ([], null);
        }

        try
        {
            Document? document = JsonSerializer.Deserialize(text, StoreJson.Default.Document);
            if (document is not { Version: Version, Vips: { } stored } || stored.Contains(null!))
            {
                throw new JsonException(document?.Version > Version ? "A newer LvsAdmin wrote it." : "It is incomplete.");
            }

            PersistentVip[] vips = [.. stored.Select(Complete)];

            // Its words come into files that other programs read as root: the same rules hold as when they were written.
            foreach (string trouble in vips.Select(PersistentVipRules.Trouble).OfType<string>())
            {
                throw new JsonException(trouble);
            }

            return (vips, text);
        }
        catch (JsonException exception)
        {
            throw new LvsHostException(
                LvsHostError.BadReply, $"{Path} on {host.Name}, the list of VIPs that survive a boot, cannot be read: {exception.Message} Correct it, or remove it to forget them.", exception);
        }
    }

    /// <summary>The file's text for a list; null where no file is needed.</summary>
    internal static string? Write(IReadOnlyList<PersistentVip> vips) =>
        vips.Count == 0 ? null : JsonSerializer.Serialize(new Document { Version = Version, Vips = [.. vips] }, StoreJson.Default.Document) + "\n";

    // What is missing in the file, or written there as null, is null here whatever the record's own default is.
    private static PersistentVip Complete(PersistentVip vip) => vip with
    {
        Interface = vip.Interface ?? string.Empty,
        Purpose = vip.Purpose ?? string.Empty,
        InterfaceKind = vip.InterfaceKind ?? string.Empty,
        DeviceArguments = [.. (vip.DeviceArguments ?? []).Select(argument => argument ?? string.Empty)],
        Modules = [.. (vip.Modules ?? []).Select(module => module ?? string.Empty)],
        Settings = vip.Settings ?? new Dictionary<string, int>(),
        Held = vip.Held is { Scope: null } held ? held with { Scope = "global" } : vip.Held,
        Undo = [.. (vip.Undo ?? []).Where(entry => entry is { Key: not null, Before: not null, Set: not null, Owners: not null, Bystanders: not null })],
    };

    private sealed record Document
    {
        public int Version { get; init; }

        public PersistentVip[]? Vips { get; init; }
    }

    private sealed class AddressConverter : JsonConverter<LvsAddress>
    {
        public override LvsAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            LvsAddress.TryParse(reader.GetString(), out LvsAddress address, out _) ? address : throw new JsonException("An address is none.");

        public override void Write(Utf8JsonWriter writer, LvsAddress value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        WriteIndented = true,
        UseStringEnumConverter = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = [typeof(AddressConverter)])]
    [JsonSerializable(typeof(Document))]
    private sealed partial class StoreJson : JsonSerializerContext;
}
