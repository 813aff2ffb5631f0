using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Netlink;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Ipvs;

[Trait("Level", "Bytes")]
public sealed class IpvsClientTests
{
    private static readonly LvsServiceId Service = LvsServiceId.Parse("tcp/192.0.2.10:80");
    // Of a kernel of the future, with a length that needs padding.
    private static readonly byte[] Unknown = NetlinkMessage.Attribute(99, 1, 2, 3, 4, 5);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_attribute_that_we_do_not_know_comes_back_to_the_kernel_unchanged(bool ofService)
    {
        ushort nest = ofService ? (ushort)1 : (ushort)2;
        NetlinkMessage recorded = Recording.Read(ofService ? "add-service-tcp" : "add-server-route").LastRequest;
        byte[] known = NetlinkMessage.ReadAttributes(recorded.Attributes).First(attribute => attribute.Type == nest).Value;
        NetlinkMessage? written = null;
        ScriptedTransport transport = ScriptedTransport.WithIpvs((kernel, requests) =>
        {
            if (requests[0].IsDump)
            {
                // In the middle and at the end, once also with a flag in its number that is none of it.
                byte[] flagged = [Unknown[0], Unknown[1], Unknown[2], (byte)(Unknown[3] | 0x80), .. Unknown[4..]];
                kernel.Reply(NetlinkMessage.Answer(requests[0], NetlinkMessage.Attribute(nest, [.. Unknown, .. known, .. flagged])));
                kernel.Reply(NetlinkMessage.End(requests[0]));
                return;
            }

            written = requests[0];
            kernel.Reply(NetlinkMessage.Acknowledgement(written));
        });
        await using IpvsClient client = await IpvsClient.ConnectAsync(transport, "director", null, Stop);
        if (ofService)
        {
            LvsVirtualService service = Assert.Single(await client.GetServicesAsync(Stop));
            await client.SetServiceAsync(service, service.Settings with { Scheduler = "rr" }, Stop);
        }
        else
        {
            LvsRealServer server = Assert.Single(await client.GetRealServersAsync(Service, Stop));
            await client.SetRealServerAsync(server, server.Settings with { Weight = 0 }, Stop);
        }

        byte[] sent = NetlinkMessage.ReadAttributes(written!.Attributes).Single(attribute => attribute.Type == nest).Value;
        Assert.Equal(2, NetlinkMessage.ReadAttributes(sent).Count(attribute => attribute.Type == 99 && attribute.Value is [1, 2, 3, 4, 5]));
    }

    [Fact]
    public async Task A_kernel_without_the_family_has_the_module_not_loaded_and_the_transport_is_closed()
    {
        ScriptedTransport transport = new((kernel, datagram) =>
            kernel.Reply(NetlinkMessage.Acknowledgement(NetlinkMessage.ReadAll(datagram)[0], LinuxErrno.NoEntry)));
        IpvsException exception = await Assert.ThrowsAsync<IpvsException>(
            async () => await IpvsClient.ConnectAsync(transport, "director", null, Stop));
        Assert.Equal(IpvsError.ModuleNotLoaded, exception.Error);
        Assert.Contains("modprobe ip_vs", exception.Message, StringComparison.Ordinal);
        Assert.Contains("director", exception.Message, StringComparison.Ordinal);
        Assert.True(transport.IsDisposed);
    }

    [Fact]
    public async Task A_refusal_of_the_permission_is_told_also_at_the_end_of_a_list()
    {
        ScriptedTransport transport = ScriptedTransport.WithIpvs((kernel, requests) => kernel.Reply(
            requests[0].IsDump ? NetlinkMessage.End(requests[0], LinuxErrno.NotPermitted) : NetlinkMessage.Acknowledgement(requests[0], LinuxErrno.NotPermitted)));
        await using IpvsClient client = await IpvsClient.ConnectAsync(transport, "director", null, Stop);
        Assert.Equal(IpvsError.PermissionDenied, (await Assert.ThrowsAsync<IpvsException>(async () => await client.GetServicesAsync(Stop))).Error);
        Assert.Equal(IpvsError.PermissionDenied, (await Assert.ThrowsAsync<IpvsException>(async () => await client.GetInfoAsync(Stop))).Error);
        Assert.Equal(IpvsError.PermissionDenied, (await Assert.ThrowsAsync<IpvsException>(async () => await client.FlushAsync(Stop))).Error);
    }

    [Fact]
    public async Task A_service_that_comes_twice_in_a_changing_list_is_listed_once()
    {
        byte[] attributes = Recording.Read("add-service-tcp").LastRequest.Attributes;
        ScriptedTransport transport = ScriptedTransport.WithIpvs((kernel, requests) =>
        {
            kernel.Reply(NetlinkMessage.Answer(requests[0], attributes), NetlinkMessage.Answer(requests[0], attributes));
            kernel.Reply(NetlinkMessage.End(requests[0]));
        });
        await using IpvsClient client = await IpvsClient.ConnectAsync(transport, "director", null, Stop);
        Assert.Single(await client.GetServicesAsync(Stop));
    }

    [Fact]
    public async Task An_acknowledgement_without_the_answer_is_a_format_error()
    {
        await using IpvsClient client = await IpvsClient.ConnectAsync(
            ScriptedTransport.WithIpvs((kernel, requests) => kernel.Reply(NetlinkMessage.Acknowledgement(requests[0]))), "director", null, Stop);
        await Assert.ThrowsAsync<NetlinkFormatException>(async () => await client.GetInfoAsync(Stop));
        await Assert.ThrowsAsync<NetlinkFormatException>(async () => await client.GetTimeoutAsync(Stop));
        await Assert.ThrowsAsync<NetlinkFormatException>(async () => await client.FindServiceAsync(Service, Stop));
    }
}
