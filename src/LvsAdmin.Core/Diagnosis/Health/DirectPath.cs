using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Diagnosis.Health;

/// <summary>Asks an address as any client would, from a host.</summary>
/// <param name="host">The host.</param>
/// <param name="address">The address.</param>
/// <param name="port">The port.</param>
public sealed class DirectPath(ILvsHost host, LvsAddress address, int port) : IProbePath
{
    private const int LargestDatagram = 65_535;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly IPEndPoint _remote = new(address.ToIPAddress(), port);
    private bool _isPrepared;

    /// <inheritdoc/>
    public string Target => _remote.ToString();

    /// <inheritdoc/>
    public string From => host.NetworkNamespace is { } name ? $"netns:{name}" : host.Name;

    /// <inheritdoc/>
    public bool IsThroughVip => false;

    /// <summary>The port from which was asked last; 0 before.</summary>
    internal int LocalPort { get; private set; }

    /// <inheritdoc/>
    public async ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        if (_isPrepared || host is LocalHost)
        {
            return;
        }

        try
        {
            // Sends nothing, and takes the login and the start of the relay out of the first probe's time.
            IHostSocket socket = await host.OpenSocketAsync(HostSocketRequest.To(_remote, isStream: false), cancellationToken).ConfigureAwait(false);
            await using ConfiguredAsyncDisposable owned = socket.ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // The probe will find it too, and say so.
        }

        _isPrepared = true;
    }

    /// <inheritdoc/>
    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        IHostSocket socket = await host.OpenSocketAsync(HostSocketRequest.To(_remote, isStream: true), cancellationToken).ConfigureAwait(false);
        LocalPort = socket.LocalPort;
        return new HostSocketStream(socket);
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> AskAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        IHostSocket socket = await host.OpenSocketAsync(HostSocketRequest.To(_remote, isStream: false), cancellationToken).ConfigureAwait(false);
        await using ConfiguredAsyncDisposable owned = socket.ConfigureAwait(false);
        LocalPort = socket.LocalPort;
        byte[] buffer = new byte[LargestDatagram];
        int length = await AskAsync(
            stop => socket.SendAsync(datagram, stop), stop => socket.ReceiveAsync(buffer, stop), cancellationToken).ConfigureAwait(false);
        return buffer.AsMemory(0, length);
    }

    /// <summary>Sends until something comes.</summary>
    internal static async ValueTask<int> AskAsync(
        Func<CancellationToken, ValueTask> send, Func<CancellationToken, ValueTask<int>> receive, CancellationToken cancellationToken)
    {
        Task<int> answer = receive(cancellationToken).AsTask();
        do
        {
            await send(cancellationToken).ConfigureAwait(false);
        }
        while (await Task.WhenAny(answer, Task.Delay(Patience, cancellationToken)).ConfigureAwait(false) != answer && !cancellationToken.IsCancellationRequested);
        return await answer.ConfigureAwait(false);
    }
}
