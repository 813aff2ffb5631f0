using LvsAdmin.Core.Netlink;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Netlink;

[Trait("Level", "Bytes")]
public sealed class NetlinkExecuteTests
{
    private static readonly NetlinkOptions Impatient = new() { ReceiveTimeout = TimeSpan.FromMilliseconds(100), StrayMessages = 20 };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_kernel_that_does_not_answer_is_a_timeout_and_its_late_answer_is_not_taken_for_the_next_one()
    {
        NetlinkMessage? late = null;
        await using NetlinkConnection connection = new(new ScriptedTransport((kernel, datagram) =>
        {
            NetlinkMessage request = NetlinkMessage.ReadAll(datagram)[0];
            if (late is null)
            {
                late = request;
                return;
            }

            kernel.Reply(NetlinkMessage.Answer(late, [1]), NetlinkMessage.Acknowledgement(late, LinuxErrno.Exists));
            kernel.Reply(NetlinkMessage.Answer(request, [2]), NetlinkMessage.Acknowledgement(request));
        }), Impatient);

        await Assert.ThrowsAsync<NetlinkTimeoutException>(async () => await connection.ExecuteAsync(Requests(1), null, Stop));
        List<byte> answers = [];
        Assert.Equal([null], await connection.ExecuteAsync(Requests(1), payload => answers.Add(payload[4]), Stop));
        Assert.Equal([2], answers);
    }

    [Fact]
    public async Task Answers_of_a_foreign_sequence_or_to_a_foreign_port_are_passed_over()
    {
        await using NetlinkConnection connection = new(new ScriptedTransport((kernel, datagram) =>
        {
            NetlinkMessage request = NetlinkMessage.ReadAll(datagram)[0];
            kernel.Reply(NetlinkMessage.Acknowledgement(request with { Sequence = request.Sequence + 1 }, LinuxErrno.Exists));
            kernel.Reply(NetlinkMessage.Acknowledgement(request with { Sequence = request.Sequence - 1 }, LinuxErrno.Exists));
            kernel.Reply(NetlinkMessage.Acknowledgement(request with { Port = request.Port + 1 }, LinuxErrno.Exists));
            kernel.Reply(NetlinkMessage.Answer(request with { Port = 0 }, [9]));
            kernel.Reply(NetlinkMessage.Acknowledgement(request));
        }), Impatient);
        Assert.Equal([null], await connection.ExecuteAsync(Requests(1), _ => Assert.Fail("a foreign answer was taken"), Stop));
    }

    [Fact]
    public async Task A_second_answer_to_one_request_is_not_taken_for_the_answer_to_another()
    {
        await using NetlinkConnection connection = new(new ScriptedTransport((kernel, datagram) =>
        {
            NetlinkMessage first = NetlinkMessage.ReadAll(datagram)[0];
            kernel.Reply(NetlinkMessage.Acknowledgement(first), NetlinkMessage.Acknowledgement(first));
        }), Impatient);

        await Assert.ThrowsAsync<NetlinkTimeoutException>(async () => await connection.ExecuteAsync(Requests(2), null, Stop));
    }

    [Fact]
    public async Task Acknowledgements_out_of_order_go_to_their_requests()
    {
        await using NetlinkConnection connection = new(new ScriptedTransport((kernel, datagram) =>
        {
            foreach (NetlinkMessage request in NetlinkMessage.ReadAll(datagram).Reverse())
            {
                kernel.Reply(NetlinkMessage.Acknowledgement(request, request.Sequence == 2 ? LinuxErrno.NoSuchProcess : 0));
            }
        }));
        int[] numbers = Numbers(await connection.ExecuteAsync(Requests(3), null, Stop));
        Assert.Equal([0, LinuxErrno.NoSuchProcess, 0], numbers);
    }

