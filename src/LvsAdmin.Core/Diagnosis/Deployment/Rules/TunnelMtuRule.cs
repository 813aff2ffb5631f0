using System.Globalization;
using System.Text.Json;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>
/// Whether packets of clients get through a tunnel, which makes them larger. The director refuses what does not fit its own link, and clients learn by ICMP
/// (ensure_mtu_is_adequate, net/netfilter/ipvs/ip_vs_xmit.c). What fits there but not the real server's link is lost without a word, unless the segments that
/// the real server tells clients to send are small enough (MSS, RFC 9293 section 3.7.1).
/// </summary>
internal sealed class TunnelMtuRule : RealServerRule
{
    private const int TcpHeader = 20;

    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.TunnelMtu;

    /// <inheritdoc/>
    private protected override async ValueTask<LvsDeploymentCheck?> CheckAsync(
        DeploymentContext context, DeploymentService service, DeploymentServer server, DeploymentHost host, CancellationToken cancellationToken)
    {
        if (service.Vip is not { } vip || server.Server.Forwarding != LvsForwardingMethod.Tunnel)
        {
            return null;
        }

        LvsAddress own = server.Server.Address;
        RealServerState there = await host.GetStateAsync(cancellationToken).ConfigureAwait(false);
        RealServerState here = await context.Director.GetStateAsync(cancellationToken).ConfigureAwait(false);
        if (Tunnels.Receiving(there, server.Server, vip.Family).FirstOrDefault() is not { } device
            || there.Holders(own).Select(held => held.Interface).FirstOrDefault() is not { Mtu: > 0 } link
            || await context.Director.RouteToAsync(own, cancellationToken).ConfigureAwait(false) is not { } way
            || (Metric(way, "mtu") ?? here.Find(IpCommand.Text(way, "dev") ?? string.Empty)?.Mtu) is not { } sent)
        {
            return null;
        }

        int overhead = TunnelVip.Overhead(device.Kind, Tunnels.SettingsFor(server.Server));
        int headers = TcpHeader + (vip.Family == LvsAddressFamily.IPv6 ? 40 : 20);
        int segment = await SegmentAsync(context, host, link, vip, headers, cancellationToken).ConfigureAwait(false);
        int largest = Math.Min(segment + headers + overhead, sent);
        string expected = string.Create(CultureInfo.InvariantCulture, $"packets of clients with {overhead} bytes more fit the link of {link.Name}");
        return (largest > link.Mtu
            ? Failed(
                host,
                expected,
                string.Create(CultureInfo.InvariantCulture, $"they become up to {largest} bytes long, and {link.Name} takes {link.Mtu}"),
                "Small requests are answered, large ones hang: what is too long is dropped on the way, and nobody is told.") with
            {
                Advice = string.Create(
                    CultureInfo.InvariantCulture,
                    $"Let this host announce segments of {link.Mtu - overhead - headers} bytes to clients (ip route change ... advmss {link.Mtu - overhead - headers}), give its link an MTU of {largest}, or tell the director of the narrow way: ip route add {own} ... mtu {link.Mtu}."),
            }
            : Passed(
                host,
                expected,
                segment + headers + overhead > sent
                    ? string.Create(CultureInfo.InvariantCulture, $"what is longer than {sent - overhead} bytes the director refuses, and clients learn of it by ICMP")
                    : string.Create(CultureInfo.InvariantCulture, $"clients send up to {segment + headers} bytes, and {link.Mtu - overhead} fit"))) with
        { Vip = vip };
    }

    // The largest segment that the host tells clients to send: of the route back to the one that was named, else of the link.
    private static async ValueTask<int> SegmentAsync(
        DeploymentContext context, DeploymentHost host, HostInterface link, LvsAddress vip, int headers, CancellationToken cancellationToken)
    {
        if (context.Client is { } client
            && await client.RouteToAsync(vip, cancellationToken).ConfigureAwait(false) is { } asking
            && LvsAddress.TryParse(IpCommand.Text(asking, "prefsrc"), out LvsAddress address, out _)
            && await host.RouteToAsync(address, cancellationToken).ConfigureAwait(false) is { } back)
        {
            RealServerState state = await host.GetStateAsync(cancellationToken).ConfigureAwait(false);
            int mtu = Metric(back, "mtu") ?? state.Find(IpCommand.Text(back, "dev") ?? string.Empty)?.Mtu ?? link.Mtu;
            return Metric(back, "advmss") ?? (mtu - headers);
        }

        return link.Mtu - headers;
    }

    private static int? Metric(JsonElement route, string name) =>
        route.TryGetProperty("metrics", out JsonElement metrics)
        && metrics.ValueKind == JsonValueKind.Array
        && metrics.EnumerateArray().Select(each => each.TryGetProperty(name, out JsonElement value) && value.TryGetInt32(out int number) ? number : 0).FirstOrDefault(number => number > 0) is > 0 and var found
            ? found
            : null;
}
