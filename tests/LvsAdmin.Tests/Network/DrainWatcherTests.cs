using LvsAdmin.Core.Hosts.Simulated;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Tests.Network;

/// <summary>When a real server counts as drained, by the clock of the test.</summary>
[Trait("Level", "Bytes")]
public sealed class DrainWatcherTests : IAsyncLifetime
{
    private const string ExpireTemplates = "/proc/sys/net/ipv4/vs/expire_quiescent_template";
    private static readonly LvsServiceId Id = LvsServiceId.Parse("tcp/192.0.2.10:80");
    private static readonly LvsServerId Server = LvsServerId.Parse("192.0.2.21:80");

    private readonly Clock _clock = new();
    private readonly SimulatedHost _host = new();
    private IpvsClient? _client;
    private DrainWatcher? _watcher;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _client = await IpvsClient.ConnectAsync(await _host.OpenNetlinkAsync(Stop), _host.Name, null, Stop);
        _watcher = new DrainWatcher(_host, _client, _clock);
    }

    public async ValueTask DisposeAsync()
    {
        await _client!.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Templates_that_the_kernel_is_told_meanwhile_to_let_expire_are_waited_for_no_more()
    {
        await AddAsync(persistence: 300);
        await OpenAsync(weight: 0, persistent: 3);
        LvsDrainStatus before = await LookAsync();
        await _host.WriteFileAsync(ExpireTemplates, "1", null, Stop);
        LvsDrainStatus after = await LookAsync();

        Assert.Equal((true, false), (before.TemplatesCount, before.IsDrained));
        Assert.Equal((false, true), (after.TemplatesCount, after.IsDrained));
    }

    [Fact]
    public async Task A_connection_that_has_only_begun_when_the_weight_goes_has_its_time_although_older_ones_were_quiet()
    {
        await AddAsync();
        await OpenAsync(weight: 5, inactive: 1);
        await LookAsync();
        _clock.Now += TimeSpan.FromSeconds(60);
        Assert.True((await LookAsync()).IsIdle);

        await SetWeightAsync(0);
        Assert.False((await LookAsync()).IsDrained);
        _clock.Now += TimeSpan.FromSeconds(4);
        Assert.True((await LookAsync()).IsDrained);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_begins_later_has_its_time_too(bool othersRemain)
    {
        await AddAsync();
        await OpenAsync(weight: 0, inactive: 1);
        await LookAsync();
        _clock.Now += TimeSpan.FromSeconds(60);
        if (!othersRemain)
        {
            _host.Kernel.CloseConnections(Id, Server);
        }

        Assert.True((await LookAsync()).IsDrained);

        // As at weight 0 those do that a persistence template sends.
        await OpenAsync(weight: 0, inactive: 1);
        Assert.False((await LookAsync()).IsDrained);
        _clock.Now += TimeSpan.FromSeconds(4);
        Assert.True((await LookAsync()).IsDrained);
    }

    private async Task AddAsync(uint? persistence = null)
    {
        await _client!.AddServiceAsync(new VirtualServiceSettings { VirtualService = Id, Scheduler = "wrr", PersistenceTimeout = persistence }, Stop);
        Assert.Equal([null], await _client.AddRealServersAsync(Id, [new RealServerSettings { RealServer = Server, Weight = 5 }], Stop));
    }

    // At weight 0 the simulated kernel gives a server nothing.
    private async Task OpenAsync(int weight, int inactive = 0, int persistent = 0)
    {
        await SetWeightAsync(5);
        Assert.True(_host.Kernel.OpenConnections(Id, Server, 0, inactive, null, persistent));
        await SetWeightAsync(weight);
    }

    private async Task SetWeightAsync(int weight)
    {
        LvsRealServer server = Assert.Single(await _client!.GetRealServersAsync(Id, Stop));
        await _client.SetRealServerAsync(server, server.Settings with { Weight = weight }, Stop);
    }

    private async Task<LvsDrainStatus> LookAsync() =>
        Assert.Single(await _watcher!.LookAsync(Assert.Single(await _client!.GetServicesAsync(Stop)), [Server], Stop));

    private sealed class Clock : TimeProvider
    {
        internal TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
