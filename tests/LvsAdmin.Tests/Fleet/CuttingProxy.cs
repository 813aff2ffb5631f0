using System.Net;
using System.Net.Sockets;

namespace LvsAdmin.Tests.Fleet;

/// <summary>A port that passes a connection on to another one, until it is cut.</summary>
internal sealed class CuttingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> _clients = [];

    /// <param name="host">Where to; null to accept and never speak.</param>
    internal CuttingProxy(string? host)
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = ServeAsync(host);
    }

    internal int Port { get; }

    /// <summary>Ends all connections at once.</summary>
    internal void Cut()
    {
        lock (_clients)
        {
            _clients.ForEach(client => client.Client.Close(0));
        }
    }

    public void Dispose()
    {
        Cut();
        _listener.Dispose();
    }

    private async Task ServeAsync(string? host)
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync();
                TcpClient? server = host is null ? null : new TcpClient(host, 22);
                lock (_clients)
                {
                    _clients.Add(client);
                    _clients.AddRange(server is null ? [] : [server]);
                }

                if (server is not null)
                {
                    _ = PassAsync(client, server);
                    _ = PassAsync(server, client);
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static async Task PassAsync(TcpClient from, TcpClient to)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream());
            to.Client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // It was cut, or one side has gone.
        }
    }
}
