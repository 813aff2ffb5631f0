using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>A real server as a request tells it (ip_vs_genl_parse_dest).</summary>
internal sealed record ServerRequest
{
    private const uint ForwardingMask = 7;

    private static readonly ServerRequest None = new();

    internal ServerKey Key { get; private init; }

    internal uint Forwarding { get; private init; }

    internal int Weight { get; private init; }

    internal uint Upper { get; private init; }

    internal uint Lower { get; private init; }

    // What a request leaves out becomes 0, a plain IPIP tunnel.
    internal byte TunnelType { get; private init; }

    internal ushort TunnelPort { get; private init; }

    internal ushort TunnelFlags { get; private init; }

    /// <summary>Reads one.</summary>
    /// <param name="nest">The attribute's value; null when it is missing.</param>
    /// <param name="isFull">Whether the whole record is needed and not only the identity.</param>
    /// <param name="serviceFamily">The address family of one that tells none.</param>
    /// <param name="request">What was read, when there is no error.</param>
    /// <returns>The error number, or 0.</returns>
    internal static int Parse(byte[]? nest, bool isFull, ushort serviceFamily, out ServerRequest request)
    {
        request = None;
        if (nest is null
            || KernelAttributes<IpvsDestinationAttribute>.Parse(nest, IpvsPolicies.Destination, out KernelAttributes<IpvsDestinationAttribute> attributes) != 0
            || !attributes.Has(IpvsDestinationAttribute.Address, IpvsDestinationAttribute.Port)
            || (isFull && !attributes.Has(
                IpvsDestinationAttribute.ForwardingMethod, IpvsDestinationAttribute.Weight, IpvsDestinationAttribute.UpperThreshold, IpvsDestinationAttribute.LowerThreshold)))
        {
            return LinuxErrno.InvalidArgument;
        }

        ushort family = attributes.ReadUInt16(IpvsDestinationAttribute.AddressFamily);
        family = family == 0 ? serviceFamily : family;
        if (family is not (ServerKey.IPv4 or ServerKey.IPv6))
        {
            return LinuxErrno.AddressFamilyNotSupported;
        }

        ServerKey key = new(
            family, ServerKey.Bits(family, attributes.ReadBytes(IpvsDestinationAttribute.Address, 16)), attributes.ReadUInt16BigEndian(IpvsDestinationAttribute.Port));
        request = !isFull ? new ServerRequest { Key = key } : new ServerRequest
        {
            Key = key,
            Forwarding = attributes.ReadUInt32(IpvsDestinationAttribute.ForwardingMethod) & ForwardingMask,
            Weight = (int)attributes.ReadUInt32(IpvsDestinationAttribute.Weight),
            Upper = attributes.ReadUInt32(IpvsDestinationAttribute.UpperThreshold),
            Lower = attributes.ReadUInt32(IpvsDestinationAttribute.LowerThreshold),
            TunnelType = attributes.ReadByte(IpvsDestinationAttribute.TunnelType),
            TunnelPort = attributes.ReadUInt16BigEndian(IpvsDestinationAttribute.TunnelPort),
            TunnelFlags = attributes.ReadUInt16(IpvsDestinationAttribute.TunnelFlags),
        };
        return 0;
    }
}
