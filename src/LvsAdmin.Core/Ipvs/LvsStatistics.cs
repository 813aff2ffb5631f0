using System.Globalization;

namespace LvsAdmin.Core.Ipvs;

/// <summary>
/// What passed through a virtual service, a real server or the whole director (IPVS_STATS_ATTR_*, include/uapi/linux/ip_vs.h): totals in
/// 64 bits, and rates a second, averaged by the kernel every two seconds. With direct routing and tunnelling the replies bypass the
/// director, so everything outgoing stays 0.
/// </summary>
public sealed record LvsStatistics
{
    /// <summary>Connections scheduled.</summary>
    public ulong Connections { get; init; }

    /// <summary>Packets from clients.</summary>
    public ulong IncomingPackets { get; init; }

    /// <summary>Packets to clients.</summary>
    public ulong OutgoingPackets { get; init; }

    /// <summary>Bytes from clients.</summary>
    public ulong IncomingBytes { get; init; }

    /// <summary>Bytes to clients.</summary>
    public ulong OutgoingBytes { get; init; }

    /// <summary>Connections a second.</summary>
    public ulong ConnectionsPerSecond { get; init; }

    /// <summary>Packets a second from clients.</summary>
    public ulong IncomingPacketsPerSecond { get; init; }

    /// <summary>Packets a second to clients.</summary>
    public ulong OutgoingPacketsPerSecond { get; init; }

    /// <summary>Bytes (not bits) a second from clients.</summary>
    public ulong IncomingBytesPerSecond { get; init; }

    /// <summary>Bytes (not bits) a second to clients.</summary>
    public ulong OutgoingBytesPerSecond { get; init; }

    /// <summary>The totals in one line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Connections} connections, packets {IncomingPackets} in {OutgoingPackets} out, bytes {IncomingBytes} in {OutgoingBytes} out");
}
