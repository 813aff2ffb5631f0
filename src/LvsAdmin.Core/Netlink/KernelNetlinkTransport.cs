using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace LvsAdmin.Core.Netlink;

/// <summary>
/// A generic netlink socket of this machine's kernel (netlink(7)). It belongs to the network namespace of the thread that opened it. The system
/// calls that .NET lacks open it; sending, receiving, waiting and cancelling are .NET's own.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed partial class KernelNetlinkTransport : INetlinkTransport
{
    private const int NetlinkFamily = 16;
    private const int RawCloseOnExec = 3 | 0x80000;
    private const int GenericProtocol = 16;
    private const int NetlinkLevel = 270;
    private const int CapAcknowledgement = 10;
    private const int ExtendedAcknowledgement = 11;

    private readonly Socket _socket;

    private KernelNetlinkTransport(Socket socket, uint portId)
    {
        _socket = socket;
        PortId = portId;
    }

    /// <inheritdoc/>
    public uint PortId { get; }

    /// <summary>Opens a socket in the network namespace of the calling thread.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public static unsafe KernelNetlinkTransport Open()
    {
        SafeSocketHandle handle = new(Native.Socket(NetlinkFamily, RawCloseOnExec, GenericProtocol), ownsHandle: true);
        try
        {
            Check(handle.IsInvalid ? -1 : 0, "open a netlink socket");
            Native.NetlinkAddress address = new() { Family = NetlinkFamily };
            Check(Native.Bind(handle, &address, sizeof(Native.NetlinkAddress)), "bind a netlink socket");
            int length = sizeof(Native.NetlinkAddress);
            Check(Native.GetSocketName(handle, &address, &length), "name a netlink socket");

            // Both only make errors more telling; kernels before 4.12 lack them.
            int on = 1;
            _ = Native.SetSocketOption(handle, NetlinkLevel, CapAcknowledgement, &on, sizeof(int));
            _ = Native.SetSocketOption(handle, NetlinkLevel, ExtendedAcknowledgement, &on, sizeof(int));
            return new KernelNetlinkTransport(new Socket(handle), address.Port);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        try
        {
            int sent = await _socket.SendAsync(datagram, SocketFlags.None, cancellationToken).ConfigureAwait(false);
            if (sent != datagram.Length)
            {
                throw new NetlinkException($"The kernel took {sent} of {datagram.Length} bytes.");
            }
        }
        catch (SocketException exception)
        {
            throw Translate(exception);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            // With this flag (MSG_TRUNC) the kernel tells a datagram's whole length, also when the buffer is shorter.
            int length = await _socket.ReceiveAsync(buffer, SocketFlags.Truncated, cancellationToken).ConfigureAwait(false);
            return length <= buffer.Length
                ? length
                : throw new NetlinkTruncatedException($"A datagram of {length} bytes came into a buffer of {buffer.Length}.");
        }
        catch (SocketException exception)
        {
            throw Translate(exception);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private static NetlinkException Translate(SocketException exception) => exception.SocketErrorCode == SocketError.NoBufferSpaceAvailable
        ? new NetlinkOverrunException("The kernel dropped answers (ENOBUFS). What was asked may have been done: read the state again.", exception)
        : new NetlinkException($"The netlink socket failed: {exception.Message}", exception);

    private static void Check(int result, string action)
    {
        if (result < 0)
        {
            Win32Exception reason = new(Marshal.GetLastPInvokeError());
            throw new NetlinkException($"The kernel refused to {action}: {reason.Message}.", reason);
        }
    }

    private static unsafe partial class Native
    {
        [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static partial nint Socket(int domain, int type, int protocol);

        [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static partial int Bind(SafeSocketHandle socket, NetlinkAddress* address, int length);

        [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static partial int GetSocketName(SafeSocketHandle socket, NetlinkAddress* address, int* length);

        [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static partial int SetSocketOption(SafeSocketHandle socket, int level, int name, void* value, int length);

        [StructLayout(LayoutKind.Sequential)]
        internal struct NetlinkAddress
        {
            internal ushort Family;
            internal ushort Padding;
            internal uint Port;
            internal uint Groups;
        }
    }
}
