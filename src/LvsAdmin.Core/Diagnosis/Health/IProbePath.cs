using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Core.Diagnosis.Health;

/// <summary>A way to ask a real server: by its own address from some host, or by the virtual IP as its director would.</summary>
public interface IProbePath
{
    /// <summary>What is asked, in words, such as <c>192.0.2.10:80 by 192.0.2.21</c>.</summary>
    string Target { get; }

    /// <summary>The host from which is asked.</summary>
    string From { get; }

    /// <summary>Whether the virtual IP is asked.</summary>
    bool IsThroughVip { get; }

    /// <summary>Finds the way, where it has to be found: what that takes does not count as the server's time.</summary>
    /// <exception cref="LvsHostException">The host from which is asked cannot be reached.</exception>
    ValueTask PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Opens a TCP connection.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">It is refused.</exception>
    /// <exception cref="LvsHostException">The host from which is asked cannot be reached, or cannot ask.</exception>
    ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken);

    /// <summary>Sends a UDP datagram and waits for the one that answers it. It is sent again each second.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">It is refused.</exception>
    /// <exception cref="LvsHostException">The host from which is asked cannot be reached, or cannot ask.</exception>
    ValueTask<ReadOnlyMemory<byte>> AskAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken);
}
