namespace LvsAdmin.Core.Ipvs;

/// <summary>IPVS refused a request: what failed on which object, in the kernel's own words, and what to do about it.</summary>
public sealed class IpvsException : Exception
{
    /// <summary>Makes an exception without a message of its own.</summary>
    public IpvsException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    public IpvsException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and a cause.</summary>
    public IpvsException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception of a refusal.</summary>
    /// <param name="error">What the refusal means.</param>
    /// <param name="errno">The kernel's error number; 0 when it is not the kernel that refused.</param>
    /// <param name="target">The object that it is about.</param>
    /// <param name="message">The whole text.</param>
    /// <param name="innerException">The kernel's answer.</param>
    public IpvsException(IpvsError error, int errno, object? target, string message, Exception? innerException)
        : base(message, innerException)
    {
        Error = error;
        Errno = errno;
        Target = target;
    }

    /// <summary>What the refusal means.</summary>
    public IpvsError Error { get; }

    /// <summary>The kernel's error number (errno.h), positive; 0 when it is not the kernel that refused.</summary>
    public int Errno { get; }

    /// <summary>The object that the request was about: a service, a real server, a daemon.</summary>
    public object? Target { get; }
}
