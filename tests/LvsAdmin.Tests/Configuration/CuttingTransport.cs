using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Tests.Configuration;

/// <summary>A transport that is lost at a datagram that is sent: before it comes to the kernel, or after.</summary>
/// <param name="inner">The transport that leads to the kernel.</param>
/// <param name="datagram">At which datagram, from 0, after <see cref="Arm"/>.</param>
/// <param name="arrives">Whether that datagram still comes to the kernel.</param>
internal sealed class CuttingTransport(INetlinkTransport inner, int datagram, bool arrives) : INetlinkTransport
{
    private int _left = int.MaxValue;

    internal bool HasCut { get; private set; }

    public uint PortId => inner.PortId;

    /// <summary>Begins to count.</summary>
    internal void Arm() => _left = datagram;

    public async ValueTask SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        Refuse();
        if (_left-- > 0)
        {
            await inner.SendAsync(data, cancellationToken);
            return;
        }

        HasCut = true;
        if (arrives)
        {
            await inner.SendAsync(data, cancellationToken);
            // The kernel works while it is sent to; what it answers is never read.
        }

        Refuse();
    }

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        Refuse();
        return inner.ReceiveAsync(buffer, cancellationToken);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private void Refuse()
    {
        if (HasCut)
        {
            throw new NetlinkException("the connection was cut");
        }
    }
}
