namespace LvsAdmin.Core.Netlink;

/// <summary>
/// Carries raw netlink datagrams: a kernel socket, a relay over SSH, or a simulated kernel. Everything above it (sequence and port checks,
/// acknowledgements, multipart, codec, client) is the same code for all of them. One request at a time: not for concurrent use.
/// </summary>
public interface INetlinkTransport : IAsyncDisposable
{
    /// <summary>The port id that replies are addressed to (netlink(7), nl_pid).</summary>
    uint PortId { get; }

    /// <summary>Sends one datagram, which may hold several messages.</summary>
    /// <param name="datagram">Whole netlink messages, aligned to four bytes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NetlinkException">The transport refused it.</exception>
    ValueTask SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken);

    /// <summary>Receives one datagram from the kernel.</summary>
    /// <param name="buffer">At least 32 KiB: the kernel sizes its dumps by it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The number of bytes received.</returns>
    /// <exception cref="NetlinkException">The datagram was longer than the buffer, the kernel dropped replies (ENOBUFS), or the transport failed.</exception>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);
}
