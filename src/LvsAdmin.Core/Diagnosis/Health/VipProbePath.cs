using System.Net;
using System.Runtime.CompilerServices;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Diagnosis.Health;

/// <summary>
/// Asks a real server from its director as the director's own packets would: by the virtual IP with direct routing and tunnels, by its own address and port with NAT.
/// So a server that answers on its own address and not on the virtual IP is found.
/// </summary>
/// <param name="host">The director.</param>
/// <param name="vip">The virtual IP, or another address that packets of a firewall mark are for.</param>
/// <param name="port">The port to ask.</param>
/// <param name="server">The real server.</param>
/// <param name="vips">All virtual IPs of the director.</param>
public sealed class VipProbePath(ILvsHost host, LvsAddress vip, int port, LvsRealServer server, IReadOnlySet<LvsAddress> vips) : IProbePath
{
    private const int LargestPacket = 128 * 1024;

    private readonly IPEndPoint _remote = new(vip.ToIPAddress(), port);
    private readonly DirectPath _direct = new(host, server.Address, server.Port == 0 ? port : server.Port);
    private VipRoute? _route;
    private VipRoute.LinkAddresses? _link;

    /// <inheritdoc/>
    public string Target => IsThroughVip ? $"{_remote} by {server.Address}" : _direct.Target;

    /// <inheritdoc/>
    public string From => _direct.From;

    /// <inheritdoc/>
    public bool IsThroughVip => server.Forwarding is LvsForwardingMethod.DirectRouting or LvsForwardingMethod.Tunnel;

    /// <inheritdoc/>
    public async ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        if (!IsThroughVip || _route is not null)
        {
            return;
        }

        VipRoute route = await VipRoute.FindAsync(host, server.Address, vip, vips, cancellationToken).ConfigureAwait(false);
        if (route.IsLocal)
        {
            throw new LvsProbeException($"{server.Address} is the director itself, which cannot be asked by its own virtual IP from here") { IsNotChecked = true };
        }

        if (server.Forwarding == LvsForwardingMethod.DirectRouting)
        {
            _link = route.Gateway is null
                ? await route.LinkAsync(host, server.Address, cancellationToken).ConfigureAwait(false)
                : throw new LvsProbeException($"{server.Address} is not on a link of the director, but behind {route.Gateway}: direct routing cannot reach it");
        }

        _route = route;
    }

    /// <inheritdoc/>
    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken) => IsThroughVip
        ? await PacketTcpStream.ConnectAsync(await OpenAsync(IpPacket.Tcp, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false)
        : await _direct.ConnectAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> AskAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        if (!IsThroughVip)
        {
            return await _direct.AskAsync(datagram, cancellationToken).ConfigureAwait(false);
        }

        VipLink link = await OpenAsync(IpPacket.Udp, cancellationToken).ConfigureAwait(false);
        await using ConfiguredAsyncDisposable owned = link.ConfigureAwait(false);
        byte[] packet = IpPacket.OfUdp(link.Local, link.Remote, datagram.Span);
        byte[] buffer = new byte[LargestPacket];
        int length = await DirectPath.AskAsync(
            stop => link.SendAsync(packet, stop), stop => link.ReceiveAsync(buffer, stop), cancellationToken).ConfigureAwait(false);
        return IpPacket.ReadUdp(buffer.AsMemory(0, length)) ?? throw new LvsProbeException("the answer is no UDP datagram");
    }

    private async ValueTask<VipLink> OpenAsync(byte protocol, CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken).ConfigureAwait(false);
        return await VipLink.OpenAsync(host, server, _route!.Source, _link, _remote, protocol, cancellationToken).ConfigureAwait(false);
    }
}
