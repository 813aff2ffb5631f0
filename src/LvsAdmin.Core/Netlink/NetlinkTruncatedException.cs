namespace LvsAdmin.Core.Netlink;

/// <summary>A datagram was longer than the buffer for it. What was received is not used: it would be a shorter list without a sign of it.</summary>
public sealed class NetlinkTruncatedException : NetlinkException
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public NetlinkTruncatedException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    public NetlinkTruncatedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and a cause.</summary>
    public NetlinkTruncatedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
