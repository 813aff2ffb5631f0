namespace LvsAdmin.Core.Netlink;

/// <summary>Numbers of the netlink protocol (include/uapi/linux/netlink.h, genetlink.h; RFC 3549).</summary>
internal static class NetlinkProtocol
{
    /// <summary>nlmsghdr: length, type, flags, sequence, port.</summary>
    internal const int HeaderLength = 16;

    /// <summary>genlmsghdr: command, version, two reserved bytes.</summary>
    internal const int GenericHeaderLength = 4;

    /// <summary>nlattr: length, type.</summary>
    internal const int AttributeHeaderLength = 4;

    internal const int TypeOffset = 4;
    internal const int FlagsOffset = 6;
    internal const int SequenceOffset = 8;
    internal const int PortOffset = 12;

    internal const ushort NoOperation = 1;
    internal const ushort Error = 2;
    internal const ushort Done = 3;
    internal const ushort Overrun = 4;

    internal const ushort FlagRequest = 0x001;
    internal const ushort FlagMultipart = 0x002;
    internal const ushort FlagAcknowledge = 0x004;
    internal const ushort FlagDumpInterrupted = 0x010;
    internal const ushort FlagDump = 0x300;
    // On an error reply: the request is not repeated in it, and attributes with a text and an offset follow.
    internal const ushort FlagCapped = 0x100;
    internal const ushort FlagExtendedAcknowledgement = 0x200;

    internal const ushort AttributeNested = 0x8000;
    internal const ushort AttributeTypeMask = 0x3fff;

    /// <summary>Messages and attributes begin at multiples of four bytes.</summary>
    internal static int Align(int length) => (length + 3) & ~3;
}
