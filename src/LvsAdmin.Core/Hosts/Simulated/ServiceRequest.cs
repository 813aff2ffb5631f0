using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>A service as a request tells it (ip_vs_genl_parse_service).</summary>
internal sealed record ServiceRequest
{
    private static readonly ServiceRequest None = new() { Scheduler = "", Engine = "" };

    internal ServiceKey Key { get; private init; }

    internal required string Scheduler { get; init; }

    /// <summary>The persistence engine; empty for none.</summary>
    internal required string Engine { get; init; }

    internal uint Flags { get; private init; }

    /// <summary>Which flags are told: the others stay as they are.</summary>
    internal uint FlagMask { get; private init; }

    internal uint Timeout { get; private init; }

    /// <summary>As it stands on the wire.</summary>
    internal uint Netmask { get; private init; }

    /// <summary>Reads one.</summary>
    /// <param name="nest">The attribute's value; null when it is missing.</param>
    /// <param name="isFull">Whether the whole record is needed and not only the identity.</param>
    /// <param name="request">What was read, when there is no error.</param>
    /// <returns>The error number, or 0.</returns>
    internal static int Parse(byte[]? nest, bool isFull, out ServiceRequest request)
    {
        request = None;
        if (nest is null || KernelAttributes<IpvsServiceAttribute>.Parse(nest, IpvsPolicies.Service, out KernelAttributes<IpvsServiceAttribute> attributes) != 0)
        {
            return LinuxErrno.InvalidArgument;
        }

        bool isNamed = attributes.Has(IpvsServiceAttribute.FirewallMark)
            || attributes.Has(IpvsServiceAttribute.Protocol, IpvsServiceAttribute.Address, IpvsServiceAttribute.Port);
        if (!isNamed || !attributes.Has(IpvsServiceAttribute.AddressFamily))
        {
            return LinuxErrno.InvalidArgument;
        }

        ushort family = attributes.ReadUInt16(IpvsServiceAttribute.AddressFamily);
        if (family is not (ServerKey.IPv4 or ServerKey.IPv6))
        {
            return LinuxErrno.AddressFamilyNotSupported;
        }

        // A mark counts more than whatever stands beside it.
        ServiceKey key = attributes.Has(IpvsServiceAttribute.FirewallMark)
            ? new ServiceKey(family, attributes.ReadUInt32(IpvsServiceAttribute.FirewallMark), ServiceKey.Tcp, 0, 0)
            : new ServiceKey(
                family, 0, attributes.ReadUInt16(IpvsServiceAttribute.Protocol), ServerKey.Bits(family, attributes.ReadBytes(IpvsServiceAttribute.Address, 16)),
                attributes.ReadUInt16BigEndian(IpvsServiceAttribute.Port));
        if (!isFull)
        {
            request = None with { Key = key };
            return 0;
        }

        if (!attributes.Has(IpvsServiceAttribute.Scheduler, IpvsServiceAttribute.Flags, IpvsServiceAttribute.Timeout, IpvsServiceAttribute.Netmask))
        {
            return LinuxErrno.InvalidArgument;
        }

        byte[] flags = attributes.ReadBytes(IpvsServiceAttribute.Flags, 8);
        request = new ServiceRequest
        {
            Key = key,
            Scheduler = attributes.ReadText(IpvsServiceAttribute.Scheduler),
            Engine = attributes.ReadText(IpvsServiceAttribute.PersistenceEngine),
            Flags = BitConverter.ToUInt32(flags, 0),
            FlagMask = BitConverter.ToUInt32(flags, 4),
            Timeout = attributes.ReadUInt32(IpvsServiceAttribute.Timeout),
            Netmask = attributes.ReadUInt32(IpvsServiceAttribute.Netmask),
        };
        return 0;
    }
}
