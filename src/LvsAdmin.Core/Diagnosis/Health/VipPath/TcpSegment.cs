namespace LvsAdmin.Core.Diagnosis.Health;

/// <summary>A segment of TCP (RFC 9293, 3.1), without the ports.</summary>
internal sealed record TcpSegment
{
    /// <summary>The number of its first byte.</summary>
    internal uint Sequence { get; init; }

    /// <summary>The number of the byte that is expected next.</summary>
    internal uint Acknowledged { get; init; }

    /// <summary>The flags.</summary>
    internal TcpFlags Flags { get; init; }

    /// <summary>How many bytes may come.</summary>
    internal ushort Window { get; init; }

    /// <summary>The options, filled up to words of 32 bits.</summary>
    internal ReadOnlyMemory<byte> Options { get; init; }

    /// <summary>The data.</summary>
    internal ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Whether a flag is set.</summary>
    internal bool Has(TcpFlags flag) => (Flags & flag) != 0;
}
