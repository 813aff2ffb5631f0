using System.Runtime.CompilerServices;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>
/// The IPVS of a kernel in memory: it takes the datagrams of generic netlink and answers them as Linux does, with its very error numbers
/// (net/netfilter/ipvs/ip_vs_ctl.c). Packets do not pass through it: connections are there only where <see cref="OpenConnections"/> puts them. Safe for
/// concurrent use by many transports. Unlike in Linux a list is a picture of one moment.
/// </summary>
public sealed class SimulatedKernel
{
    /// <summary>The number of the family IPVS, which Linux gives when the module is loaded.</summary>
    internal const ushort IpvsFamily = 0x21;

    private readonly object _lock = new();
    private readonly SimulatedIpvs _ipvs;
    private uint _lastPort = 4096;
    private int _messagesToFault = -1;
    private bool _faultIsAfter;

    /// <summary>Makes a kernel with an empty table.</summary>
    /// <param name="time">The clock by which connections end; null for the system's.</param>
    /// <param name="network">What IPVS asks of the network; null for one of lo, up, and no other interface.</param>
    internal SimulatedKernel(TimeProvider? time = null, ISimulatedNetwork? network = null) => _ipvs = new SimulatedIpvs(time ?? TimeProvider.System, network ?? new LoopbackNetwork());

    /// <summary>How often the kernel's clock ticks in a second: it bounds the timeouts (int.MaxValue / HZ). Debian's kernels have 250.</summary>
    public int TicksPerSecond
    {
        get => _ipvs.TicksPerSecond;
        init => _ipvs.TicksPerSecond = value;
    }

    /// <summary>Opens a netlink socket.</summary>
    public INetlinkTransport OpenTransport()
    {
        lock (_lock)
        {
            return new SimulatedTransport(this, ++_lastPort);
        }
    }

