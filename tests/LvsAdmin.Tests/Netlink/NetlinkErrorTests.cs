using System.Text;
using LvsAdmin.Core.Netlink;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Netlink;

[Trait("Level", "Bytes")]
public sealed class NetlinkErrorTests
{
    private static readonly byte[] Text = NetlinkMessage.Attribute(1, Encoding.UTF8.GetBytes("no such thing\0"));
    private static readonly byte[] Offset = NetlinkMessage.Attribute(2, NetlinkMessage.Int32(24));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_text_and_the_offset_of_an_extended_acknowledgement_are_told(bool capped)
    {
        NetlinkErrorException error = Assert.IsType<NetlinkErrorException>(await ExecuteAsync(request => Extended(request, capped, [.. Text, .. Offset])));
        Assert.Equal(LinuxErrno.InvalidArgument, error.Errno);
        Assert.Equal("no such thing", error.KernelMessage);
        Assert.Equal(24u, error.Offset);
        Assert.Contains("no such thing", error.Message, StringComparison.Ordinal);
        Assert.Contains("24", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_extended_acknowledgement_may_have_one_of_both_or_others_that_are_not_known()
    {
        NetlinkErrorException text = Assert.IsType<NetlinkErrorException>(
            await ExecuteAsync(request => Extended(request, true, [.. NetlinkMessage.Attribute(3, 1, 2, 3), .. Text])));
        Assert.Equal(("no such thing", (uint?)null), (text.KernelMessage, text.Offset));
        NetlinkErrorException offset = Assert.IsType<NetlinkErrorException>(await ExecuteAsync(request => Extended(request, false, Offset)));
        Assert.Equal((null, (uint?)24), (offset.KernelMessage, offset.Offset));
    }

    [Fact]
    public async Task A_plain_error_has_a_number_alone()
    {
        NetlinkErrorException error = Assert.IsType<NetlinkErrorException>(
            await ExecuteAsync(request => NetlinkMessage.Acknowledgement(request, LinuxErrno.NotPermitted)));
        Assert.Equal((LinuxErrno.NotPermitted, null, null), (error.Errno, error.KernelMessage, error.Offset));
        Assert.Contains("EPERM", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_warning_of_a_request_that_succeeded_is_no_error() =>
        Assert.Null(await ExecuteAsync(request => new NetlinkMessage(
            NetlinkMessage.Error, NetlinkMessage.Capped | NetlinkMessage.ExtendedAcknowledgement, request.Sequence, request.Port,
            [.. NetlinkMessage.Int32(0), .. request.ToBytes()[..16], .. Text]).ToBytes()));

    public static TheoryData<string, byte[]> Malformed()
    {
        NetlinkMessage answer = new(NetlinkMessage.Error, 0, 1, ScriptedTransport.Port, NetlinkMessage.Int32(0));
        const ushort Extended = NetlinkMessage.Capped | NetlinkMessage.ExtendedAcknowledgement;
        byte[] header = new byte[16];
        byte[] invalid = NetlinkMessage.Int32(-LinuxErrno.InvalidArgument);
        return new TheoryData<string, byte[]>
        {
            { "shorter than a header", [1, 2, 3] },
            { "a length shorter than a header", [15, .. answer.ToBytes()[1..]] },
            { "a length of nothing", [0, .. answer.ToBytes()[1..]] },
            { "a length beyond the datagram", [255, .. answer.ToBytes()[1..]] },
            { "a length of 4 GiB", [255, 255, 255, 255, .. answer.ToBytes()[4..]] },
            { "bytes behind the last message", [.. (answer with { Sequence = 9 }).ToBytes(), 1, 2, 3, 4] },
            { "an error without a number", (answer with { Payload = [1, 2] }).ToBytes() },
            { "an error with a positive number", (answer with { Payload = NetlinkMessage.Int32(17) }).ToBytes() },
            { "the end of a list that was not asked for", (answer with { Type = NetlinkMessage.Done }).ToBytes() },
            { "an extended error without the request", (answer with { Flags = Extended, Payload = invalid }).ToBytes() },
            { "an extended error whose request is longer than it", (answer with
                { Flags = NetlinkMessage.ExtendedAcknowledgement, Payload = [.. invalid, 255, 255, 255, 255, .. header[4..]] }).ToBytes() },
            { "an extended error with half an attribute", (answer with { Flags = Extended, Payload = [.. invalid, .. header, 1, 2] }).ToBytes() },
            { "an extended error with a short offset",
                (answer with { Flags = Extended, Payload = [.. invalid, .. header, .. NetlinkMessage.Attribute(2, 1, 2)] }).ToBytes() },
        };
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_malformed_message_is_a_format_error(string what, byte[] datagram)
    {
        await using NetlinkConnection connection = new(
            new ScriptedTransport((kernel, _) => kernel.Reply(datagram)), new NetlinkOptions { ReceiveTimeout = TimeSpan.FromSeconds(2) });
        NetlinkFormatException error = await Assert.ThrowsAsync<NetlinkFormatException>(async () => await connection.ExecuteAsync(Request(), null, Stop));
        Assert.False(string.IsNullOrEmpty(error.Message), what);
    }

    [Fact]
    public async Task An_empty_datagram_is_passed_over() =>
        Assert.Null(await ExecuteAsync((kernel, request) =>
        {
            kernel.Reply(Array.Empty<byte>());
            kernel.Reply(NetlinkMessage.Acknowledgement(request));
        }));

    private static byte[] Extended(NetlinkMessage request, bool capped, byte[] attributes) => new NetlinkMessage(
        NetlinkMessage.Error,
        (ushort)(NetlinkMessage.ExtendedAcknowledgement | (capped ? NetlinkMessage.Capped : 0)), request.Sequence, request.Port,
        [.. NetlinkMessage.Int32(-LinuxErrno.InvalidArgument), .. capped ? request.ToBytes()[..16] : request.ToBytes(), .. attributes]).ToBytes();

    private static Task<NetlinkErrorException?> ExecuteAsync(Func<NetlinkMessage, byte[]> answer) =>
        ExecuteAsync((kernel, request) => kernel.Reply(answer(request)));

    private static async Task<NetlinkErrorException?> ExecuteAsync(Action<ScriptedTransport, NetlinkMessage> answer)
    {
        await using NetlinkConnection connection = new(
            new ScriptedTransport((kernel, datagram) => answer(kernel, NetlinkMessage.ReadAll(datagram)[0])));
        return (await connection.ExecuteAsync(Request(), null, Stop))[0];
    }

    private static NetlinkRequests Request()
    {
        NetlinkRequests requests = new();
        requests.Begin<TestAttribute>(NetlinkMessage.IpvsFamilyId, 1, 1).Write(TestAttribute.One, "abcdef");
        return requests;
    }

    private enum TestAttribute : ushort
    {
        One = 1,
    }
}