    [Fact]
    public async Task A_flood_of_messages_that_answer_nothing_ends_the_wait()
    {
        await using NetlinkConnection connection = new(new ScriptedTransport((kernel, datagram) =>
        {
            NetlinkMessage foreign = NetlinkMessage.ReadAll(datagram)[0] with { Sequence = 999 };
            for (int count = 0; count <= Impatient.StrayMessages; count++)
            {
                kernel.Reply(NetlinkMessage.Acknowledgement(foreign));
            }
        }), Impatient);
        NetlinkFormatException flood = await Assert.ThrowsAsync<NetlinkFormatException>(async () => await connection.ExecuteAsync(Requests(1), null, Stop));
        Assert.Contains("20", flood.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_in_the_middle_of_a_batch_is_that_requests_alone()
    {
        await using NetlinkConnection connection = new(Acknowledging(request => request.Sequence == 3 ? LinuxErrno.Exists : 0));
        int[] numbers = Numbers(await connection.ExecuteAsync(Requests(5), null, Stop));
        Assert.Equal([0, 0, LinuxErrno.Exists, 0, 0], numbers);
    }

    [Fact]
    public async Task A_batch_of_a_thousand_goes_in_datagrams_that_their_answers_fit_behind()
    {
        ScriptedTransport kernel = Acknowledging(request => request.Sequence % 100 == 0 ? LinuxErrno.Exists : 0);
        await using NetlinkConnection connection = new(kernel);
        int[] numbers = Numbers(await connection.ExecuteAsync(Requests(1000), null, Stop));

        Assert.Equal(8, kernel.Sent.Count);
        Assert.All(kernel.Sent, datagram => Assert.InRange(NetlinkMessage.ReadAll(datagram).Count, 1, 128));
        Assert.Equal(
            Enumerable.Range(1, 1000).Select(number => (uint)number),
            kernel.Sent.SelectMany(datagram => NetlinkMessage.ReadAll(datagram)).Select(request => request.Sequence));
        Assert.All(kernel.Sent.SelectMany(datagram => NetlinkMessage.ReadAll(datagram)), request => Assert.Equal(ScriptedTransport.Port, request.Port));
        Assert.Equal(Enumerable.Range(1, 1000).Select(number => number % 100 == 0 ? LinuxErrno.Exists : 0), numbers);
    }

    [Fact]
    public async Task Long_requests_go_in_datagrams_of_at_most_32_kibibytes()
    {
        ScriptedTransport kernel = Acknowledging(_ => 0);
        await using NetlinkConnection connection = new(kernel);
        Assert.All(await connection.ExecuteAsync(Requests(1000, valueLength: 980), null, Stop), Assert.Null);
        // 1004 bytes each: 32 fit.
        Assert.Equal(32, kernel.Sent.Count);
        Assert.All(kernel.Sent, datagram => Assert.InRange(datagram.Length, 1, 32 * 1024));
        Assert.Equal(1000, kernel.Sent.Sum(datagram => NetlinkMessage.ReadAll(datagram).Count));
    }

    [Fact]
    public async Task A_request_that_alone_is_longer_than_a_datagram_should_be_still_goes()
    {
        ScriptedTransport kernel = Acknowledging(_ => 0);
        await using NetlinkConnection connection = new(kernel, new NetlinkOptions { BatchLength = 100 });
        Assert.Equal([null, null], await connection.ExecuteAsync(Requests(2, valueLength: 500), null, Stop));
        Assert.Equal(2, kernel.Sent.Count);
    }

    [Fact]
    public async Task A_datagram_longer_than_the_buffer_is_never_a_shorter_answer()
    {
        await using NetlinkConnection connection = new(new ScriptedTransport((kernel, _) => kernel.Reply(new byte[70_000])));
        await Assert.ThrowsAsync<NetlinkTruncatedException>(async () => await connection.ExecuteAsync(Requests(1), null, Stop));
    }

    [Fact]
    public async Task Answers_that_the_kernel_dropped_are_an_overrun_and_the_connection_goes_on()
    {
        bool dropped = false;
        await using NetlinkConnection connection = new(new ScriptedTransport((kernel, datagram) =>
        {
            if (!dropped)
            {
                dropped = true;
                kernel.Fail(new NetlinkOverrunException("ENOBUFS"));
            }

            NetlinkMessage.ReadAll(datagram).ToList().ForEach(request => kernel.Reply(NetlinkMessage.Acknowledgement(request)));
        }), Impatient);
        await Assert.ThrowsAsync<NetlinkOverrunException>(async () => await connection.ExecuteAsync(Requests(20), null, Stop));
        // Those that were not dropped are read now, and are no answer to this.
        Assert.Equal([null], await connection.ExecuteAsync(Requests(1), null, Stop));
    }

    [Fact]
    public async Task An_overrun_message_is_an_overrun()
    {
        await using NetlinkConnection connection = new(new ScriptedTransport((kernel, datagram) =>
            kernel.Reply((NetlinkMessage.ReadAll(datagram)[0] with { Type = NetlinkMessage.Overrun, Payload = [] }).ToBytes())));
        await Assert.ThrowsAsync<NetlinkOverrunException>(async () => await connection.ExecuteAsync(Requests(1), null, Stop));
    }

    [Fact]
    public async Task Stopping_ends_a_wait_for_a_kernel_that_hangs_and_the_connection_goes_on()
    {
        bool hangs = true;
        await using NetlinkConnection connection = new(new ScriptedTransport((kernel, datagram) =>
        {
            if (!hangs)
            {
                kernel.Reply(NetlinkMessage.Acknowledgement(NetlinkMessage.ReadAll(datagram)[0]));
            }
        }));
        using CancellationTokenSource source = new();
        Task waiting = connection.ExecuteAsync(Requests(1), null, source.Token).AsTask();
        Assert.False(waiting.IsCompleted);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(5), Stop));
        hangs = false;
        Assert.Equal([null], await connection.ExecuteAsync(Requests(1), null, Stop));
    }

    [Fact]
    public async Task A_stop_before_the_beginning_sends_nothing()
    {
        ScriptedTransport kernel = Acknowledging(_ => 0);
        await using NetlinkConnection connection = new(kernel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await connection.ExecuteAsync(Requests(1), null, new CancellationToken(canceled: true)));
        Assert.Empty(kernel.Sent);
    }

    private static NetlinkRequests Requests(int count, int valueLength = 4)
    {
        NetlinkRequests requests = new();
        for (int index = 0; index < count; index++)
        {
            requests.Begin<TestAttribute>(NetlinkMessage.IpvsFamilyId, 1, 1).Write(TestAttribute.One, new byte[valueLength]);
        }

        return requests;
    }

    private static ScriptedTransport Acknowledging(Func<NetlinkMessage, int> errno) => new((kernel, datagram) =>
    {
        foreach (NetlinkMessage request in NetlinkMessage.ReadAll(datagram))
        {
            kernel.Reply(NetlinkMessage.Acknowledgement(request, errno(request)));
        }
    });

    private static int[] Numbers(NetlinkErrorException?[] errors) => [.. errors.Select(error => error?.Errno ?? 0)];

    private enum TestAttribute : ushort
    {
        One = 1,
    }
}
