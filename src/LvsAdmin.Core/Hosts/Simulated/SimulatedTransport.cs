using System.Threading.Channels;
using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Core.Hosts.Simulated;

/// <summary>A netlink socket of a simulated kernel. What the kernel answers is there when a send returns; a receive without an answer waits, as on a socket.</summary>
internal sealed class SimulatedTransport(SimulatedKernel kernel, uint portId) : INetlinkTransport
{
    private readonly Channel<byte[]> _answers = Channel.CreateUnbounded<byte[]>();
    private bool _lost;

    public uint PortId => portId;

    public ValueTask SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_lost)
        {
            throw Lost();
        }

        if (!kernel.Receive(datagram.Span, portId, answer => _answers.Writer.TryWrite(answer)))
        {
            _lost = true;
            // What was answered before can still be read, then the loss shows.
            _answers.Writer.TryComplete(Lost());
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _answers.Reader.TryRead(out byte[]? answer) ? ValueTask.FromResult(Copy(answer, buffer)) : WaitAsync(buffer, cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _answers.Writer.TryComplete(Lost());
        return ValueTask.CompletedTask;
    }

    private async ValueTask<int> WaitAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return Copy(await _answers.Reader.ReadAsync(cancellationToken).ConfigureAwait(false), buffer);
        }
        catch (ChannelClosedException closed)
        {
            throw new NetlinkException("The connection to the simulated kernel was lost.", closed);
        }
    }

    // As recv does with MSG_TRUNC: what fits, and the whole length.
    private static int Copy(byte[] answer, Memory<byte> buffer)
    {
        answer.AsMemory(0, Math.Min(answer.Length, buffer.Length)).CopyTo(buffer);
        return answer.Length;
    }

    private static NetlinkException Lost() => new("The connection to the simulated kernel was lost.");
}
