namespace LvsAdmin.Core.Netlink;

/// <summary>Something went wrong between us and a kernel's netlink interface. Its subclasses tell what.</summary>
public class NetlinkException : Exception
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public NetlinkException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    public NetlinkException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and a cause.</summary>
    public NetlinkException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
