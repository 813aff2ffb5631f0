using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace LvsAdmin.Core.Diagnosis.Health;

/// <summary>Makes and reads packets of IPv4 (RFC 791) and IPv6 (RFC 8200), with TCP (RFC 9293) or UDP (RFC 768) in them.</summary>
internal static class IpPacket
{
    internal const byte Tcp = 6;
    internal const byte Udp = 17;
    private const int HeaderLengthV4 = 20;
    private const int HeaderLengthV6 = 40;
    private const int TcpHeaderLength = 20;
    private const int UdpHeaderLength = 8;
    private const byte HopLimit = 64;

    /// <summary>A TCP segment in its packet.</summary>
    internal static byte[] OfTcp(IPEndPoint from, IPEndPoint to, TcpSegment segment)
    {
        byte[] packet = Make(from, to, Tcp, TcpHeaderLength + segment.Options.Length + segment.Data.Length, out Span<byte> transport);
        BinaryPrimitives.WriteUInt16BigEndian(transport, (ushort)from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(transport[2..], (ushort)to.Port);
        BinaryPrimitives.WriteUInt32BigEndian(transport[4..], segment.Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(transport[8..], segment.Acknowledged);
        transport[12] = (byte)((TcpHeaderLength + segment.Options.Length) / 4 << 4);
        transport[13] = (byte)segment.Flags;
        BinaryPrimitives.WriteUInt16BigEndian(transport[14..], segment.Window);
        segment.Options.Span.CopyTo(transport[TcpHeaderLength..]);
        segment.Data.Span.CopyTo(transport[(TcpHeaderLength + segment.Options.Length)..]);
        BinaryPrimitives.WriteUInt16BigEndian(transport[16..], Checksum(from, to, Tcp, transport));
        return packet;
    }

    /// <summary>A UDP datagram in its packet.</summary>
    internal static byte[] OfUdp(IPEndPoint from, IPEndPoint to, ReadOnlySpan<byte> data)
    {
        byte[] packet = Make(from, to, Udp, UdpHeaderLength + data.Length, out Span<byte> transport);
        BinaryPrimitives.WriteUInt16BigEndian(transport, (ushort)from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(transport[2..], (ushort)to.Port);
        BinaryPrimitives.WriteUInt16BigEndian(transport[4..], (ushort)transport.Length);
        data.CopyTo(transport[UdpHeaderLength..]);
        ushort sum = Checksum(from, to, Udp, transport);
        // 0 would mean that there is none.
        BinaryPrimitives.WriteUInt16BigEndian(transport[6..], sum == 0 ? ushort.MaxValue : sum);
        return packet;
    }

    /// <summary>Reads a TCP segment; null for what is none, or is cut short. Checksums are not looked at: within one machine nobody fills them in.</summary>
    internal static TcpSegment? ReadTcp(ReadOnlyMemory<byte> packet)
    {
        ReadOnlyMemory<byte> transport = Transport(packet, Tcp);
        ReadOnlySpan<byte> bytes = transport.Span;
        if (bytes.Length < TcpHeaderLength)
        {
            return null;
        }

        int header = (bytes[12] >> 4) * 4;
        return header < TcpHeaderLength || header > bytes.Length
            ? null
            : new TcpSegment
            {
                Sequence = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
                Acknowledged = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]),
                Flags = (TcpFlags)bytes[13],
                Window = BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]),
                Options = transport[TcpHeaderLength..header],
                Data = transport[header..],
            };
    }

    /// <summary>The data of a UDP datagram; null for what is none.</summary>
    internal static ReadOnlyMemory<byte>? ReadUdp(ReadOnlyMemory<byte> packet)
    {
        ReadOnlyMemory<byte> transport = Transport(packet, Udp);
        return transport.Length < UdpHeaderLength ? null : transport[UdpHeaderLength..];
    }

    /// <summary>The checksum of the Internet (RFC 1071).</summary>
    internal static ushort Sum(ReadOnlySpan<byte> bytes, uint sum = 0)
    {
        for (int index = 0; index < bytes.Length; index += 2)
        {
            sum += (uint)(bytes[index] << 8 | (index + 1 < bytes.Length ? bytes[index + 1] : 0));
        }

        while (sum > ushort.MaxValue)
        {
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        }

        return (ushort)~sum;
    }

    private static byte[] Make(IPEndPoint from, IPEndPoint to, byte protocol, int length, out Span<byte> transport)
    {
        if (from.AddressFamily == AddressFamily.InterNetworkV6)
        {
            byte[] packet = new byte[HeaderLengthV6 + length];
            packet[0] = 6 << 4;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)length);
            packet[6] = protocol;
            packet[7] = HopLimit;
            from.Address.TryWriteBytes(packet.AsSpan(8), out _);
            to.Address.TryWriteBytes(packet.AsSpan(24), out _);
            transport = packet.AsSpan(HeaderLengthV6);
            return packet;
        }
        else
        {
            byte[] packet = new byte[HeaderLengthV4 + length];
            packet[0] = 4 << 4 | HeaderLengthV4 / 4;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
            // Do not fragment, as TCP has it.
            packet[6] = 0x40;
            packet[8] = HopLimit;
            packet[9] = protocol;
            from.Address.TryWriteBytes(packet.AsSpan(12), out _);
            to.Address.TryWriteBytes(packet.AsSpan(16), out _);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), Sum(packet.AsSpan(0, HeaderLengthV4)));
            transport = packet.AsSpan(HeaderLengthV4);
            return packet;
        }
    }

    // Over a header that is not sent: both addresses, the protocol and the length.
    private static ushort Checksum(IPEndPoint from, IPEndPoint to, byte protocol, ReadOnlySpan<byte> transport)
    {
        uint sum = (uint)(protocol + transport.Length);
        foreach (byte[] address in new[] { from.Address.GetAddressBytes(), to.Address.GetAddressBytes() })
        {
            sum += (ushort)~Sum(address);
        }

        return Sum(transport, sum);
    }

    private static ReadOnlyMemory<byte> Transport(ReadOnlyMemory<byte> packet, byte protocol)
    {
        ReadOnlySpan<byte> bytes = packet.Span;
        if (bytes.Length >= HeaderLengthV6 && bytes[0] >> 4 == 6)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
            return bytes[6] != protocol || HeaderLengthV6 + length > bytes.Length ? default : packet.Slice(HeaderLengthV6, length);
        }

        if (bytes.Length < HeaderLengthV4 || bytes[0] >> 4 != 4)
        {
            return default;
        }

        int header = (bytes[0] & 0xf) * 4;
        // What is shorter than the least frame of Ethernet has been filled up.
        int total = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return bytes[9] != protocol || total > bytes.Length || header > total ? default : packet[header..total];
    }
}