    /// <summary>
    /// Opens connections to a real server, as clients would. A server of weight 0 gets none, except for those that its persistence templates send there.
    /// </summary>
    /// <param name="service">The virtual service.</param>
    /// <param name="server">The real server.</param>
    /// <param name="active">How many are established.</param>
    /// <param name="inactive">How many are in another state.</param>
    /// <param name="lifetime">When they end, from now; null for not by themselves.</param>
    /// <param name="persistent">How many persistence templates are made.</param>
    /// <returns>Whether the server took them.</returns>
    /// <exception cref="ArgumentException">There is no such server.</exception>
    public bool OpenConnections(LvsServiceId service, LvsServerId server, int active, int inactive = 0, TimeSpan? lifetime = null, int persistent = 0)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(server);
        ArgumentOutOfRangeException.ThrowIfNegative(active);
        ArgumentOutOfRangeException.ThrowIfNegative(inactive);
        ArgumentOutOfRangeException.ThrowIfNegative(persistent);
        lock (_lock)
        {
            return _ipvs.OpenConnections(service, server, active, inactive, persistent, lifetime);
        }
    }

    /// <summary>Ends all connections to a real server.</summary>
    /// <exception cref="ArgumentException">There is no such server.</exception>
    public void CloseConnections(LvsServiceId service, LvsServerId server)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(server);
        lock (_lock)
        {
            _ipvs.CloseConnections(service, server);
        }
    }

    /// <summary>
    /// Lets a transport be lost once, at the n-th message of IPVS from now, whichever transport it comes by: that transport throws <see cref="NetlinkException"/> from
    /// then on, and no later message of the same datagram is carried out.
    /// </summary>
    /// <param name="message">1 for the next message. Questions for the family's number do not count.</param>
    /// <param name="carriedOut">Whether the kernel carries that message out before the answer is lost.</param>
    public void LoseTransportAt(int message, bool carriedOut)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(message);
        lock (_lock)
        {
            _messagesToFault = message;
            _faultIsAfter = carriedOut;
        }
    }

    /// <summary>Takes back a <see cref="LoseTransportAt"/> that has not come to pass.</summary>
    /// <returns>Whether there was one.</returns>
    public bool KeepTransports()
    {
        lock (_lock)
        {
            bool waiting = _messagesToFault > 0;
            _messagesToFault = -1;
            return waiting;
        }
    }

    /// <summary>How many messages the IPVS family has had: requests that only read, and those that change.</summary>
    public (int Reads, int Changes) MessageCounts
    {
        get
        {
            lock (_lock)
            {
                return (_ipvs.ReadCount, _ipvs.ChangeCount);
            }
        }
    }

    /// <summary>The traffic counter of all services.</summary>
    internal ulong TotalConnections
    {
        get
        {
            lock (_lock)
            {
                return _ipvs.Total.Value;
            }
        }
    }

    /// <summary>Works through a datagram (netlink_rcv_skb).</summary>
    /// <param name="datagram">The messages.</param>
    /// <param name="port">The port that answers go to.</param>
    /// <param name="answer">Takes the datagrams of the answers.</param>
    /// <returns>Whether the transport lives on.</returns>
    internal bool Receive(ReadOnlySpan<byte> datagram, uint port, Action<byte[]> answer)
    {
        lock (_lock)
        {
            while (datagram.Length >= NetlinkProtocol.HeaderLength)
            {
                uint length = Unsafe.ReadUnaligned<uint>(in datagram[0]);
                if (length < NetlinkProtocol.HeaderLength || length > datagram.Length)
                {
                    return true;
                }

                ReadOnlySpan<byte> message = datagram[..(int)length];
                datagram = datagram[Math.Min(NetlinkProtocol.Align((int)length), datagram.Length)..];
                bool isLast = Unsafe.ReadUnaligned<ushort>(in message[NetlinkProtocol.TypeOffset]) == IpvsFamily && _messagesToFault > 0 && --_messagesToFault == 0;
                if (isLast && !_faultIsAfter)
                {
                    return false;
                }

                KernelReplyWriter writer = new(Unsafe.ReadUnaligned<uint>(in message[NetlinkProtocol.SequenceOffset]), port);
                Dispatch(message, writer);
                if (isLast)
                {
                    return false;
                }

                foreach (byte[] reply in writer.Datagrams)
                {
                    answer(reply);
                }
            }

            return true;
        }
    }

    // genl_rcv_msg (net/netlink/genetlink.c).
    private void Dispatch(ReadOnlySpan<byte> message, KernelReplyWriter writer)
    {
        ushort type = Unsafe.ReadUnaligned<ushort>(in message[NetlinkProtocol.TypeOffset]);
        ushort flags = Unsafe.ReadUnaligned<ushort>(in message[NetlinkProtocol.FlagsOffset]);
        int errno = 0;
        if ((flags & NetlinkProtocol.FlagRequest) != 0 && type >= SimulatedController.Family)
        {
            bool isDump = (flags & NetlinkProtocol.FlagDump) == NetlinkProtocol.FlagDump;
            ReadOnlySpan<byte> payload = message[NetlinkProtocol.HeaderLength..];
            errno = (type, payload.Length < NetlinkProtocol.GenericHeaderLength) switch
            {
                (not (SimulatedController.Family or IpvsFamily), _) => LinuxErrno.NoEntry,
                (_, true) => LinuxErrno.InvalidArgument,
                (SimulatedController.Family, _) => SimulatedController.Answer(payload, isDump, writer),
                _ => _ipvs.Answer(payload[0], payload[NetlinkProtocol.GenericHeaderLength..], isDump, writer),
            };
            if (isDump && errno == 0)
            {
                writer.EndList();
                return;
            }
        }

        if (errno != 0 || (flags & NetlinkProtocol.FlagAcknowledge) != 0)
        {
            writer.Acknowledge(message, errno);
        }
    }

    /// <summary>A network of nothing but the loopback interface.</summary>
    private sealed class LoopbackNetwork : ISimulatedNetwork
    {
        public int? FindMtu(string name) => name == "lo" ? 65536 : null;

        public bool IsBroadcast(LvsAddress address) => address == LvsAddress.Parse("127.255.255.255");

        public bool IsLocal(LvsAddress address) => address == LvsAddress.Parse("::1");
    }
}
