using System.Net.Sockets;

namespace LvsAdmin.Core.Hosts;

/// <summary>A socket that is open on a host. One send and one receive at a time.</summary>
public interface IHostSocket : IAsyncDisposable
{
    /// <summary>Of TCP and UDP, the port on the host; 0 otherwise.</summary>
    int LocalPort { get; }

    /// <summary>Sends one datagram, or a short piece of a stream.</summary>
    /// <exception cref="SocketException">The host's kernel refused it, or the peer did.</exception>
    /// <exception cref="LvsConnectionException">The host is lost.</exception>
    ValueTask SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>Receives one datagram whole, or a piece of a stream.</summary>
    /// <param name="buffer">Where to; what does not fit of a datagram is lost.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many bytes; 0 at the end of a stream.</returns>
    /// <exception cref="SocketException">The peer refused or broke the connection.</exception>
    /// <exception cref="LvsConnectionException">The host is lost.</exception>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);
}
