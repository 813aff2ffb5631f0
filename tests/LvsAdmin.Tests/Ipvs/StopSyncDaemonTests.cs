using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Netlink;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Ipvs;

/// <summary>The kernel does not answer the stop of a daemon whose thread has not run yet, although it stops it.</summary>
[Trait("Level", "Bytes")]
public sealed class StopSyncDaemonTests
{
    private const byte GetDaemon = 11;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stop_without_an_answer_has_succeeded_when_the_daemon_is_gone()
    {
        await using IpvsClient client = await ConnectAsync(running: false);

        await client.StopSyncDaemonAsync(LvsSyncRole.Master, Stop);
    }

    [Fact]
    public async Task A_stop_without_an_answer_is_a_timeout_while_the_daemon_runs()
    {
        await using IpvsClient client = await ConnectAsync(running: true);

        await Assert.ThrowsAsync<NetlinkTimeoutException>(async () => await client.StopSyncDaemonAsync(LvsSyncRole.Master, Stop));
    }

    private static ValueTask<IpvsClient> ConnectAsync(bool running) => IpvsClient.ConnectAsync(
        ScriptedTransport.WithIpvs((kernel, requests) =>
        {
            if (requests[0].Command != GetDaemon)
            {
                return;
            }

            byte[] master = NetlinkMessage.Attribute(
                3, [.. NetlinkMessage.Attribute(1, NetlinkMessage.Int32((int)LvsSyncRole.Master)), .. NetlinkMessage.Attribute(2, [(byte)'l', (byte)'o', 0])]);
            kernel.Reply(running ? [NetlinkMessage.Answer(requests[0], master), NetlinkMessage.End(requests[0])] : [NetlinkMessage.End(requests[0])]);
        }),
        "localhost", null, Stop);
}
