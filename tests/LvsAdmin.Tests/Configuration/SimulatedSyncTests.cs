using System.Diagnostics;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Hosts.Simulated;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Tests.Configuration;

/// <summary>The promises of <see cref="SyncSuite"/> of the simulated kernel, and what it can show in no time: connections that end, or do not.</summary>
public sealed class SimulatedSyncTests : SyncSuite
{
    private static readonly LvsServerId Leaving = LvsServerId.Parse("192.0.2.22:80");

    private readonly SimulatedHost _director = new("director");

    private protected override int RandomTableCount => 300;

    private protected override ValueTask<ILvsHost> OpenAsync() => ValueTask.FromResult<ILvsHost>(_director);

    [Theory]
    [InlineData("tcp/192.0.2.10:80", 5, 0)]
    [InlineData("udp/192.0.2.10:80", 0, 5)]
    [InlineData("sctp/192.0.2.10:80", 2, 1)]
    public async Task A_server_is_removed_when_its_connections_have_ended(string service, int active, int inactive)
    {
        await SyncAsync(Before(service));
        Assert.True(_director.Kernel.OpenConnections(LvsServiceId.Parse(service), Leaving, active, inactive, TimeSpan.FromMilliseconds(700)));
        List<SyncProgress> progress = [];
        SyncOptions options = new() { DrainTimeout = TimeSpan.FromSeconds(30) };
        Stopwatch watch = Stopwatch.StartNew();

        LvsPlan plan = await PlanAsync(After(service), options);
        Assert.Equal(active + inactive, plan.Changes.Single(change => change.Action == LvsChangeAction.Remove).ConnectionsAffected);
        LvsSyncResult result = await PlanExecutor.RunAsync(Host, Client, plan, options, told => { progress.Add(told); return ValueTask.CompletedTask; }, Stop);

        Assert.True(result.Succeeded);
        Assert.All(result.Steps, step => Assert.Null(step.Message));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.6, 20);
        Assert.Contains(progress, told => told.Draining == 1 && told.Connections == active + inactive && told.Remaining > TimeSpan.FromSeconds(5));
        await IsDesired(After(service));
    }

    [Fact]
    public async Task When_the_time_is_over_it_is_removed_with_what_is_left_and_that_is_told()
    {
        await SyncAsync(Before("tcp/192.0.2.10:80"));
        Assert.True(_director.Kernel.OpenConnections(LvsServiceId.Parse("tcp/192.0.2.10:80"), Leaving, 5, 1));
        SyncOptions options = new() { DrainTimeout = TimeSpan.FromMilliseconds(400) };
        LvsSyncResult result = await ApplyAsync(await PlanAsync(After("tcp/192.0.2.10:80"), options), options);
        Assert.True(result.Succeeded);
        Assert.Equal(["after 0.4 s still connected: 192.0.2.22:80 (5 active, 1 inactive)"], result.Steps.Select(step => step.Message).OfType<string>());
        await IsDesired(After("tcp/192.0.2.10:80"));
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("1", false)]
    public async Task Persistence_templates_are_waited_for_unless_the_kernel_lets_them_expire(string expire, bool waits)
    {
        await _director.WriteFileAsync("/proc/sys/net/ipv4/vs/expire_quiescent_template", expire, null, Stop);
        LvsConfiguration before = Persistent(Before("tcp/192.0.2.10:80"));
        await SyncAsync(before);
        Assert.True(_director.Kernel.OpenConnections(before.VirtualServices[0].VirtualService, Leaving, 0, 0, null, persistent: 3));
        SyncOptions options = new() { DrainTimeout = TimeSpan.FromMilliseconds(400) };
        LvsSyncResult result = await ApplyAsync(await PlanAsync(Persistent(After("tcp/192.0.2.10:80")), options), options);
        Assert.Equal(waits ? 1 : 0, result.Steps.Count(step => step.Message?.Contains("3 persistence templates", StringComparison.Ordinal) == true));
        await IsDesired(Persistent(After("tcp/192.0.2.10:80")));
    }

    [Fact]
    public async Task Closed_connections_that_the_kernel_remembers_are_not_waited_for_longer_than_a_moment()
    {
        await SyncAsync(Before("tcp/192.0.2.10:80"));
        Assert.True(_director.Kernel.OpenConnections(LvsServiceId.Parse("tcp/192.0.2.10:80"), Leaving, 0, 9));
        Stopwatch watch = Stopwatch.StartNew();
        LvsSyncResult result = await ApplyAsync(await PlanAsync(After("tcp/192.0.2.10:80")));
        Assert.All(result.Steps, step => Assert.Null(step.Message));
        Assert.InRange(watch.Elapsed.TotalSeconds, 2.9, 20);
    }

    [Fact]
    public async Task A_server_of_weight_0_gets_another_method_when_the_connections_that_it_still_has_have_ended()
    {
        LvsConfiguration before = Before("tcp/192.0.2.10:80");
        await SyncAsync(before);
        Assert.True(_director.Kernel.OpenConnections(before.VirtualServices[0].VirtualService, Leaving, 5, 0, TimeSpan.FromSeconds(3)));
        await SyncAsync(Quiet(LvsForwardingMethod.DirectRouting));

        LvsPlan plan = await PlanAsync(Quiet(LvsForwardingMethod.Nat));

        Assert.Equal(["drain 192.0.2.22:80", "set 192.0.2.22:80 Forwarding: DirectRouting -> Nat"], Assert.Single(plan.Items).Steps.Select(step => step.Text));
        Assert.True((await ApplyAsync(plan)).Succeeded);
        await IsDesired(Quiet(LvsForwardingMethod.Nat));

        static LvsConfiguration Quiet(LvsForwardingMethod method) => Document(Service("tcp/192.0.2.10:80", "rr", Server("192.0.2.21:80", 1), Server("192.0.2.22:80", 0) with
        {
            Settings = new RealServerSettings { RealServer = Leaving, Weight = 0, Forwarding = method },
        }));
    }

    [Fact]
    public async Task A_plan_without_a_difference_reads_one_list_of_services_and_one_for_each_and_writes_nothing()
    {
        LvsConfiguration document = Document([.. Enumerable.Range(1, 50).Select(number => Service($"tcp/192.0.2.{number}:80", "rr", Server("192.0.2.201:80", 1)))]);
        await SyncAsync(document);
        (int reads, int changes) = _director.Kernel.MessageCounts;
        await SyncAsync(document);
        Assert.Equal((reads + 51, changes), _director.Kernel.MessageCounts);
    }

    private static LvsConfiguration Before(string service) => Document(Service(service, "rr", Server("192.0.2.21:80", 1), Server("192.0.2.22:80", 1)));

    private static LvsConfiguration After(string service) => Document(Service(service, "rr", Server("192.0.2.21:80", 1), Server("192.0.2.23:80", 1)));

    private static LvsConfiguration Persistent(LvsConfiguration document) => document with
    {
        VirtualServices = [.. document.VirtualServices.Select(service => service with { Settings = service.Settings with { PersistenceTimeout = 300 } })],
    };
}
