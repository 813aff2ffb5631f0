namespace LvsAdmin.Core.Netlink;

/// <summary>The kernel's table changed during every attempt to list it (NLM_F_DUMP_INTR).</summary>
public sealed class NetlinkDumpInterruptedException : NetlinkException
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public NetlinkDumpInterruptedException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    public NetlinkDumpInterruptedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and a cause.</summary>
    public NetlinkDumpInterruptedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
