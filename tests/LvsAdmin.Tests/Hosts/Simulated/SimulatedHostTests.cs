using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Hosts.Simulated;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Netlink;

namespace LvsAdmin.Tests.Hosts.Simulated;

/// <summary>What a simulated host has for tests and trials besides the kernel's contract: connections, faults, and programs that are not there.</summary>
public sealed class SimulatedHostTests
{
    private static readonly VirtualServiceSettings Service = new() { VirtualService = LvsServiceId.Parse("tcp/192.0.2.10:80") };
    private static readonly RealServerSettings Server = new() { RealServer = LvsServerId.Parse("192.0.2.21:80") };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connections_end_by_the_clock_and_none_come_to_weight_0()
    {
        Clock clock = new();
        await using SimulatedHost host = new("sim", clock);
        await using IpvsClient client = await ConnectAsync(host);
        await client.AddServiceAsync(Service, Stop);
        Assert.Null((await client.AddRealServersAsync(Service.VirtualService, [Server], Stop))[0]);
        Assert.True(host.Kernel.OpenConnections(Service.VirtualService, Server.RealServer, 3, 2, TimeSpan.FromSeconds(30)));
        LvsRealServer busy = Assert.Single(await client.GetRealServersAsync(Service.VirtualService, Stop));
        Assert.Equal((3, 2), ((int)busy.ActiveConnections, (int)busy.InactiveConnections));

        await client.SetRealServerAsync(busy, Server with { Weight = 0 }, Stop);
        Assert.False(host.Kernel.OpenConnections(Service.VirtualService, Server.RealServer, 1));
        clock.Now += TimeSpan.FromSeconds(29);
        Assert.Equal(3, (int)Assert.Single(await client.GetRealServersAsync(Service.VirtualService, Stop)).ActiveConnections);
        clock.Now += TimeSpan.FromSeconds(1);
        LvsRealServer idle = Assert.Single(await client.GetRealServersAsync(Service.VirtualService, Stop));
        Assert.Equal((0, 0, 5ul), ((int)idle.ActiveConnections, (int)idle.InactiveConnections, idle.Statistics.Connections));
    }

    [Theory]
    [InlineData(60, 5ul)]
    [InlineData(300, 0ul)]
    public async Task A_removed_server_comes_back_with_its_counters_within_two_minutes(int seconds, ulong connections)
    {
        Clock clock = new();
        await using SimulatedHost host = new("sim", clock);
        await using IpvsClient client = await ConnectAsync(host);
        await client.AddServiceAsync(Service, Stop);
        await client.AddRealServersAsync(Service.VirtualService, [Server], Stop);
        host.Kernel.OpenConnections(Service.VirtualService, Server.RealServer, 5, 0, TimeSpan.FromSeconds(1));
        await client.RemoveRealServersAsync(Service.VirtualService, [Server.RealServer], Stop);
        clock.Now += TimeSpan.FromSeconds(seconds);
        await client.AddRealServersAsync(Service.VirtualService, [Server], Stop);
        Assert.Equal(connections, Assert.Single(await client.GetRealServersAsync(Service.VirtualService, Stop)).Statistics.Connections);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public async Task A_transport_is_lost_at_the_message_that_was_chosen(bool carriedOut, int services)
    {
        await using SimulatedHost host = new();
        await using IpvsClient client = await ConnectAsync(host);
        host.Kernel.LoseTransportAt(2, carriedOut);
        await client.AddServiceAsync(Service, Stop);
        VirtualServiceSettings second = Service with { VirtualService = LvsServiceId.Parse("tcp/192.0.2.11:80") };
        await Assert.ThrowsAnyAsync<NetlinkException>(async () => await client.AddServiceAsync(second, Stop));
        await Assert.ThrowsAnyAsync<NetlinkException>(async () => await client.GetServicesAsync(Stop));
        await using IpvsClient again = await ConnectAsync(host);
        Assert.Equal(services, (await again.GetServicesAsync(Stop)).Count);
    }

    [Fact]
    public async Task What_is_not_simulated_is_missing_and_does_not_succeed_in_silence()
    {
        await using SimulatedHost host = new();
        foreach (ProgramInvocation invocation in new ProgramInvocation[] { new("systemctl", "enable", "x"), new("ip", "nonsense"), new("ip", "-4", "tunnel", "show") })
        {
            LvsHostException missing = await Assert.ThrowsAsync<LvsHostException>(async () => await host.RunAsync(invocation, Stop));
            Assert.Equal(LvsHostError.ProgramMissing, missing.Error);
        }
    }

    private static async Task<IpvsClient> ConnectAsync(SimulatedHost host) => await IpvsClient.ConnectAsync(await host.OpenNetlinkAsync(Stop), host.Name, null, Stop);

    private sealed class Clock : TimeProvider
    {
        internal DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
