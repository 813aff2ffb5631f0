using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using LvsAdmin.Core.Diagnosis.Health;

namespace LvsAdmin.Tests.Diagnosis.Health;

/// <summary>Our own TCP over packets, against a server made of segments: over a way that loses, repeats and disorders.</summary>
[Trait("Level", "Bytes")]
public sealed class PacketTcpStreamTests
{
    private static readonly IPEndPoint Us = new(IPAddress.Parse("192.0.2.1"), 61000);
    private static readonly IPEndPoint Vip = new(IPAddress.Parse("192.0.2.10"), 80);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.10")]
    [InlineData("2001:db8::1", "2001:db8::10")]
    public void Packets_have_the_checksums_that_others_want(string from, string to)
    {
        IPEndPoint sender = new(IPAddress.Parse(from), 61000);
        IPEndPoint receiver = new(IPAddress.Parse(to), 80);
        TcpSegment segment = new() { Sequence = 0x01020304, Acknowledged = 0xfffefdfc, Flags = TcpFlags.Acknowledge | TcpFlags.Push, Window = 1000, Data = "odd"u8.ToArray() };

        byte[] packet = IpPacket.OfTcp(sender, receiver, segment);
        bool isV6 = packet[0] >> 4 == 6;
        byte[] transport = packet[(isV6 ? 40 : 20)..];
        byte[] pseudo = [.. sender.Address.GetAddressBytes(), .. receiver.Address.GetAddressBytes(), 0, IpPacket.Tcp, 0, (byte)transport.Length];

        // A sum over what is right, its checksum included, is nothing but ones.
        Assert.Equal(0, IpPacket.Sum([.. pseudo, .. transport]));
        Assert.True(isV6 || IpPacket.Sum(packet.AsSpan(0, 20)) == 0);
        // Filled up, as Ethernet does with short frames.
        TcpSegment read = IpPacket.ReadTcp((byte[])[.. packet, 0, 0, 0])!;
        Assert.Equal((segment.Sequence, segment.Acknowledged, segment.Flags, "odd"), (read.Sequence, read.Acknowledged, read.Flags, Encoding.ASCII.GetString(read.Data.Span)));
    }

    [Fact]
    public void What_is_cut_short_is_no_segment()
    {
        byte[] packet = IpPacket.OfTcp(Us, Vip, new TcpSegment { Flags = TcpFlags.Synchronize, Options = new byte[] { 2, 4, 5, 80 } });

        Assert.All(Enumerable.Range(0, packet.Length), length => Assert.Null(IpPacket.ReadTcp(packet.AsMemory(0, length))));
        Assert.NotNull(IpPacket.ReadTcp(packet));
    }

    [Theory]
    [InlineData(Mischief.None)]
    [InlineData(Mischief.LoseTheFirstOfEach)]
    [InlineData(Mischief.RepeatAndDisorder)]
    public async Task A_request_and_a_long_answer_come_whole(Mischief mischief)
    {
        byte[] answer = [.. Enumerable.Range(0, 20_000).Select(number => (byte)(number * 13))];
        Server server = new(answer, mischief);
        List<byte> received = [];
        await using (PacketTcpStream stream = await PacketTcpStream.ConnectAsync(server, Stop))
        {
            await stream.WriteAsync(new byte[3000], Stop);
            byte[] buffer = new byte[777];
            while (await stream.ReadAsync(buffer, Stop) is > 0 and var length)
            {
                received.AddRange(buffer[..length]);
            }
        }

        Assert.Equal(answer, received);
        Assert.Equal(3000, server.ReceivedBytes);
        Assert.True(server.Finished, "the connection is ended in order");
    }

