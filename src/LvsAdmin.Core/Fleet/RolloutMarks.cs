using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Fleet;

/// <summary>That a roll-out works on a director of a pair.</summary>
/// <param name="Director">The director, as that roll-out names it.</param>
/// <param name="By">The roll-out (<see cref="RolloutOwner"/>).</param>
/// <param name="Since">Since when.</param>
internal sealed record RolloutMark(string Director, string By, DateTimeOffset Since);

/// <summary>
/// Marks on the directors of a pair that a roll-out works on one of them, so that another roll-out, in another process or from another machine, does not take out the one that stands
/// in for it meanwhile. A boot of the director that is worked on takes its own mark away; those of the others stay.
/// </summary>
internal static partial class RolloutMarks
{
    private const string Directory = "/run/lvsadmin/rollouts";
    private const string Ending = ".json";

    /// <summary>Puts the mark of a roll-out on a host; there is one a host and roll-out.</summary>
    /// <exception cref="LvsHostException">The file cannot be written.</exception>
    internal static async ValueTask AddAsync(ILvsHost host, RolloutMark mark, CancellationToken cancellationToken)
    {
        string prefix = await PrefixAsync(host, cancellationToken).ConfigureAwait(false);
        await host.WriteFileAsync(PathOf(prefix, mark.By), JsonSerializer.Serialize(mark, MarkJson.Default.RolloutMark) + "\n", null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes the mark of a roll-out away; that there is none is no error.</summary>
    /// <exception cref="LvsHostException">The file cannot be removed.</exception>
    internal static async ValueTask RemoveAsync(ILvsHost host, string by, CancellationToken cancellationToken)
    {
        string prefix = await PrefixAsync(host, cancellationToken).ConfigureAwait(false);
        await host.RemoveFileAsync(PathOf(prefix, by), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The marks of others that are at work, or may be. Those of killed ones are taken away.</summary>
    /// <exception cref="LvsHostException">The files cannot be read, or one is none of ours (BadReply).</exception>
    internal static async ValueTask<IReadOnlyList<RolloutMark>> OthersAsync(ILvsHost host, string by, CancellationToken cancellationToken)
    {
        string prefix = await PrefixAsync(host, cancellationToken).ConfigureAwait(false);
        List<RolloutMark> others = [];
        foreach (string name in await host.ListDirectoryAsync(Directory, cancellationToken).ConfigureAwait(false))
        {
            string path = $"{Directory}/{name}";
            if (!name.StartsWith(prefix, StringComparison.Ordinal) || !name.EndsWith(Ending, StringComparison.Ordinal)
                || await host.ReadFileAsync(path, cancellationToken).ConfigureAwait(false) is not { } text)
            {
                continue;
            }

            RolloutMark mark = Parse(host, path, text);
            if (RolloutOwner.IsAtWork(mark.By, by))
            {
                others.Add(mark);
            }
            else if (mark.By != by)
            {
                await host.RemoveFileAsync(path, cancellationToken).ConfigureAwait(false);
            }
        }

        return others;
    }

    /// <summary>The mark in words.</summary>
    internal static string Describe(RolloutMark mark) => string.Create(CultureInfo.InvariantCulture, $"{mark.By} works on {mark.Director} since {mark.Since.UtcDateTime:u}");

    private static async ValueTask<string> PrefixAsync(ILvsHost host, CancellationToken cancellationToken) => $"{await NamespaceKey.ReadAsync(host, cancellationToken).ConfigureAwait(false)}_";

    private static string PathOf(string prefix, string by) =>
        $"{Directory}/{prefix}{string.Concat(by.Select(each => char.IsAsciiLetterOrDigit(each) || each is '.' or '@' ? each : '-'))}{Ending}";

    private static RolloutMark Parse(ILvsHost host, string path, string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, MarkJson.Default.RolloutMark) is { Director: not null, By: not null } mark ? mark : throw new JsonException("It is incomplete.");
        }
        catch (JsonException exception)
        {
            throw new LvsHostException(
                LvsHostError.BadReply, $"{path} on {host.Name}, by which a roll-out says that it is at work, cannot be read: {exception.Message} Remove it if none is.", exception);
        }
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
    [JsonSerializable(typeof(RolloutMark))]
    private sealed partial class MarkJson : JsonSerializerContext;
}
