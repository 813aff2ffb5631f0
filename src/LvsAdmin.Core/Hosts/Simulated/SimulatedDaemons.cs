using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>The connection synchronisation daemons of a simulated kernel, at most one of each role (ip_vs_genl_new_daemon; start_sync_thread, ip_vs_sync.c).</summary>
internal sealed class SimulatedDaemons(ISimulatedNetwork network)
{
    private const ushort DefaultPort = 8848;
    private const int UdpHeaderLength = 8;
    private const int PacketLength = 1500;
    private const int LargestPacketLength = 65535;
    private static readonly byte[] DefaultGroup = [224, 0, 0, 81];

    private readonly SortedDictionary<LvsSyncRole, SimulatedDaemon> _running = [];

    internal bool AreRunning => _running.Count > 0;

    internal IEnumerable<(LvsSyncRole Role, SimulatedDaemon Daemon)> Running => _running.Select(pair => (pair.Key, pair.Value));

    internal int Start(byte[]? nest, bool hasMixedFamilies)
    {
        if (nest is null
            || KernelAttributes<IpvsDaemonAttribute>.Parse(nest, IpvsPolicies.Daemon, out KernelAttributes<IpvsDaemonAttribute> attributes) != 0
            || !attributes.Has(IpvsDaemonAttribute.State, IpvsDaemonAttribute.Interface, IpvsDaemonAttribute.SyncId)
            || ReadGroup(attributes) is not { } group
            || hasMixedFamilies)
        {
            return LinuxErrno.InvalidArgument;
        }

        string name = attributes.ReadText(IpvsDaemonAttribute.Interface);
        if (network.FindMtu(name) is not { } mtu)
        {
            return LinuxErrno.NoDevice;
        }

        LvsSyncRole role = (LvsSyncRole)attributes.ReadUInt32(IpvsDaemonAttribute.State);
        if (role is not (LvsSyncRole.Master or LvsSyncRole.Backup))
        {
            return LinuxErrno.InvalidArgument;
        }

        int header = (group.Length == 16 ? 40 : 20) + UdpHeaderLength;
        int packet = role == LvsSyncRole.Backup ? Math.Clamp(mtu, PacketLength, LargestPacketLength) : PacketLength;
        ushort asked = attributes.ReadUInt16(IpvsDaemonAttribute.MaximumLength);
        int length = asked == 0 ? packet - header : Math.Clamp(asked, role == LvsSyncRole.Backup ? 1024 : 1, LargestPacketLength - header);
        ushort port = attributes.ReadUInt16(IpvsDaemonAttribute.Port);
        byte ttl = attributes.ReadByte(IpvsDaemonAttribute.Ttl);
        SimulatedDaemon daemon = new(
            name, attributes.ReadUInt32(IpvsDaemonAttribute.SyncId), (ushort)length, port == 0 ? DefaultPort : port, ttl == 0 ? (byte)1 : ttl, group);
        return _running.TryAdd(role, daemon) ? 0 : LinuxErrno.Exists;
    }

    internal int Stop(byte[]? nest)
    {
        if (nest is null
            || KernelAttributes<IpvsDaemonAttribute>.Parse(nest, IpvsPolicies.Daemon, out KernelAttributes<IpvsDaemonAttribute> attributes) != 0
            || !attributes.Has(IpvsDaemonAttribute.State))
        {
            return LinuxErrno.InvalidArgument;
        }

        LvsSyncRole role = (LvsSyncRole)attributes.ReadUInt32(IpvsDaemonAttribute.State);
        return role is not (LvsSyncRole.Master or LvsSyncRole.Backup) ? LinuxErrno.InvalidArgument : _running.Remove(role) ? 0 : LinuxErrno.NoSuchProcess;
    }

    // Null for an address that is no group's. One of IPv4 counts more than one of IPv6.
    private static byte[]? ReadGroup(KernelAttributes<IpvsDaemonAttribute> attributes)
    {
        if (attributes.Has(IpvsDaemonAttribute.Group))
        {
            byte[] group = attributes.ReadBytes(IpvsDaemonAttribute.Group, 4);
            return group[0] >> 4 == 0xe ? group : null;
        }

        if (attributes.Has(IpvsDaemonAttribute.Group6))
        {
            byte[] group = attributes.ReadBytes(IpvsDaemonAttribute.Group6, 16);
            return group[0] == 0xff ? group : null;
        }

        return DefaultGroup;
    }
}
