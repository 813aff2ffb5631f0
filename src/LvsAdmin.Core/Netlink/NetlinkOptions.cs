namespace LvsAdmin.Core.Netlink;

/// <summary>The bounds of a <see cref="NetlinkConnection"/>.</summary>
public sealed record NetlinkOptions
{
    /// <summary>How long to wait for each datagram of an answer. IPVS may have to load a module first, and waits for its lock behind other users.</summary>
    public TimeSpan ReceiveTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many requests go into one datagram. 200 answers fit a socket's default receive buffer of 212,992 bytes; 300 do not.</summary>
    public int BatchCount { get; init; } = 128;

    /// <summary>How many bytes of requests go into one datagram.</summary>
    public int BatchLength { get; init; } = 32 * 1024;

    /// <summary>How often a list is asked for again when the kernel says that its table changed meanwhile.</summary>
    public int DumpAttempts { get; init; } = 5;

    /// <summary>How many messages that answer nothing of ours are passed over in a row.</summary>
    public int StrayMessages { get; init; } = 4096;
}
