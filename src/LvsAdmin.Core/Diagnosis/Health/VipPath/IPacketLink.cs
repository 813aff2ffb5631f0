using System.Net;

namespace LvsAdmin.Core.Diagnosis.Health;

/// <summary>A way by which whole IP packets go to a virtual IP on one real server, and those that answer come back.</summary>
internal interface IPacketLink : IAsyncDisposable
{
    /// <summary>Our end.</summary>
    IPEndPoint Local { get; }

    /// <summary>The virtual IP and port.</summary>
    IPEndPoint Remote { get; }

    /// <summary>Sends a packet.</summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> packet, CancellationToken cancellationToken);

    /// <summary>Receives the next packet of the flow.</summary>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);
}
