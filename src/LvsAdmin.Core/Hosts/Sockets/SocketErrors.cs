using System.Net.Sockets;

namespace LvsAdmin.Core.Hosts;

/// <summary>Linux's error numbers as .NET's socket errors, and what both mean for who opened a socket.</summary>
internal static class SocketErrors
{
    private const int NotPermitted = 1;
    private const int AccessDenied = 13;

    /// <summary>The exception for an error number of Linux (asm-generic/errno.h).</summary>
    internal static SocketException Of(int errno) => new((int)(errno switch
    {
        NotPermitted or AccessDenied => SocketError.AccessDenied,
        32 => SocketError.Shutdown,
        99 => SocketError.AddressNotAvailable,
        101 => SocketError.NetworkUnreachable,
        104 => SocketError.ConnectionReset,
        110 => SocketError.TimedOut,
        111 => SocketError.ConnectionRefused,
        113 => SocketError.HostUnreachable,
        97 => SocketError.AddressFamilyNotSupported,
        93 => SocketError.ProtocolNotSupported,
        90 => SocketError.MessageSize,
        100 => SocketError.NetworkDown,
        38 => SocketError.OperationNotSupported,
        _ => SocketError.SocketError,
    }));

    /// <summary>The error of a user who may not open such a socket.</summary>
    internal static LvsHostException Denied(string host, Exception cause) => new(
        LvsHostError.AccessDenied, $"Packets can be sent on {host} only with other rights: run as root, or with the capability CAP_NET_RAW.", cause);
}
