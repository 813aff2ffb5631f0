using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace LvsAdmin.Core.Hosts;

/// <summary>A socket to be opened on a host, in Linux's numbers (socket(2)).</summary>
/// <param name="Family">The address family: 2 for IPv4, 10 for IPv6, 17 for packets of an interface (packet(7)).</param>
/// <param name="Type">1 for a stream, 2 for datagrams, 3 for raw packets.</param>
/// <param name="Protocol">The protocol of the family; of packet sockets in network byte order.</param>
public sealed record HostSocketRequest(int Family, int Type, int Protocol)
{
    internal const int InternetV4 = 2;
    internal const int InternetV6 = 10;
    internal const int Packet = 17;
    internal const int Stream = 1;
    internal const int Datagram = 2;
    internal const int Raw = 3;

    private const int NameLengthV4 = 16;
    private const int NameLengthV6 = 28;
    private const int LinkNameLength = 20;

    /// <summary>Whom the socket is connected to, for the families of IP; null for nobody.</summary>
    public IPEndPoint? Remote { get; init; }

    /// <summary>Of a packet socket: the interface that it is bound to, by index; 0 for all; null for none yet.</summary>
    public int? InterfaceIndex { get; init; }

    /// <summary>Of a packet socket that is bound: the kind of packets that it receives, such as 0x0800; 0 for none.</summary>
    public ushort EtherType { get; init; }

    /// <summary>What it receives: a program of the kernel's packet filter (SO_ATTACH_FILTER), eight bytes an instruction in the host's byte order; null for all.</summary>
    public ReadOnlyMemory<byte>? Filter { get; init; }

    /// <summary>A stream or datagram socket of TCP or UDP.</summary>
    public static HostSocketRequest To(IPEndPoint remote, bool isStream)
    {
        ArgumentNullException.ThrowIfNull(remote);
        return new HostSocketRequest(FamilyOf(remote.AddressFamily), isStream ? Stream : Datagram, isStream ? (int)ProtocolType.Tcp : (int)ProtocolType.Udp) { Remote = remote };
    }

    /// <summary>Linux's number of a family of IP.</summary>
    internal static int FamilyOf(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? InternetV6 : InternetV4;

    /// <summary>The name to bind to as the kernel takes it (sockaddr_ll), in this machine's byte order; empty for none.</summary>
    internal byte[] BindName()
    {
        if (InterfaceIndex is not { } index)
        {
            return [];
        }

        byte[] name = new byte[LinkNameLength];
        BitConverter.TryWriteBytes(name, (ushort)Packet);
        BinaryPrimitives.WriteUInt16BigEndian(name.AsSpan(2), EtherType);
        BitConverter.TryWriteBytes(name.AsSpan(4), index);
        return name;
    }

    /// <summary>The name to connect to as the kernel takes it (sockaddr_in, sockaddr_in6), in this machine's byte order; empty for none.</summary>
    internal byte[] ConnectName()
    {
        if (Remote is not { } remote)
        {
            return [];
        }

        bool isV6 = Family == InternetV6;
        byte[] name = new byte[isV6 ? NameLengthV6 : NameLengthV4];
        BitConverter.TryWriteBytes(name, (ushort)Family);
        // A raw socket takes no port: the kernel refuses one that is not 0 in IPv6 (rawv6_sendmsg).
        BinaryPrimitives.WriteUInt16BigEndian(name.AsSpan(2), Type == Raw ? (ushort)0 : (ushort)remote.Port);
        remote.Address.TryWriteBytes(name.AsSpan(isV6 ? 8 : 4), out _);
        return name;
    }
}