    [Fact]
    public async Task What_is_refused_says_so()
    {
        SocketException refused = await Assert.ThrowsAsync<SocketException>(async () => await PacketTcpStream.ConnectAsync(new Server([], Mischief.Refuse), Stop));

        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    [Fact]
    public async Task A_server_that_does_not_end_the_connection_gets_a_reset()
    {
        Server server = new([1], Mischief.NeverFinish);
        await using (PacketTcpStream stream = await PacketTcpStream.ConnectAsync(server, Stop))
        {
            await stream.WriteAsync(new byte[3000], Stop);
            Assert.Equal(1, await stream.ReadAsync(new byte[10], Stop));
        }

        Assert.True(server.WasReset);
    }

    public enum Mischief
    {
        None,
        LoseTheFirstOfEach,
        RepeatAndDisorder,
        Refuse,
        NeverFinish,
    }

    /// <summary>The other end: answers a request of 3000 bytes, sends again what is not acknowledged, and finishes.</summary>
    private sealed class Server(byte[] answer, Mischief mischief) : IPacketLink
    {
        private const int Size = 1000;
        private readonly Channel<byte[]> _toClient = Channel.CreateUnbounded<byte[]>();
        private readonly HashSet<(TcpFlags, uint)> _seen = [];
        private uint _expected;
        private uint _acknowledged = 5000;
        private bool _isSending;

        public IPEndPoint Local => Us;

        public IPEndPoint Remote => Vip;

        internal int ReceivedBytes { get; private set; }

        internal bool Finished { get; private set; }

        internal bool WasReset { get; private set; }

        public ValueTask SendAsync(ReadOnlyMemory<byte> packet, CancellationToken cancellationToken)
        {
            lock (_toClient)
            {
                Take(IpPacket.ReadTcp(packet)!);
            }

            return ValueTask.CompletedTask;
        }

        public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            byte[] packet = await _toClient.Reader.ReadAsync(cancellationToken);
            packet.CopyTo(buffer);
            return packet.Length;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private void Take(TcpSegment segment)
        {
            if (mischief == Mischief.LoseTheFirstOfEach && segment.Data.Length + (segment.Has(TcpFlags.Synchronize) ? 1 : 0) > 0 && _seen.Add((segment.Flags, segment.Sequence)))
            {
                return;
            }

            if (segment.Has(TcpFlags.Reset))
            {
                WasReset = true;
                return;
            }

            if (segment.Has(TcpFlags.Synchronize))
            {
                _expected = segment.Sequence + 1;
                Put(mischief == Mischief.Refuse ? TcpFlags.Reset | TcpFlags.Acknowledge : TcpFlags.Synchronize | TcpFlags.Acknowledge, 4999, []);
                return;
            }

            if (segment.Sequence == _expected && segment.Data.Length > 0)
            {
                ReceivedBytes += segment.Data.Length;
                _expected += (uint)segment.Data.Length;
            }

            if (segment.Sequence == _expected && segment.Has(TcpFlags.Finish) && !Finished)
            {
                Finished = true;
                _expected++;
            }

            _acknowledged = (int)(segment.Acknowledged - _acknowledged) > 0 ? segment.Acknowledged : _acknowledged;
            if (segment.Data.Length > 0)
            {
                Put(TcpFlags.Acknowledge, _acknowledged, []);
            }

            if (ReceivedBytes == 3000 && !_isSending)
            {
                _isSending = true;
                _ = Task.Run(SendAnswerAsync, Stop);
            }
        }

        private async Task SendAnswerAsync()
        {
            uint end = 5000 + (uint)answer.Length;
            while (true)
            {
                lock (_toClient)
                {
                    uint from = _acknowledged;
                    if (from > end || (from == end && mischief == Mischief.NeverFinish))
                    {
                        return;
                    }

                    List<Action> sends = [];
                    for (uint offset = from; offset < end && offset < from + 5 * Size; offset += Size)
                    {
                        uint first = offset;
                        sends.Add(() => Put(TcpFlags.Acknowledge, first, answer[(int)(first - 5000)..(int)Math.Min(first - 5000 + Size, answer.Length)]));
                    }

                    if (from == end)
                    {
                        sends.Add(() => Put(TcpFlags.Acknowledge | TcpFlags.Finish, end, []));
                    }

                    if (mischief == Mischief.RepeatAndDisorder)
                    {
                        sends = [.. sends.Concat(sends).OrderBy(_ => Random.Shared.Next())];
                    }

                    sends.ForEach(send => send());
                }

                await Task.Delay(5, Stop);
            }
        }

        private void Put(TcpFlags flags, uint sequence, byte[] data) =>
            _toClient.Writer.TryWrite(IpPacket.OfTcp(Vip, Us, new TcpSegment { Sequence = sequence, Acknowledged = _expected, Flags = flags, Window = 60_000, Data = data }));
    }
}
