using System.Text.Json;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <content>Which way its kernel sends packets.</content>
internal sealed partial class DeploymentHost
{
    /// <summary>The way to an address, as <c>ip route get</c> tells it; null where there is none.</summary>
    internal async ValueTask<JsonElement?> RouteToAsync(LvsAddress address, CancellationToken cancellationToken) =>
        await IpAsync("unreachable", cancellationToken, IpCommand.FamilyOption(address.Family), "-json", "route", "get", $"{address}").ConfigureAwait(false) is [JsonElement route, ..]
            ? route
            : null;

    /// <summary>Whether it takes packets for an address in.</summary>
    internal async ValueTask<bool> IsLocalAsync(LvsAddress address, CancellationToken cancellationToken) =>
        await RouteToAsync(address, cancellationToken).ConfigureAwait(false) is { } route && IpCommand.Text(route, "type") == "local";
}
