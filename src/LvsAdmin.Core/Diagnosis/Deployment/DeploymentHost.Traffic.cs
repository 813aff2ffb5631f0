using System.Globalization;
using System.Text.Json;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <content>What becomes of connections: the way of answers, kernel parameters, and what directors exchange.</content>
internal sealed partial class DeploymentHost
{
    /// <summary>How it forwards packets of a family; null for a family that its kernel does not have.</summary>
    internal async ValueTask<LvsForwardingState?> GetForwardingAsync(LvsAddressFamily family, CancellationToken cancellationToken)
    {
        return await FactAsync($"forwarding {family}", ReadAsync, cancellationToken).ConfigureAwait(false);

        async ValueTask<LvsForwardingState?> ReadAsync(CancellationToken stop)
        {
            try
            {
                return await ForwardingPolicies.GetAsync(host, family, stop).ConfigureAwait(false);
            }
            catch (LvsHostException missing) when (missing.Error == LvsHostError.FileMissing)
            {
                return null;
            }
        }
    }

    /// <summary>The way that answers of a real server take to a client: what ip(8) tells for packets from its address and port, which rules may send elsewhere; null for none.</summary>
    internal ValueTask<JsonElement?> RouteBackAsync(LvsServerId server, LvsProtocol protocol, LvsAddress client, CancellationToken cancellationToken) =>
        RouteBackAsync(server, protocol, client, [], cancellationToken);

    /// <summary>Whether a way back was learnt from a redirect, and is not the one that the routes say.</summary>
    internal async ValueTask<bool> IsRedirectedAsync(JsonElement route, LvsServerId server, LvsProtocol protocol, LvsAddress client, CancellationToken cancellationToken) =>
        IpCommand.Text(route, "protocol") == "redirect"
        || route.GetRawText().Contains("redirected", StringComparison.Ordinal)
        // Of IPv6 newer kernels do not say where it is from; the routes themselves still lead to a next hop.
        || (client.Family == LvsAddressFamily.IPv6
            && NatPaths.Gateway(route) is null
            && await RouteBackAsync(server, protocol, client, ["fibmatch"], cancellationToken).ConfigureAwait(false) is { } told
            && NatPaths.Gateway(told) is not null);

    private async ValueTask<JsonElement?> RouteBackAsync(LvsServerId server, LvsProtocol protocol, LvsAddress client, string[] words, CancellationToken cancellationToken)
    {
        string[] ports = server.Port is > 0 and ushort port
            ? ["ipproto", protocol.ToString().ToLowerInvariant(), "sport", port.ToString(CultureInfo.InvariantCulture)]
            : [];
        return await IpAsync(
            "unreachable",
            cancellationToken,
            [IpCommand.FamilyOption(client.Family), "-json", "route", "get", .. words, $"{client}", "from", $"{server.Address}", .. ports]).ConfigureAwait(false) is [JsonElement route, ..]
            ? route
            : null;
    }

    /// <summary>Whether an interface follows the redirects of routers (IN_DEV_RX_REDIRECTS, include/linux/inetdevice.h; rt6_do_redirect, net/ipv6/route.c).</summary>
    internal async ValueTask<bool> AcceptsRedirectsAsync(LvsAddressFamily family, string interfaceName, CancellationToken cancellationToken)
    {
        string root = family == LvsAddressFamily.IPv6 ? "/proc/sys/net/ipv6/conf" : "/proc/sys/net/ipv4/conf";
        bool forwards = await IsSetAsync($"{root}/{interfaceName}/forwarding", cancellationToken).ConfigureAwait(false);
        bool own = await IsSetAsync($"{root}/{interfaceName}/accept_redirects", cancellationToken).ConfigureAwait(false);
        if (family == LvsAddressFamily.IPv6)
        {
            return own && !forwards;
        }

        bool all = await IsSetAsync($"{root}/all/accept_redirects", cancellationToken).ConfigureAwait(false);
        return forwards ? own && all : own || all;
    }

    /// <summary>A parameter of net.ipv4.vs; null where the kernel has no such one.</summary>
    internal async ValueTask<string?> ParameterAsync(string name, CancellationToken cancellationToken) =>
        (await ReadAsync($"/proc/sys/net/ipv4/vs/{name}", cancellationToken).ConfigureAwait(false))?.Trim();

    /// <summary>A count in a file of the kernel; null where there is no such file.</summary>
    internal async ValueTask<long?> CountAsync(string path, CancellationToken cancellationToken) =>
        long.TryParse((await ReadAsync(path, cancellationToken).ConfigureAwait(false))?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long count) ? count : null;

    /// <summary>The real servers that were taken out by Suspend-LvsRealServer.</summary>
    internal async ValueTask<IReadOnlyList<LvsHold>> GetHoldsAsync(CancellationToken cancellationToken) =>
        (await FactAsync("holds", stop => HoldStore.ReadAsync(host, stop), cancellationToken).ConfigureAwait(false))!;

    /// <summary>Its sync daemons.</summary>
    internal async ValueTask<IReadOnlyList<LvsSyncDaemon>> GetSyncDaemonsAsync(CancellationToken cancellationToken)
    {
        return (await FactAsync("daemons", ReadAsync, cancellationToken).ConfigureAwait(false))!;

        async ValueTask<IReadOnlyList<LvsSyncDaemon>> ReadAsync(CancellationToken stop) =>
            await (await ConnectAsync(stop).ConfigureAwait(false)).GetSyncDaemonsAsync(stop).ConfigureAwait(false);
    }

    /// <summary>All services of its table with their real servers.</summary>
    internal async ValueTask<IReadOnlyList<(LvsVirtualService Service, IReadOnlyList<LvsRealServer> Servers)>> GetTableAsync(CancellationToken cancellationToken)
    {
        return (await FactAsync("table", ReadAsync, cancellationToken).ConfigureAwait(false))!;

        async ValueTask<IReadOnlyList<(LvsVirtualService, IReadOnlyList<LvsRealServer>)>> ReadAsync(CancellationToken stop) =>
            await IpvsTable.ReadAsync(await ConnectAsync(stop).ConfigureAwait(false), null, stop).ConfigureAwait(false);
    }

    private async ValueTask<bool> IsSetAsync(string path, CancellationToken cancellationToken) =>
        KernelParameterText.IsSet(await ReadAsync(path, cancellationToken).ConfigureAwait(false));
}
