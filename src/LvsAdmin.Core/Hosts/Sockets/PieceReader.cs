using System.Threading.Channels;

namespace LvsAdmin.Core.Hosts;

/// <summary>Reads what comes in pieces into buffers of another size. One reader at a time.</summary>
/// <param name="pieces">The pieces; that they end is the end of the stream, or the failure with which they end.</param>
/// <param name="isStream">Whether what does not fit into a buffer is kept for the next one; of a datagram it is lost.</param>
internal sealed class PieceReader(ChannelReader<ReadOnlyMemory<byte>> pieces, bool isStream)
{
    private ReadOnlyMemory<byte> _rest;

    /// <summary>Reads.</summary>
    /// <returns>How many bytes; 0 at the end.</returns>
    internal async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_rest.IsEmpty)
        {
            try
            {
                _rest = await pieces.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (ChannelClosedException closed)
            {
                return closed.InnerException is { } failure ? throw failure : 0;
            }
        }

        int length = Math.Min(_rest.Length, buffer.Length);
        _rest[..length].CopyTo(buffer);
        _rest = isStream ? _rest[length..] : default;
        return length;
    }
}
