using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace LvsAdmin.Core.Hosts;

/// <summary>A socket of this machine. It belongs to the network namespace of the thread that opened it; all else can happen on any thread.</summary>
internal sealed partial class LocalSocket : IHostSocket
{
    private readonly Socket _socket;

    private LocalSocket(Socket socket) => _socket = socket;

    /// <summary>Opens a socket, not connected yet, in the network namespace of the calling thread.</summary>
    /// <exception cref="SocketException">The kernel refused.</exception>
    internal static LocalSocket Open(HostSocketRequest request)
    {
        // .NET lacks both kinds; to connect a raw socket sends nothing, and is done at once.
        if (request.Family == HostSocketRequest.Packet || request.Type == HostSocketRequest.Raw)
        {
            return OperatingSystem.IsLinux() ? OpenNative(request) : throw new SocketException((int)SocketError.AddressFamilyNotSupported);
        }

        return new LocalSocket(new Socket(
            request.Family == HostSocketRequest.InternetV6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, (SocketType)request.Type, (ProtocolType)request.Protocol));
    }

    /// <summary>Connects it to whom the request names.</summary>
    internal async ValueTask ConnectAsync(HostSocketRequest request, CancellationToken cancellationToken)
    {
        if (request.Type != HostSocketRequest.Raw && request.Remote is { } remote)
        {
            await _socket.ConnectAsync(remote, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        while (!data.IsEmpty)
        {
            data = data[await _socket.SendAsync(data, SocketFlags.None, cancellationToken).ConfigureAwait(false)..];
        }
    }

    /// <inheritdoc/>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public int LocalPort => (_socket.LocalEndPoint as IPEndPoint)?.Port ?? 0;

    // Filtered before it is bound, so that nothing else has come in between.
    [SupportedOSPlatform("linux")]
    private static unsafe LocalSocket OpenNative(HostSocketRequest request)
    {
        SafeSocketHandle handle = new(Native.Socket(request.Family, request.Type | Native.CloseOnExec, request.Protocol), ownsHandle: true);
        try
        {
            Check(handle.IsInvalid ? -1 : 0);
            if (request.Filter is { } filter)
            {
                fixed (byte* instructions = filter.Span)
                {
                    Native.FilterProgram program = new() { Length = (ushort)(filter.Length / Native.InstructionLength), Instructions = instructions };
                    Check(Native.SetSocketOption(handle, Native.SocketLevel, Native.AttachFilter, &program, sizeof(Native.FilterProgram)));
                }
            }

            if (request.BindName() is { Length: > 0 } name)
            {
                fixed (byte* address = name)
                {
                    Check(Native.Bind(handle, address, name.Length));
                }
            }

            if (request.ConnectName() is { Length: > 0 } remote)
            {
                fixed (byte* address = remote)
                {
                    Check(Native.Connect(handle, address, remote.Length));
                }
            }

            return new LocalSocket(new Socket(handle));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static void Check(int result)
    {
        if (result < 0)
        {
            throw SocketErrors.Of(Marshal.GetLastPInvokeError());
        }
    }

    private static unsafe partial class Native
    {
        internal const int CloseOnExec = 0x80000;
        internal const int SocketLevel = 1;
        internal const int AttachFilter = 26;
        internal const int InstructionLength = 8;

        [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static partial nint Socket(int domain, int type, int protocol);

        [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static partial int Bind(SafeSocketHandle socket, void* address, int length);

        [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static partial int Connect(SafeSocketHandle socket, void* address, int length);

        [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static partial int SetSocketOption(SafeSocketHandle socket, int level, int name, void* value, int length);

        [StructLayout(LayoutKind.Sequential)]
        internal struct FilterProgram
        {
            internal ushort Length;
            internal void* Instructions;
        }
    }
}
