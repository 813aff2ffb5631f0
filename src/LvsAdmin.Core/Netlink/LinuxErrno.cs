namespace LvsAdmin.Core.Netlink;

/// <summary>
/// Linux's error numbers (include/uapi/asm-generic/errno-base.h, errno.h) that netlink and IPVS answer, with their names and texts. The C
/// library's own texts are not asked: a reply may come from a Linux host to a machine of another kind.
/// </summary>
public static class LinuxErrno
{
    /// <summary>EPERM: operation not permitted.</summary>
    public const int NotPermitted = 1;

    /// <summary>ENOENT: no such file or directory.</summary>
    public const int NoEntry = 2;

    /// <summary>ESRCH: no such process.</summary>
    public const int NoSuchProcess = 3;

    /// <summary>EINTR: interrupted system call.</summary>
    public const int Interrupted = 4;

    /// <summary>ENOMEM: cannot allocate memory.</summary>
    public const int OutOfMemory = 12;

    /// <summary>EACCES: permission denied.</summary>
    public const int AccessDenied = 13;

    /// <summary>EBUSY: device or resource busy.</summary>
    public const int Busy = 16;

    /// <summary>EEXIST: file exists.</summary>
    public const int Exists = 17;

    /// <summary>ENODEV: no such device.</summary>
    public const int NoDevice = 19;

    /// <summary>EINVAL: invalid argument.</summary>
    public const int InvalidArgument = 22;

    /// <summary>ERANGE: numerical result out of range.</summary>
    public const int OutOfRange = 34;

    /// <summary>EMSGSIZE: message too long.</summary>
    public const int MessageTooLong = 90;

    /// <summary>ENOPROTOOPT: protocol not available.</summary>
    public const int ProtocolNotAvailable = 92;

    /// <summary>EOPNOTSUPP: operation not supported.</summary>
    public const int NotSupported = 95;

    /// <summary>EAFNOSUPPORT: address family not supported by protocol.</summary>
    public const int AddressFamilyNotSupported = 97;

    /// <summary>ENOBUFS: no buffer space available.</summary>
    public const int NoBufferSpace = 105;

    /// <summary>The name and the text of an error number, such as <c>ESRCH (no such process)</c>.</summary>
    public static string Describe(int errno) => errno switch
    {
        NotPermitted => "EPERM (operation not permitted)",
        NoEntry => "ENOENT (no such file or directory)",
        NoSuchProcess => "ESRCH (no such process)",
        Interrupted => "EINTR (interrupted system call)",
        OutOfMemory => "ENOMEM (cannot allocate memory)",
        AccessDenied => "EACCES (permission denied)",
        Busy => "EBUSY (device or resource busy)",
        Exists => "EEXIST (file exists)",
        NoDevice => "ENODEV (no such device)",
        InvalidArgument => "EINVAL (invalid argument)",
        OutOfRange => "ERANGE (numerical result out of range)",
        MessageTooLong => "EMSGSIZE (message too long)",
        ProtocolNotAvailable => "ENOPROTOOPT (protocol not available)",
        NotSupported => "EOPNOTSUPP (operation not supported)",
        AddressFamilyNotSupported => "EAFNOSUPPORT (address family not supported by protocol)",
        NoBufferSpace => "ENOBUFS (no buffer space available)",
        _ => $"error {errno}",
    };
}
