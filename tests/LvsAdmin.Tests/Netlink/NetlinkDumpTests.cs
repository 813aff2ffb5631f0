using LvsAdmin.Core.Netlink;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Netlink;

[Trait("Level", "Bytes")]
public sealed class NetlinkDumpTests
{
    private static readonly NetlinkOptions Impatient = new() { ReceiveTimeout = TimeSpan.FromMilliseconds(300) };

    private readonly List<byte> _entries = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_list_in_many_datagrams_is_handed_over_in_order()
    {
        await using NetlinkConnection connection = new(Kernel((kernel, request, _) =>
        {
            kernel.Reply(Entry(request, 1), Entry(request, 2));
            kernel.Reply(Entry(request, 3));
            kernel.Reply(NetlinkMessage.End(request));
        }));
        await DumpAsync(connection);
        Assert.Equal([1, 2, 3], _entries);
    }

    [Fact]
    public async Task A_list_ends_in_the_datagram_of_its_last_entry_too()
    {
        await using NetlinkConnection connection = new(Kernel((kernel, request, _) => kernel.Reply(Entry(request, 1), NetlinkMessage.End(request))));
        await DumpAsync(connection);
        Assert.Equal([1], _entries);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task An_interrupted_list_is_read_again_and_no_entry_comes_twice(int interruptions)
    {
        ScriptedTransport transport = Kernel((kernel, request, attempt) =>
        {
            ushort flag = attempt <= interruptions ? NetlinkMessage.DumpInterrupted : (ushort)0;
            kernel.Reply(Entry(request, 1), Entry(request, 2, flag));
            kernel.Reply(NetlinkMessage.End(request));
        });
        await using NetlinkConnection connection = new(transport);
        await DumpAsync(connection);
        Assert.Equal([1, 2], _entries);
        Assert.Equal(interruptions + 1, transport.Sent.Count);
    }

    [Fact]
    public async Task The_interruption_may_be_told_at_the_end_alone()
    {
        await using NetlinkConnection connection = new(Kernel((kernel, request, attempt) =>
            kernel.Reply(Entry(request, (byte)attempt), NetlinkMessage.End(request, flags: attempt == 1 ? NetlinkMessage.DumpInterrupted : (ushort)0))));
        await DumpAsync(connection);
        Assert.Equal([2], _entries);
    }

    [Fact]
    public async Task A_list_that_is_interrupted_five_times_is_given_up()
    {
        ScriptedTransport transport = Kernel((kernel, request, _) =>
            kernel.Reply(Entry(request, 1, NetlinkMessage.DumpInterrupted), NetlinkMessage.End(request)));
        await using NetlinkConnection connection = new(transport);
        await Assert.ThrowsAsync<NetlinkDumpInterruptedException>(() => DumpAsync(connection));
        Assert.Equal(5, transport.Sent.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_list_that_the_kernel_ends_by_an_error_is_that_error_and_the_connection_goes_on(bool byDone)
    {
        await using NetlinkConnection connection = new(Kernel((kernel, request, attempt) =>
        {
            kernel.Reply(Entry(request, 1));
            int errno = attempt == 1 ? LinuxErrno.MessageTooLong : 0;
            kernel.Reply(byDone || errno == 0 ? NetlinkMessage.End(request, errno) : NetlinkMessage.Acknowledgement(request, errno));
        }), Impatient);
        NetlinkErrorException error = await Assert.ThrowsAsync<NetlinkErrorException>(() => DumpAsync(connection));
        Assert.Equal(LinuxErrno.MessageTooLong, error.Errno);
        await DumpAsync(connection);
        Assert.Equal([1], _entries);
    }

    [Fact]
    public async Task An_end_without_a_number_is_an_end()
    {
        await using NetlinkConnection connection = new(Kernel((kernel, request, _) =>
            kernel.Reply((NetlinkMessage.ReadAll(NetlinkMessage.End(request))[0] with { Payload = [] }).ToBytes())));
        await DumpAsync(connection);
        Assert.Empty(_entries);
    }

    [Fact]
    public async Task Foreign_messages_in_a_list_are_passed_over()
    {
        await using NetlinkConnection connection = new(Kernel((kernel, request, _) =>
        {
            kernel.Reply(Entry(request with { Sequence = 77 }, 9), Entry(request with { Port = 77 }, 9), Entry(request, 1));
            kernel.Reply(NetlinkMessage.End(request with { Sequence = 77 }, LinuxErrno.Busy));
            kernel.Reply(NetlinkMessage.End(request));
        }));
        await DumpAsync(connection);
        Assert.Equal([1], _entries);
    }

    [Fact]
    public async Task Stopping_in_a_long_list_ends_promptly_and_what_is_left_of_it_is_read_away_before_the_next_request()
    {
        using CancellationTokenSource source = new();
        NetlinkMessage? abandoned = null;
        ScriptedTransport transport = new((kernel, datagram) =>
        {
            NetlinkMessage request = NetlinkMessage.ReadAll(datagram)[0];
            abandoned ??= request;
            if (request.IsDump)
            {
                kernel.Reply(Entry(request, 1));
                return;
            }

            kernel.Reply(NetlinkMessage.Acknowledgement(request));
        });
        await using NetlinkConnection connection = new(transport, Impatient);
        NetlinkConnection.PayloadHandler handler = payload =>
        {
            _entries.Add(payload[4]);
            source.Cancel();
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => connection.DumpAsync(Request(dump: true), handler, _entries.Clear, source.Token).AsTask().WaitAsync(TimeSpan.FromSeconds(5), Stop));

        for (int count = 0; count < 100; count++)
        {
            transport.Reply(Entry(abandoned!, 2));
        }

        transport.Reply(NetlinkMessage.End(abandoned!));
        NetlinkErrorException?[] errors = await connection.ExecuteAsync(Request(dump: false), _ => Assert.Fail("an abandoned entry was taken"), Stop);
        Assert.Equal([null], errors);
        Assert.Equal([1], _entries);
    }

    [Fact]
    public async Task An_abandoned_list_that_ends_by_an_error_troubles_nobody()
    {
        NetlinkMessage? abandoned = null;
        ScriptedTransport transport = Kernel((kernel, request, attempt) =>
        {
            abandoned ??= request;
            if (attempt > 1)
            {
                kernel.Reply(Entry(request, 2), NetlinkMessage.End(request));
            }
        });
        await using NetlinkConnection connection = new(transport, Impatient);
        await Assert.ThrowsAsync<NetlinkTimeoutException>(() => DumpAsync(connection));
        transport.Reply(NetlinkMessage.End(abandoned!, LinuxErrno.OutOfMemory));
        await DumpAsync(connection);
        Assert.Equal([2], _entries);
    }

    [Fact]
    public async Task An_entry_that_cannot_be_read_fails_the_list_and_the_connection_goes_on()
    {
        await using NetlinkConnection connection = new(Kernel((kernel, request, _) => kernel.Reply(Entry(request, 1), Entry(request, 2), NetlinkMessage.End(request))), Impatient);
        NetlinkConnection.PayloadHandler failing = payload => throw new NetlinkFormatException($"no {payload[4]}");
        NetlinkFormatException error = await Assert.ThrowsAsync<NetlinkFormatException>(
            async () => await connection.DumpAsync(Request(dump: true), failing, _entries.Clear, Stop));
        Assert.Equal("no 1", error.Message);
        await DumpAsync(connection);
        Assert.Equal([1, 2], _entries);
    }

    [Fact]
    public async Task A_list_whose_end_was_lost_delays_the_next_request_and_does_not_fail_it()
    {
        await using NetlinkConnection connection = new(Kernel((kernel, request, attempt) =>
        {
            if (attempt > 1)
            {
                kernel.Reply(Entry(request, 2), NetlinkMessage.End(request));
            }
        }), Impatient);
        await Assert.ThrowsAsync<NetlinkTimeoutException>(() => DumpAsync(connection));
        await DumpAsync(connection);
        Assert.Equal([2], _entries);
    }

    [Fact]
    public async Task A_truncated_datagram_is_never_a_shorter_list()
    {
        await using NetlinkConnection connection = new(Kernel((kernel, request, _) =>
        {
            kernel.Reply(Entry(request, 1));
            kernel.Reply(new byte[65537]);
            kernel.Reply(NetlinkMessage.End(request));
        }));
        await Assert.ThrowsAsync<NetlinkTruncatedException>(() => DumpAsync(connection));
    }

    [Fact]
    public async Task A_datagram_as_long_as_the_buffer_is_whole()
    {
        await using NetlinkConnection connection = new(Kernel((kernel, request, _) =>
        {
            kernel.Reply(NetlinkMessage.Answer(request, [7, .. new byte[65536 - 21]]));
            kernel.Reply(NetlinkMessage.End(request));
        }));
        await DumpAsync(connection);
        Assert.Equal([7], _entries);
    }

    private async Task DumpAsync(NetlinkConnection connection) =>
        await connection.DumpAsync(Request(dump: true), payload => _entries.Add(payload[4]), _entries.Clear, Stop);

    private static NetlinkRequests Request(bool dump)
    {
        NetlinkRequests requests = new();
        requests.Begin<TestAttribute>(NetlinkMessage.IpvsFamilyId, 4, 1, dump);
        return requests;
    }

    private static byte[] Entry(NetlinkMessage request, byte value, ushort flags = 0) =>
        NetlinkMessage.Answer(request, [value, 0, 0, 0], flags: (ushort)(NetlinkMessage.Multipart | flags));

    private static ScriptedTransport Kernel(Action<ScriptedTransport, NetlinkMessage, int> script)
    {
        int attempt = 0;
        return new ScriptedTransport((kernel, datagram) => script(kernel, NetlinkMessage.ReadAll(datagram)[0], ++attempt));
    }

    private enum TestAttribute : ushort
    {
        None,
    }
}
