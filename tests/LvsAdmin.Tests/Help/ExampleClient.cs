using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using LvsAdmin.Tests.Kernel;

namespace LvsAdmin.Tests.Help;

/// <summary>The client whose connections some examples look at. What prepares them calls it, from PowerShell.</summary>
public static class ExampleClient
{
    private static readonly ConcurrentBag<Socket> Connections = [];

    /// <summary>Opens a connection from the client, or tries to, which stays open.</summary>
    public static void Connect(string address, int port) => Topology.InNamespace("client", () =>
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { SendTimeout = 5000 };
        Connections.Add(socket);
        try
        {
            socket.Connect(IPAddress.Parse(address), port);
        }
        catch (SocketException failure) when (failure.SocketErrorCode == SocketError.ConnectionRefused)
        {
            // It went through the director, and nobody listens there.
        }

        return true;
    });

    /// <summary>Ends these connections.</summary>
    public static void Close()
    {
        while (Connections.TryTake(out Socket? socket))
        {
            socket.Dispose();
        }
    }
}
