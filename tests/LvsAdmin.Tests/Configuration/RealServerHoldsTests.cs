using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Hosts.Simulated;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Configuration;

/// <summary>Who stops the work (Ctrl+C) between what is remembered of a server and its weight finds both together afterwards.</summary>
public sealed class RealServerHoldsTests : IAsyncLifetime
{
    private static readonly LvsServiceId Id = LvsServiceId.Parse("tcp/192.0.2.10:80");
    private static readonly LvsServerId Server = LvsServerId.Parse("192.0.2.21:80");
    private static readonly LvsHold Hold = new() { VirtualService = Id, RealServer = Server, Weight = 90, By = "ada@admin", Since = DateTimeOffset.UnixEpoch };

    private readonly SimulatedHost _kernel = new();
    private readonly FakeHost _files = new() { NetworkNamespace = null };
    private readonly CancellationTokenSource _stop = new();
    private IpvsClient? _client;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _client = await IpvsClient.ConnectAsync(await _kernel.OpenNetlinkAsync(Stop), "director", null, Stop);
        await _client.AddServiceAsync(new VirtualServiceSettings { VirtualService = Id, Scheduler = "wrr" }, Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await _client!.DisposeAsync();
        await _kernel.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task What_is_being_suspended_is_suspended()
    {
        LvsRealServer server = await AddAsync(90);
        StopWithin();

        await RealServerHolds.SuspendAsync(_files, _client!, server, Hold, null, _stop.Token);

        Assert.Equal((0, Hold), (await WeightAsync(), await HoldAsync()));
    }

    [Fact]
    public async Task What_is_being_resumed_is_resumed()
    {
        LvsRealServer server = await AddAsync(0);
        await HoldStore.AddAsync(_files, Hold, Stop);
        StopWithin();

        await RealServerHolds.ResumeAsync(_files, _client!, server, Hold, 90, _stop.Token);

        Assert.Equal((90, null), (await WeightAsync(), await HoldAsync()));
    }

    [Fact]
    public async Task A_step_of_the_way_back_is_taken_as_it_was_noted()
    {
        LvsRealServer server = await AddAsync(0);
        await HoldStore.AddAsync(_files, Hold, Stop);
        RampUp way = new(server, Hold, 90);
        StopWithin();

        await way.StepAsync(_files, _client!, "director", 1, 3, _stop.Token);

        Assert.Equal((30, 30), (await WeightAsync(), (await HoldAsync())?.ResumingAt));
    }

    [Fact]
    public async Task Who_stops_before_changes_nothing()
    {
        LvsRealServer server = await AddAsync(90);
        await _stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await RealServerHolds.SuspendAsync(_files, _client!, server, Hold, null, _stop.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await RealServerHolds.ResumeAsync(_files, _client!, server, Hold, 10, _stop.Token));

        Assert.Equal((90, null), (await WeightAsync(), await HoldAsync()));
        Assert.DoesNotContain(_files.Log, line => line.StartsWith("write", StringComparison.Ordinal));
    }

    // The first thing that is asked of the host on the way to its list of holds.
    private void StopWithin() => _files.Program = invocation =>
    {
        _stop.Cancel();
        throw new LvsHostException(LvsHostError.ProgramMissing, invocation.Program);
    };

    private async Task<LvsRealServer> AddAsync(int weight)
    {
        Assert.Equal([null], await _client!.AddRealServersAsync(Id, [new RealServerSettings { RealServer = Server, Weight = weight }], Stop));
        return Assert.Single(await _client.GetRealServersAsync(Id, Stop));
    }

    private async Task<int> WeightAsync() => Assert.Single(await _client!.GetRealServersAsync(Id, Stop)).Weight;

    private async Task<LvsHold?> HoldAsync() => (await HoldStore.ReadAsync(_files, Stop)).SingleOrDefault();
}
