using System.Buffers.Binary;
using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Benchmarks;

/// <summary>Counts the requests that go to the kernel: those that read (GET, dumps) and those that write.</summary>
internal sealed class CountingTransport(INetlinkTransport inner) : INetlinkTransport
{
    // struct nlmsghdr, struct genlmsghdr: the command of generic netlink is the first byte after the header of 16 (linux/netlink.h, linux/genetlink.h).
    private const int HeaderLength = 16;

    // IPVS_CMD_GET_SERVICE, GET_DEST, GET_DAEMON, GET_CONFIG, GET_INFO (linux/ip_vs.h); 3 is CTRL_CMD_GETFAMILY too, of the family of families.
    private static readonly HashSet<byte> ReadCommands = [4, 8, 11, 13, 15];
    private const ushort ControlFamily = 16;

    internal int Reads { get; private set; }

    internal int Writes { get; private set; }

    public uint PortId => inner.PortId;

    internal void Reset() => Reads = Writes = 0;

    public ValueTask SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        ReadOnlySpan<byte> rest = datagram.Span;
        while (rest.Length > HeaderLength)
        {
            ushort type = BinaryPrimitives.ReadUInt16LittleEndian(rest[4..]);
            if (type == ControlFamily || ReadCommands.Contains(rest[HeaderLength]))
            {
                Reads++;
            }
            else
            {
                Writes++;
            }

            int length = (BinaryPrimitives.ReadInt32LittleEndian(rest) + 3) & ~3;
            rest = rest[Math.Min(length, rest.Length)..];
        }

        return inner.SendAsync(datagram, cancellationToken);
    }

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) => inner.ReceiveAsync(buffer, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
