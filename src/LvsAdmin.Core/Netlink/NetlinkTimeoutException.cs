namespace LvsAdmin.Core.Netlink;

/// <summary>The kernel did not answer in time. What was asked may have been done: read the state again.</summary>
public sealed class NetlinkTimeoutException : NetlinkException
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public NetlinkTimeoutException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    public NetlinkTimeoutException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and a cause.</summary>
    public NetlinkTimeoutException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
