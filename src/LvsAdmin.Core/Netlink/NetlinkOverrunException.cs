namespace LvsAdmin.Core.Netlink;

/// <summary>The kernel dropped answers because they came faster than they were read (ENOBUFS). What was asked may have been done: read the state again.</summary>
public sealed class NetlinkOverrunException : NetlinkException
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public NetlinkOverrunException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    public NetlinkOverrunException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and a cause.</summary>
    public NetlinkOverrunException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
