using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <content>Which way its kernel sends packets.</content>
internal sealed partial class DeploymentHost
{
    private static readonly string[] NeighbourArguments = ["-json", "neigh", "show"];

    /// <summary>The neighbours that it knows.</summary>
    internal async ValueTask<IReadOnlyList<JsonElement>> GetNeighboursAsync(CancellationToken cancellationToken) =>
        await IpAsync("No such", cancellationToken, NeighbourArguments).ConfigureAwait(false) ?? [];

    /// <summary>
    /// Reads what most rules ask for by one program: the interfaces, the neighbours, and the ways to addresses. Each program costs a round trip on a host far away.
    /// What cannot be told so is left to be asked for by itself, and so are errors.
    /// </summary>
    /// <param name="addresses">The addresses.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    internal async ValueTask PrefetchAsync(IEnumerable<LvsAddress> addresses, CancellationToken cancellationToken)
    {
        if (_facts.ContainsKey(IpFact(HostInterface.Arguments)))
        {
            return;
        }

        (string Line, string[] Arguments)[] wanted =
        [
            ("address show", HostInterface.Arguments),
            ("neigh show", NeighbourArguments),
            .. addresses.Distinct().Select(address => ($"route get {address}", RouteArguments(address))),
        ];
        // -force: where there is no way to one address, the others are still told.
        ProgramInvocation batch = new("ip", ["-details", "-json", "-force", "-batch", "-"], string.Concat(wanted.Select(each => each.Line + "\n")));
        ProgramResult result;
        try
        {
            result = await host.RunAsync(batch, cancellationToken).ConfigureAwait(false);
        }
        catch (LvsHostException)
        {
            return;
        }

        HashSet<int> failed = [.. FailedLine().Matches(result.Error).Select(match => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture))];
        List<JsonElement[]> lists = [];
        try
        {
            // A line for each list.
            foreach (string line in result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                using JsonDocument list = JsonDocument.Parse(line);
                lists.Add([.. list.RootElement.EnumerateArray().Select(element => element.Clone())]);
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return;
        }

        (string Line, string[] Arguments)[] told = [.. wanted.Where((_, index) => !failed.Contains(index + 1))];
        for (int index = 0; lists.Count == told.Length && index < told.Length; index++)
        {
            JsonElement[] list = lists[index];
            _facts.TryAdd(IpFact(told[index].Arguments), new Lazy<Task<object?>>(() => Task.FromResult<object?>(list)));
        }
    }

    /// <summary>The way to an address, as <c>ip route get</c> tells it; null where there is none.</summary>
    internal async ValueTask<JsonElement?> RouteToAsync(LvsAddress address, CancellationToken cancellationToken) =>
        await IpAsync("unreachable", cancellationToken, RouteArguments(address)).ConfigureAwait(false) is [JsonElement route, ..]
            ? route
            : null;

    /// <summary>Whether it takes packets for an address in.</summary>
    internal async ValueTask<bool> IsLocalAsync(LvsAddress address, CancellationToken cancellationToken) =>
        await RouteToAsync(address, cancellationToken).ConfigureAwait(false) is { } route && IpCommand.Text(route, "type") == "local";

    private static string[] RouteArguments(LvsAddress address) => [IpCommand.FamilyOption(address.Family), "-json", "route", "get", $"{address}"];

    // Command failed -:2
    [GeneratedRegex(@"^Command failed [^\n]*:(\d+)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex FailedLine();
}
