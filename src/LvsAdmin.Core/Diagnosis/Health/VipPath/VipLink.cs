using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Diagnosis.Health;

/// <summary>
/// The way of a director's packets to a virtual IP on one real server, as IPVS would send them: with direct routing in a frame to its MAC address, with a tunnel
/// wrapped for its address. The answers come to the director's own address from the virtual IP, which its kernel would not hand to a program: they are taken where
/// they arrive. Nothing on the director is changed for it, and nothing is left behind.
/// </summary>
internal sealed class VipLink : IPacketLink
{
    // Ports that Linux by itself gives to nobody (ip_local_port_range).
    private const int FirstPort = 61_000;
    private const ushort EtherTypeV4 = 0x0800;
    private const ushort EtherTypeV6 = 0x86dd;
    private const int ProtocolV4InIp = 4;
    private const int ProtocolV6InIp = 41;
    private const int ProtocolGre = 47;

    private readonly IHostSocket _sender;
    private readonly IHostSocket _receiver;
    private readonly Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> _wrap;

    private VipLink(IHostSocket sender, IHostSocket receiver, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> wrap, IPEndPoint local, IPEndPoint remote)
    {
        _sender = sender;
        _receiver = receiver;
        _wrap = wrap;
        Local = local;
        Remote = remote;
    }

    /// <inheritdoc/>
    public IPEndPoint Local { get; }

    /// <inheritdoc/>
    public IPEndPoint Remote { get; }

    /// <summary>Opens the way.</summary>
    /// <param name="host">The director.</param>
    /// <param name="server">The real server, of direct routing or a tunnel.</param>
    /// <param name="source">The address to ask from.</param>
    /// <param name="link">The ends of the link to it, for direct routing.</param>
    /// <param name="vip">The virtual IP and the port to ask.</param>
    /// <param name="protocol">The protocol, 6 or 17.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="LvsProbeException">There is no such way.</exception>
    /// <exception cref="LvsHostException">The director cannot be asked, or its user may not send packets.</exception>
    internal static async ValueTask<VipLink> OpenAsync(
        ILvsHost host, LvsRealServer server, IPAddress source, VipRoute.LinkAddresses? link, IPEndPoint vip, byte protocol, CancellationToken cancellationToken)
    {
        IPEndPoint local = new(source, Random.Shared.Next(FirstPort, ushort.MaxValue));
        ushort etherType = vip.AddressFamily == AddressFamily.InterNetworkV6 ? EtherTypeV6 : EtherTypeV4;
        IHostSocket receiver = await host.OpenSocketAsync(
            new HostSocketRequest(HostSocketRequest.Packet, HostSocketRequest.Datagram, 0)
            {
                InterfaceIndex = 0,
                EtherType = etherType,
                Filter = PacketFilter.Of(vip, local, protocol),
            },
            cancellationToken).ConfigureAwait(false);
        try
        {
            (IHostSocket sender, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> wrap) = link is null
                ? await TunnelAsync(host, server, etherType, cancellationToken).ConfigureAwait(false)
                : await DirectAsync(host, link, etherType, cancellationToken).ConfigureAwait(false);
            return new VipLink(sender, receiver, wrap, local, vip);
        }
        catch
        {
            await receiver.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask SendAsync(ReadOnlyMemory<byte> packet, CancellationToken cancellationToken) => _sender.SendAsync(_wrap(packet), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _receiver.ReceiveAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _sender.DisposeAsync().ConfigureAwait(false);
        await _receiver.DisposeAsync().ConfigureAwait(false);
    }

    private static async ValueTask<(IHostSocket Sender, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Wrap)> DirectAsync(
        ILvsHost host, VipRoute.LinkAddresses link, ushort etherType, CancellationToken cancellationToken)
    {
        // Bound to no kind of packets, it receives none.
        IHostSocket sender = await host.OpenSocketAsync(
            new HostSocketRequest(HostSocketRequest.Packet, HostSocketRequest.Raw, 0) { InterfaceIndex = link.Index }, cancellationToken).ConfigureAwait(false);
        byte[] header = [];
        if (link is { Own: { } own, Peer: { } peer })
        {
            header = [.. peer, .. own, 0, 0];
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(header.Length - 2), etherType);
        }

        return (sender, packet => (byte[])[.. header, .. packet.Span]);
    }

    private static async ValueTask<(IHostSocket Sender, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Wrap)> TunnelAsync(
        ILvsHost host, LvsRealServer server, ushort etherType, CancellationToken cancellationToken)
    {
        IPAddress address = server.Address.ToIPAddress();
        int inner = etherType == EtherTypeV6 ? ProtocolV6InIp : ProtocolV4InIp;
        (int type, int protocol, byte[] header) = server.TunnelType switch
        {
            // Version 0, no words behind, a packet of this protocol inside (draft-ietf-intarea-gue; include/net/gue.h).
            LvsTunnelType.Gue => (HostSocketRequest.Datagram, (int)ProtocolType.Udp, new byte[] { 0, (byte)inner, 0, 0 }),
            // RFC 2784: a flag for the checksum and a word for it where there is one.
            LvsTunnelType.Gre => (HostSocketRequest.Raw, ProtocolGre, server.TunnelChecksum == LvsTunnelChecksum.None ? new byte[] { 0, 0, 0, 0 } : [0x80, 0, 0, 0, 0, 0, 0, 0]),
            _ => (HostSocketRequest.Raw, inner, []),
        };
        if (server.TunnelType == LvsTunnelType.Gre)
        {
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), etherType);
        }

        IHostSocket sender = await host.OpenSocketAsync(
            new HostSocketRequest(HostSocketRequest.FamilyOf(address.AddressFamily), type, protocol)
            {
                Remote = new IPEndPoint(address, type == HostSocketRequest.Datagram ? server.TunnelPort : 0),
            },
            cancellationToken).ConfigureAwait(false);
        return (sender, packet =>
        {
            byte[] wrapped = [.. header, .. packet.Span];
            if (header.Length == 8)
            {
                BinaryPrimitives.WriteUInt16BigEndian(wrapped.AsSpan(4), IpPacket.Sum(wrapped));
            }

            return wrapped;
        }
        );
    }
}
