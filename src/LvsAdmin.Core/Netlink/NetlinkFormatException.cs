namespace LvsAdmin.Core.Netlink;

/// <summary>Bytes that should be netlink messages are none: the kernel is of another kind than we know, or the transport damaged them.</summary>
public sealed class NetlinkFormatException : NetlinkException
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public NetlinkFormatException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    public NetlinkFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and a cause.</summary>
    public NetlinkFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
