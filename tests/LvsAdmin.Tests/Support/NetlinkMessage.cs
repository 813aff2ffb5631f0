using System.Buffers.Binary;
using System.Text;

namespace LvsAdmin.Tests.Support;

/// <summary>
/// A netlink message taken apart and put together by the tests' own hands (netlink(7); little-endian machines), so that the code under test
/// is not its own witness.
/// </summary>
internal sealed record NetlinkMessage(ushort Type, ushort Flags, uint Sequence, uint Port, byte[] Payload)
{
    internal const ushort ControllerFamily = 0x10;
    internal const ushort IpvsFamilyId = 0x21;
    internal const ushort Error = 2;
    internal const ushort Done = 3;
    internal const ushort Overrun = 4;
    internal const ushort Multipart = 0x02;
    internal const ushort DumpInterrupted = 0x10;
    internal const ushort Capped = 0x100;
    internal const ushort ExtendedAcknowledgement = 0x200;
    internal const ushort DumpRequest = 0x300;

    internal byte Command => Payload[0];

    internal bool IsDump => (Flags & DumpRequest) == DumpRequest;

    /// <summary>The attributes behind the generic netlink header.</summary>
    internal byte[] Attributes => Payload[4..];

    internal static IReadOnlyList<NetlinkMessage> ReadAll(ReadOnlySpan<byte> datagram)
    {
        List<NetlinkMessage> messages = [];
        while (!datagram.IsEmpty)
        {
            int length = (int)BinaryPrimitives.ReadUInt32LittleEndian(datagram);
            messages.Add(new NetlinkMessage(
                BinaryPrimitives.ReadUInt16LittleEndian(datagram[4..]), BinaryPrimitives.ReadUInt16LittleEndian(datagram[6..]),
                BinaryPrimitives.ReadUInt32LittleEndian(datagram[8..]), BinaryPrimitives.ReadUInt32LittleEndian(datagram[12..]),
                datagram[16..length].ToArray()));
            datagram = datagram[Math.Min((length + 3) & ~3, datagram.Length)..];
        }

        return messages;
    }

    internal byte[] ToBytes()
    {
        byte[] bytes = new byte[(16 + Payload.Length + 3) & ~3];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)(16 + Payload.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), Type);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), Flags);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), Port);
        Payload.CopyTo(bytes, 16);
        return bytes;
    }

    /// <summary>An acknowledgement, or a refusal by an error number, as a socket with NETLINK_CAP_ACK gets it.</summary>
    internal static byte[] Acknowledgement(NetlinkMessage request, int errno = 0) =>
        new NetlinkMessage(Error, Capped, request.Sequence, request.Port, [.. Int32(-errno), .. request.ToBytes()[..16]]).ToBytes();

    /// <summary>A message of an answer.</summary>
    internal static byte[] Answer(NetlinkMessage request, byte[] attributes, byte command = 1, ushort flags = 0) =>
        new NetlinkMessage(request.Type, flags, request.Sequence, request.Port, [command, 1, 0, 0, .. attributes]).ToBytes();

    /// <summary>The end of a list.</summary>
    internal static byte[] End(NetlinkMessage request, int errno = 0, ushort flags = 0) =>
        new NetlinkMessage(Done, (ushort)(Multipart | flags), request.Sequence, request.Port, Int32(-errno)).ToBytes();

    /// <summary>The controller's answer that the family IPVS has the number <see cref="IpvsFamilyId"/>.</summary>
    internal static byte[] IpvsFamily(NetlinkMessage request, ushort id = IpvsFamilyId) => Answer(
        request, [.. Attribute(1, UInt16(id)), .. Attribute(2, Encoding.UTF8.GetBytes("IPVS\0")), .. Attribute(3, Int32(1))]);

    /// <summary>An attribute with its padding.</summary>
    internal static byte[] Attribute(ushort type, params byte[] value) =>
        [.. UInt16((ushort)(4 + value.Length)), .. UInt16(type), .. value, .. new byte[-value.Length & 3]];

    internal static byte[] Int32(int value) => BitConverter.GetBytes(value);

    internal static byte[] UInt16(ushort value) => BitConverter.GetBytes(value);

    /// <summary>Takes attributes apart: number and value of each.</summary>
    internal static IReadOnlyList<(ushort Type, byte[] Value)> ReadAttributes(ReadOnlySpan<byte> attributes)
    {
        List<(ushort, byte[])> list = [];
        while (!attributes.IsEmpty)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(attributes);
            list.Add(((ushort)(BinaryPrimitives.ReadUInt16LittleEndian(attributes[2..]) & 0x3fff), attributes[4..length].ToArray()));
            attributes = attributes[Math.Min((length + 3) & ~3, attributes.Length)..];
        }

        return list;
    }
}
