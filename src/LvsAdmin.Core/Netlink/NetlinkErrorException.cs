namespace LvsAdmin.Core.Netlink;

/// <summary>The kernel answered a request with an error.</summary>
public sealed class NetlinkErrorException : NetlinkException
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public NetlinkErrorException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    public NetlinkErrorException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and a cause.</summary>
    public NetlinkErrorException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception of the kernel's answer.</summary>
    /// <param name="errno">The error number, positive.</param>
    /// <param name="kernelMessage">The text of the extended acknowledgement (NLMSGERR_ATTR_MSG), if there was one.</param>
    /// <param name="offset">Where in the request the trouble lies (NLMSGERR_ATTR_OFFS), if the kernel said so.</param>
    public NetlinkErrorException(int errno, string? kernelMessage = null, uint? offset = null)
        : base(Describe(errno, kernelMessage, offset))
    {
        Errno = errno;
        KernelMessage = kernelMessage;
        Offset = offset;
    }

    /// <summary>The error number of Linux (errno.h), positive.</summary>
    public int Errno { get; }

    /// <summary>The text of the extended acknowledgement; null when there was none.</summary>
    public string? KernelMessage { get; }

    /// <summary>Where in the request the trouble lies, in bytes from its beginning; null when the kernel did not say.</summary>
    public uint? Offset { get; }

    private static string Describe(int errno, string? kernelMessage, uint? offset) =>
        $"The kernel answers {LinuxErrno.Describe(errno)}"
        + (kernelMessage is null ? string.Empty : $": {kernelMessage}")
        + (offset is null ? "." : $" (at byte {offset} of the request).");
}
