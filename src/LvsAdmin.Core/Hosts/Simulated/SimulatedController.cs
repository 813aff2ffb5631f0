using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>The controller of generic netlink, which knows the families by name (nlctrl, net/netlink/genetlink.c).</summary>
internal static class SimulatedController
{
    internal const ushort Family = 0x10;
    private const byte NewFamily = 1;
    private const byte GetFamily = 3;
    private const byte Version = 2;

    private static readonly Dictionary<Attribute, KernelAttributeRule> Policy = new()
    {
        [Attribute.FamilyId] = new(KernelAttributeKind.Number, 2),
        [Attribute.FamilyName] = new(KernelAttributeKind.Text, 15),
    };

    private enum Attribute : ushort
    {
        FamilyId = 1,
        FamilyName = 2,
        Version = 3,
        HeaderSize = 4,
        MaximumAttribute = 5,
    }

    /// <summary>Answers one request.</summary>
    /// <returns>The error number, or 0.</returns>
    internal static int Answer(ReadOnlySpan<byte> payload, bool isDump, KernelReplyWriter writer)
    {
        if (payload[0] != GetFamily)
        {
            return LinuxErrno.NotSupported;
        }

        if (isDump)
        {
            Write(writer, isPart: true);
            return 0;
        }

        if (KernelAttributes<Attribute>.Parse(payload[NetlinkProtocol.GenericHeaderLength..], Policy, out KernelAttributes<Attribute> attributes) is > 0 and var errno)
        {
            return errno;
        }

        if (!attributes.Has(Attribute.FamilyId) && !attributes.Has(Attribute.FamilyName))
        {
            return LinuxErrno.InvalidArgument;
        }

        bool isIpvs = attributes.Has(Attribute.FamilyName)
            ? attributes.ReadText(Attribute.FamilyName) == SimulatedIpvs.Name
            : attributes.ReadUInt16(Attribute.FamilyId) == SimulatedKernel.IpvsFamily;
        if (!isIpvs)
        {
            return LinuxErrno.NoEntry;
        }

        Write(writer, isPart: false);
        return 0;
    }

    private static void Write(KernelReplyWriter writer, bool isPart)
    {
        writer.Begin(Family, NewFamily, Version, isPart);
        writer.Write(Attribute.FamilyName, SimulatedIpvs.Name);
        writer.Write(Attribute.FamilyId, SimulatedKernel.IpvsFamily);
        writer.Write(Attribute.Version, 1u);
        writer.Write(Attribute.HeaderSize, 0u);
        writer.Write(Attribute.MaximumAttribute, 6u);
        if (isPart)
        {
            writer.EndPart();
        }
        else
        {
            writer.End();
        }
    }
}
