using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace LvsAdmin.Tests.Kernel;

/// <summary>
/// Servers and clients of one's own in the lab's namespaces, within this process: short requests one after the other, and downloads that take a while. Every
/// answer is checked, so that a request that fails and a download that breaks are counted.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class Farm : IDisposable
{
    // A download is so many pieces with a pause after each.
    private const byte Pieces = 60;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly byte[] Piece = [.. Enumerable.Range(0, 1000).Select(number => (byte)number)];

    // How long to wait for what does not come. A lost packet is sent again after 1, 3 and 7 seconds.
    private const int Patience = 8000;

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<(string NetworkNamespace, IPEndPoint Place), (Socket Listener, ConcurrentBag<Socket> Connections)> _servers = [];
    private readonly List<Thread> _clients = [];

    // How far servers are with what came from a port of a client, the last time that it came.
    private readonly ConcurrentDictionary<int, string> _steps = [];

    /// <summary>Requests that were answered as they should be, by the port that they were sent to.</summary>
    internal ConcurrentDictionary<int, int> Answered { get; } = [];

    /// <summary>Requests that were not, and why: in which step, from which port, and how far the server was that took it.</summary>
    internal ConcurrentQueue<string> Failed { get; } = [];

    /// <summary>Tells more of a request that failed, by the client's port: what the director knows of it.</summary>
    internal Func<int, string>? Explain { get; set; }

    /// <summary>Listens on a port in a namespace: of all addresses, or of one.</summary>
    internal void Serve(string networkNamespace, int port, string? address = null)
    {
        IPEndPoint place = new(address is null ? IPAddress.Any : IPAddress.Parse(address), port);
        Socket listener = Topology.InNamespace(networkNamespace, () =>
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(place);
            socket.Listen(100);
            return socket;
        });
        ConcurrentBag<Socket> connections = [];
        _servers[(networkNamespace, place)] = (listener, connections);
        _ = Task.Run(async () =>
        {
            while (!_stop.IsCancellationRequested)
            {
                Socket connection = await listener.AcceptAsync(_stop.Token);
                connections.Add(connection);
                _ = AnswerAsync(connection, address ?? networkNamespace);
            }
        });
    }

    /// <summary>Starts a server again as a new version of it would be: who asks in between is refused, and who has a connection loses it.</summary>
    internal void Restart(string networkNamespace, int port, string address, TimeSpan pause)
    {
        (Socket listener, ConcurrentBag<Socket> connections) = _servers[(networkNamespace, new IPEndPoint(IPAddress.Parse(address), port))];
        listener.Dispose();
        foreach (Socket connection in connections)
        {
            connection.Dispose();
        }

        Thread.Sleep(pause);
        Serve(networkNamespace, port, address);
    }

    /// <summary>Sends short requests one after the other until the farm ends, each on a connection of its own, and with a pause after each.</summary>
    internal void Request(string networkNamespace, string address, int port, TimeSpan pause = default)
    {
        Thread client = new(() => Topology.InNamespace(networkNamespace, () =>
        {
            while (!_stop.IsCancellationRequested)
            {
                Ask(address, port);
                Thread.Sleep(pause);
            }

            return true;
        }));
        client.Start();
        _clients.Add(client);
    }

    /// <summary>Begins a download of so many pieces, each a tenth of a second long.</summary>
    /// <returns>Whether it came whole; done when it ended.</returns>
    internal static Task<bool> Download(string networkNamespace, string address, int port, byte pieces = Pieces)
    {
        Socket socket = Topology.InNamespace(networkNamespace, () =>
        {
            Socket opened = Open();
            try
            {
                Connect(opened, address, port, (char)pieces);
                return opened;
            }
            catch
            {
                opened.Dispose();
                throw;
            }
        });
        return Task.Factory.StartNew(
            () =>
            {
                using (socket)
                {
                    try
                    {
                        return Receive(socket) == pieces * Piece.Length;
                    }
                    catch (SocketException)
                    {
                        return false;
                    }
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _clients.ForEach(client => client.Join());
        foreach ((Socket listener, _) in _servers.Values)
        {
            listener.Dispose();
        }

        _stop.Dispose();
    }

    private void Ask(string address, int port)
    {
        using Socket socket = Open();
        int from = 0;
        string step = "bind";
        long began = Stopwatch.GetTimestamp();
        try
        {
            if (Explain is not null)
            {
                // Before, so that it is known also of one that does not get through.
                socket.Bind(new IPEndPoint(IPAddress.Any, 0));
                from = ((IPEndPoint)socket.LocalEndPoint!).Port;
            }

            step = "connect";
            Connect(socket, address, port, 's');
            step = "receive";
            int length = Receive(socket);
            Count(length == Piece.Length, port, () => $"got {length} bytes");
        }
        catch (SocketException failure)
        {
            Count(false, port, () => Describe(failure, step, from, Stopwatch.GetElapsedTime(began)));
        }
    }

    // Blocking throughout: only so does the work stay on the thread that entered the namespace.
    private static Socket Open() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { SendTimeout = Patience, ReceiveTimeout = Patience };

    private static void Connect(Socket socket, string address, int port, char wish)
    {
        socket.Connect(IPAddress.Parse(address), port);
        socket.Send([(byte)wish]);
    }

    private static int Receive(Socket socket)
    {
        byte[] buffer = new byte[Piece.Length * 4];
        int total = 0;
        while (socket.Receive(buffer) is > 0 and var count)
        {
            for (int index = 0; index < count; index++, total++)
            {
                if (buffer[index] != Piece[total % Piece.Length])
                {
                    return -1;
                }
            }
        }

        return total;
    }

    private async Task AnswerAsync(Socket connection, string server)
    {
        using (connection)
        {
            int from = 0;
            try
            {
                from = ((IPEndPoint)connection.RemoteEndPoint!).Port;
                _steps[from] = $"accepted by {server}";
                byte[] wish = new byte[1];
                if (await connection.ReceiveAsync(wish, _stop.Token) == 1)
                {
                    for (int piece = 0; piece < (wish[0] == 's' ? 1 : wish[0]); piece++)
                    {
                        await connection.SendAsync(Piece, _stop.Token);
                        if (wish[0] != 's')
                        {
                            await Task.Delay(Pause, _stop.Token);
                        }
                    }

                    connection.Shutdown(SocketShutdown.Send);
                    _steps[from] = $"answered by {server}";
                }
            }
            catch (Exception failure) when (failure is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The client sees it, and counts.
                _steps[from] = $"given up by {server}: {failure.Message}";
            }
        }
    }

    // The thread pool too: what answers runs on it, and it is this process's.
    private string Describe(SocketException failure, string step, int from, TimeSpan taken) => string.Create(
        CultureInfo.InvariantCulture,
        $"{step} from port {from}: {failure.SocketErrorCode} after {taken.TotalSeconds:0.0} s; server: {_steps.GetValueOrDefault(from, "saw nothing")}; director: {Explain?.Invoke(from)}; pool: {ThreadPool.ThreadCount} threads, {ThreadPool.PendingWorkItemCount} wait");

    private void Count(bool isGood, int port, Func<string> why)
    {
        if (isGood)
        {
            Answered.AddOrUpdate(port, 1, (_, count) => count + 1);
        }
        else if (!_stop.IsCancellationRequested)
        {
            Failed.Enqueue($"port {port}: {why()}");
        }
    }
}
