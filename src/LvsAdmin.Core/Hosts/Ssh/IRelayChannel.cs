namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>Our end of a socket behind the relay (<see cref="RelayStubs"/>): what the relay tells of it.</summary>
internal interface IRelayChannel
{
    /// <summary>The relay has opened the socket.</summary>
    /// <param name="portId">Its netlink port, or its port of TCP or UDP.</param>
    void Opened(uint portId);

    /// <summary>A datagram came, or a piece of a stream; nothing is the end of a stream.</summary>
    void Take(byte[] datagram);

    /// <summary>The host's kernel said no to the socket, or to what was sent or received last.</summary>
    void Take(int errno);

    /// <summary>Nothing comes any more behind what came.</summary>
    void End(Exception reason);
}
