using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Netlink;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Ipvs;

/// <summary>
/// ip_vs is unloaded and loaded again while a client is connected: its family gets another number, and the kernel answers to the old one with the
/// same ENOENT as to a missing scheduler.
/// </summary>
[Trait("Level", "Bytes")]
public sealed class ReloadedModuleTests
{
    private const ushort NewFamilyId = 0x33;

    private static readonly VirtualServiceSettings Settings = new() { VirtualService = LvsServiceId.Parse("192.0.2.10:80") };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_finds_the_family_again_and_repeats_the_request()
    {
        bool reloaded = false;
        await using IpvsClient client = await ConnectAsync(() => reloaded ? NewFamilyId : NetlinkMessage.IpvsFamilyId);
        reloaded = true;

        await client.AddServiceAsync(Settings, Stop);
        Assert.Empty(await client.GetServicesAsync(Stop));
    }

    [Fact]
    public async Task A_listing_finds_the_family_again_too()
    {
        bool reloaded = false;
        await using IpvsClient client = await ConnectAsync(() => reloaded ? NewFamilyId : NetlinkMessage.IpvsFamilyId);
        reloaded = true;

        Assert.Empty(await client.GetServicesAsync(Stop));
    }

    [Fact]
    public async Task A_module_that_stays_away_is_told_as_such()
    {
        ushort? id = NetlinkMessage.IpvsFamilyId;
        await using IpvsClient client = await ConnectAsync(() => id);
        id = null;

        IpvsException error = await Assert.ThrowsAsync<IpvsException>(async () => await client.AddServiceAsync(Settings, Stop));

        Assert.Equal(IpvsError.ModuleNotLoaded, error.Error);
    }

    private static ValueTask<IpvsClient> ConnectAsync(Func<ushort?> familyId) => IpvsClient.ConnectAsync(
        new ScriptedTransport((kernel, datagram) =>
        {
            NetlinkMessage request = NetlinkMessage.ReadAll(datagram)[0];
            switch (familyId())
            {
                case { } id when request.Type == NetlinkMessage.ControllerFamily:
                    kernel.Reply(NetlinkMessage.IpvsFamily(request, id), NetlinkMessage.Acknowledgement(request));
                    break;
                case { } id when request.Type == id:
                    kernel.Reply(request.IsDump ? NetlinkMessage.End(request) : NetlinkMessage.Acknowledgement(request));
                    break;
                default:
                    kernel.Reply(NetlinkMessage.Acknowledgement(request, LinuxErrno.NoEntry));
                    break;
            }
        }),
        "localhost", null, Stop);
}
