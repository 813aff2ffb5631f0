using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using LvsAdmin.Core.Diagnosis.Health;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Hosts.Ssh;

/// <summary>Sockets of a host: of this machine, and through the relay in both of its languages.</summary>
[Trait("Level", "Bytes")]
[SupportedOSPlatform("linux")]
public sealed class SshSocketTests
{
    public static TheoryData<string> Interpreters => ["", "perl", "python3"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Interpreters))]
    public async Task A_stream_goes_both_ways_tells_its_port_and_ends(string interpreter)
    {
        await using Far far = new(interpreter);
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        await using IHostSocket socket = await far.Host.OpenSocketAsync(HostSocketRequest.To((IPEndPoint)listener.LocalEndpoint, isStream: true), Stop);
        using Socket peer = await listener.AcceptSocketAsync(Stop);
        Assert.Equal(((IPEndPoint)peer.RemoteEndPoint!).Port, socket.LocalPort);

        await socket.SendAsync("question"u8.ToArray(), Stop);
        byte[] buffer = new byte[300_000];
        Assert.Equal("question", System.Text.Encoding.ASCII.GetString(buffer, 0, await peer.ReceiveAsync(buffer, Stop)));
        byte[] long200 = [.. Enumerable.Range(0, 200_000).Select(number => (byte)(number * 7))];
        await peer.SendAsync(long200, Stop);
        peer.Close();

        List<byte> received = [];
        while (await socket.ReceiveAsync(buffer, Stop) is > 0 and var length)
        {
            received.AddRange(buffer[..length]);
        }

        Assert.Equal(long200, received);
        // And the host goes on.
        Assert.Equal("x", (await far.Host.RunAsync(new ProgramInvocation("cat", [], "x"), Stop)).Output);
    }

    [Theory]
    [MemberData(nameof(Interpreters))]
    public async Task What_nobody_listens_on_is_refused_and_others_are_not_kept_waiting(string interpreter)
    {
        await using Far far = new(interpreter);
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        IPEndPoint closed = (IPEndPoint)listener.LocalEndpoint;
        listener.Stop();
        // TEST-NET-2: nobody answers, or the machine says at once that it has no way there.
        Task<IHostSocket> hanging = far.Host.OpenSocketAsync(HostSocketRequest.To(new IPEndPoint(IPAddress.Parse("198.51.100.77"), 9), isStream: true), Stop).AsTask();

        SocketException refused = await Assert.ThrowsAsync<SocketException>(async () => await far.Host.OpenSocketAsync(HostSocketRequest.To(closed, isStream: true), Stop));

        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        _ = hanging.ContinueWith(task => task.Exception, TaskScheduler.Default);
    }

    [Theory]
    [InlineData("perl")]
    [InlineData("python3")]
    public async Task A_stream_that_the_peer_resets_while_it_is_written_to_takes_no_other_with_it(string interpreter)
    {
        await using Far far = new(interpreter);
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using Socket to = Udp();
        await using IHostSocket other = await far.Host.OpenSocketAsync(HostSocketRequest.To((IPEndPoint)to.LocalEndPoint!, isStream: false), Stop);
        await using IHostSocket socket = await far.Host.OpenSocketAsync(HostSocketRequest.To((IPEndPoint)listener.LocalEndpoint, isStream: true), Stop);
        Socket peer = await listener.AcceptSocketAsync(Stop);

        // The relay finds the reset and all that is written to it at once: the first of it is refused by ECONNRESET, the next by EPIPE, which has a signal.
        string relay = Ancestor((await far.Host.RunAsync(new ProgramInvocation("cat", "/proc/self/status"), Stop)).Output, interpreter);
        await SignalAsync("STOP", relay);
        peer.LingerState = new LingerOption(true, 0);
        peer.Close();
        for (int count = 0; count < 3; count++)
        {
            await socket.SendAsync(new byte[1], Stop);
        }

        await SignalAsync("CONT", relay);
        SocketException reset = await Assert.ThrowsAsync<SocketException>(async () => await socket.ReceiveAsync(new byte[1], Stop));
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        await other.SendAsync(new byte[3], Stop);
        Assert.Equal(3, await to.ReceiveAsync(new byte[10], Stop));
    }

    [Theory]
    [MemberData(nameof(Interpreters))]
    public async Task Datagrams_keep_their_bounds(string interpreter)
    {
        await using Far far = new(interpreter);
        using Socket peer = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        Assert.SkipUnless(Socket.OSSupportsIPv6, "this machine has no IPv6");
        peer.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        await using IHostSocket socket = await far.Host.OpenSocketAsync(HostSocketRequest.To((IPEndPoint)peer.LocalEndPoint!, isStream: false), Stop);
        byte[] buffer = new byte[100];

        await socket.SendAsync(new byte[3], Stop);
        SocketReceiveFromResult asked = await peer.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.IPv6Any, 0), Stop);
        await peer.SendToAsync(new byte[5], asked.RemoteEndPoint, Stop);
        await peer.SendToAsync(new byte[7], asked.RemoteEndPoint, Stop);

        Assert.Equal((3, ((IPEndPoint)asked.RemoteEndPoint).Port), (asked.ReceivedBytes, socket.LocalPort));
        Assert.Equal(5, await socket.ReceiveAsync(buffer, Stop));
        Assert.Equal(7, await socket.ReceiveAsync(buffer, Stop));
    }

    [Theory]
    [MemberData(nameof(Interpreters))]
    public async Task A_packet_socket_sees_the_packets_of_its_filter_only(string interpreter)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "packets are for root");
        await using Far far = new(interpreter);
        using Socket to = Udp();
        using Socket from = Udp();
        using Socket other = Udp();
        IPEndPoint target = (IPEndPoint)to.LocalEndPoint!;
        await using IHostSocket packets = await far.Host.OpenSocketAsync(
            new HostSocketRequest(HostSocketRequest.Packet, HostSocketRequest.Datagram, 0)
            {
                InterfaceIndex = 0,
                EtherType = 0x0800,
                Filter = PacketFilter.Of((IPEndPoint)from.LocalEndPoint!, target, IpPacket.Udp),
            },
            Stop);

        await other.SendToAsync("no"u8.ToArray(), target, Stop);
        await to.SendToAsync("back"u8.ToArray(), (IPEndPoint)from.LocalEndPoint!, Stop);
        await from.SendToAsync("yes"u8.ToArray(), target, Stop);

        byte[] buffer = new byte[2000];
        int length = await packets.ReceiveAsync(buffer, Stop);
        Assert.Equal("yes"u8.ToArray(), IpPacket.ReadUdp(buffer.AsMemory(0, length))?.ToArray());
    }

    // Of the processes above one, by what /proc tells of it, the next of a name.
    private static string Ancestor(string status, string name)
    {
        string parent = status.Split('\n').Single(line => line.StartsWith("PPid:", StringComparison.Ordinal)).Split('\t')[1];
        string above = File.ReadAllText($"/proc/{parent}/status");
        return above.StartsWith($"Name:\t{name[..4]}", StringComparison.Ordinal) ? parent : Ancestor(above, name);
    }

    private static async Task SignalAsync(string signal, string process) =>
        Assert.Equal(0, (await new LocalHost().RunAsync(new ProgramInvocation("sh", "-c", "kill -s $1 $2", "sh", signal, process), Stop)).ExitCode);

    private static Socket Udp()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    /// <summary>A host over SSH whose relay is of one language, or this machine itself.</summary>
    private sealed class Far : IAsyncDisposable
    {
        private readonly StandInSsh? _ssh;

        internal Far(string interpreter)
        {
            _ssh = interpreter.Length == 0 ? null : SshRelayTests.Host("dash", interpreter);
            Host = _ssh is null ? new LocalHost() : _ssh.Host();
        }

        internal ILvsHost Host { get; }

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            _ssh?.Dispose();
        }
    }
}
