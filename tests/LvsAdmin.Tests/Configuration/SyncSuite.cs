using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Tests.Configuration;

/// <summary>What planning and applying a desired state promise, of any kernel: run on the simulated one and on the real one.</summary>
public abstract partial class SyncSuite : IAsyncLifetime
{
    private ILvsHost? _host;
    private IpvsClient? _client;

    private protected ILvsHost Host => _host!;

    private protected IpvsClient Client => _client!;

    private protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A director with an empty table.</summary>
    private protected abstract ValueTask<ILvsHost> OpenAsync();

    public async ValueTask InitializeAsync()
    {
        _host = await OpenAsync();
        _client = await ConnectAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_client is not null)
        {
            await _client.FlushAsync(CancellationToken.None);
            await _client.DisposeAsync();
        }

        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_table_is_made_and_then_nothing_is_left_to_do()
    {
        LvsConfiguration document = Document(
            Service("tcp/192.0.2.10:80", "wlc", Server("192.0.2.21:80", 3), Server("192.0.2.22:80", 0)),
            Service("udp/[2001:db8::10]:53", "rr", Server("[2001:db8::21]:53", 1)),
            Service("fwmark/7", "mh", Server("192.0.2.21:0", 1)));

        LvsPlan plan = await PlanAsync(document);
        Assert.Equal(7, plan.Changes.Count);
        Assert.All(plan.Changes, change => Assert.Equal(LvsChangeAction.Add, change.Action));
        Assert.False(plan.IsInDesiredState);

        LvsSyncResult result = await ApplyAsync(plan);
        Assert.True(result.Succeeded, string.Join('\n', result.Steps));
        Assert.Equal(7, result.ChangeCount);
        await IsDesired(document);
    }

    [Fact]
    public async Task Only_what_differs_is_changed_and_each_difference_is_told_with_old_and_new()
    {
        await SyncAsync(Document(
            Service("tcp/192.0.2.10:80", "rr", Server("192.0.2.21:80", 1), Server("192.0.2.22:80", 5), Server("192.0.2.23:80", 2)),
            Service("tcp/192.0.2.11:80", "rr", Server("192.0.2.21:80", 1))));

        LvsPlan plan = await PlanAsync(Document(
            Service("tcp/192.0.2.10:80", "wrr", Server("192.0.2.21:80", 4), Server("192.0.2.22:80", 2), Server("192.0.2.24:80", 1))));

        Assert.Equal(
            [
                "~ tcp/192.0.2.10:80 Scheduler: rr -> wrr",
                "~ tcp/192.0.2.10:80 -> 192.0.2.21:80 Weight: 1 -> 4",
                "~ tcp/192.0.2.10:80 -> 192.0.2.22:80 Weight: 5 -> 2",
                "+ tcp/192.0.2.10:80 -> 192.0.2.24:80 (Forwarding DirectRouting, Weight 1)",
                "- tcp/192.0.2.10:80 -> 192.0.2.23:80 (Forwarding DirectRouting, Weight 2)",
            ],
            plan.Changes.Select(change => change.ToString()));
        // Added and raised first, lowered later, drained and removed last.
        Assert.Equal(
            [
                "add 192.0.2.24:80", "set 192.0.2.21:80 Weight: 1 -> 4", "set service Scheduler: rr -> wrr", "set 192.0.2.22:80 Weight: 5 -> 2",
                "set 192.0.2.23:80 Weight: 2 -> 0", "drain 192.0.2.23:80", "remove 192.0.2.23:80",
            ],
            Assert.Single(plan.Items).Steps.Select(step => step.Text));

        await ApplyAsync(plan);
        Assert.Equal(["tcp/192.0.2.10:80", "tcp/192.0.2.11:80"], (await Client.GetServicesAsync(Stop)).Select(service => $"{service}"));
        Assert.Equal(
            ["192.0.2.21:80 4", "192.0.2.22:80 2", "192.0.2.24:80 1"],
            (await Client.GetRealServersAsync(LvsServiceId.Parse("tcp/192.0.2.10:80"), Stop)).Select(server => $"{server.RealServer} {server.Settings.Weight}"));
    }

    [Theory]
    [InlineData(4, null, "drain 192.0.2.21:80, 192.0.2.22:80", "drain 192.0.2.23:80, 192.0.2.24:80")]
    [InlineData(3, null, "drain 192.0.2.21:80", "drain 192.0.2.22:80", "drain 192.0.2.23:80")]
    [InlineData(4, 3, "drain 192.0.2.21:80", "drain 192.0.2.22:80", "drain 192.0.2.23:80", "drain 192.0.2.24:80")]
    [InlineData(1, null)]
    [InlineData(2, 2)]
    public async Task A_server_gets_another_method_when_its_connections_have_ended_while_others_serve(int count, int? minimum, params string[] drains)
    {
        ServerConfiguration[] servers = [.. Enumerable.Range(21, count).Select(number => Server($"192.0.2.{number}:80", 2))];
        await SyncAsync(Document(Service("tcp/192.0.2.10:80", "rr", servers)));
        LvsConfiguration document = Document(Service(
            "tcp/192.0.2.10:80", "rr", [.. servers.Select(server => server with { Settings = server.Settings with { Forwarding = LvsForwardingMethod.Nat } })]) with
        { MinimumAvailable = minimum });

        LvsPlan plan = await PlanAsync(document);

        LvsPlanItem item = Assert.Single(plan.Items);
        Assert.Equal(drains, item.Steps.Select(step => step.Text).Where(step => step.StartsWith("drain", StringComparison.Ordinal)));
        // Where no other can take its connections, that is said.
        Assert.Equal(drains.Length == 0 ? count : 0, item.Warnings.Count(warning => warning.Contains("may be cut", StringComparison.Ordinal)));
        int available = count;
        foreach (string step in item.Steps.Select(step => step.Text))
        {
            available += step.EndsWith("-> 0", StringComparison.Ordinal) ? -1 : step.Contains("Forwarding: DirectRouting -> Nat", StringComparison.Ordinal) && drains.Length > 0 ? 1 : 0;
            Assert.True(available >= Math.Max(minimum ?? 1, (count + 1) / 2), string.Join('\n', item.Steps.Select(each => each.Text)));
        }

        Assert.True((await ApplyAsync(plan)).Succeeded);
        await IsDesired(document);
    }

    [Fact]
    public async Task What_the_document_does_not_own_is_left_and_what_is_one_too_many_goes_only_by_pruning()
    {
        await SyncAsync(Document(
            Service("tcp/192.0.2.10:80", "rr", Server("192.0.2.21:80", 1)),
            Service("tcp/192.0.2.10:443", "rr", Server("192.0.2.21:443", 1)),
            Service("tcp/192.0.2.11:80", "rr", Server("192.0.2.21:80", 1))));
        LvsConfiguration document = Document(Service("tcp/192.0.2.10:80", "rr", Server("192.0.2.21:80", 1))) with { Scope = ["tcp/192.0.2.10:*"] };

        LvsPlan kept = await PlanAsync(document);
        LvsConfigurationChange extra = Assert.Single(kept.Changes);
        Assert.Equal((LvsChangeAction.Extra, "tcp/192.0.2.10:443"), (extra.Action, extra.Identity));
        Assert.False(kept.IsInDesiredState);
        Assert.Equal(0, (await ApplyAsync(kept)).ChangeCount);
        Assert.Equal(3, (await Client.GetServicesAsync(Stop)).Count);

        await SyncAsync(document, new SyncOptions { Prune = true });
        Assert.Equal(["tcp/192.0.2.10:80", "tcp/192.0.2.11:80"], (await Client.GetServicesAsync(Stop)).Select(service => $"{service}"));
    }

    [Fact]
    public async Task A_service_whose_servers_the_document_does_not_name_keeps_them()
    {
        await SyncAsync(Document(Service("tcp/192.0.2.10:80", "rr", Server("192.0.2.21:80", 1))));
        await SyncAsync(Document(Service("tcp/192.0.2.10:80", "wlc") with { RealServers = null }));
        Assert.Equal("wlc", Assert.Single(await Client.GetServicesAsync(Stop)).Scheduler);
        Assert.Single(await Client.GetRealServersAsync(LvsServiceId.Parse("tcp/192.0.2.10:80"), Stop));
    }

    [Theory]
    [InlineData(null, null, null, true)]
    [InlineData(null, null, 2u, true)]
    [InlineData(0, null, null, false)]
    [InlineData(null, 0, null, false)]
    public async Task No_service_is_brought_under_its_minimum(int? option, int? documented, uint? quorum, bool refused)
    {
        LvsConfiguration before = Document(Service("tcp/192.0.2.10:80", "rr", Server("192.0.2.21:80", 1)), Service("tcp/192.0.2.11:80", "rr", Server("192.0.2.21:80", 1)));
        await SyncAsync(before);
        LvsConfiguration document = Document(
            Service("tcp/192.0.2.10:80", "wlc", Server("192.0.2.21:80", 0)) with { MinimumAvailable = documented, Quorum = quorum },
            Service("tcp/192.0.2.11:80", "wlc", Server("192.0.2.21:80", 2)));

        LvsSyncResult result = await ApplyAsync(await PlanAsync(document, new SyncOptions { MinimumAvailable = option }));

        Assert.Equal(refused, !result.Succeeded);
        Assert.Equal(
            refused ? ["MinimumNotKept"] : Array.Empty<string>(), result.Failures.Select(failure => $"{Assert.IsType<LvsSyncException>(failure.Failure).Error}"));
        // The other service goes on.
        Assert.Equal([refused ? "rr" : "wlc", "wlc"], (await Client.GetServicesAsync(Stop)).Select(service => service.Scheduler));
    }

    [Theory]
    [InlineData("50%", 2, false)]
    [InlineData("50%", 1, true)]
    [InlineData("3", 2, true)]
    [InlineData("3", 3, false)]
    public async Task The_minimum_is_a_count_or_a_share(string minimum, int available, bool refused)
    {
        ServerConfiguration[] servers = [.. Enumerable.Range(21, 4).Select(number => Server($"192.0.2.{number}:80", 1))];
        await SyncAsync(Document(Service("tcp/192.0.2.10:80", "rr", servers)));
        bool isPercent = minimum.EndsWith('%');
        LvsConfiguration document = Document(Service("tcp/192.0.2.10:80", "rr", [.. servers.Select((server, index) => Server($"{server.RealServer}", index < available ? 1 : 0))]) with
        {
            MinimumAvailable = int.Parse(minimum.TrimEnd('%'), System.Globalization.CultureInfo.InvariantCulture),
            MinimumIsPercent = isPercent,
        });
        Assert.Equal(refused, Assert.Single((await PlanAsync(document)).Items).Refusal is not null);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_step_that_fails_stops_its_service_only_and_can_take_everything_back(bool rollback)
    {
        await SyncAsync(Document(
            Service("tcp/192.0.2.10:80", "rr", Server("192.0.2.21:80", 1), Server("192.0.2.22:80", 1)),
            Service("tcp/192.0.2.11:80", "rr", Server("192.0.2.21:80", 1), Server("192.0.2.22:80", 7))));
        string before = await TableAsync();
        LvsConfiguration document = Document(
            Service("tcp/192.0.2.10:80", "nosuch", Server("192.0.2.23:80", 1)),
            Service("tcp/192.0.2.11:80", "wlc", Server("192.0.2.23:80", 1)),
            Service("tcp/192.0.2.12:80", "wlc", Server("192.0.2.23:80", 1))) with
        { Timeout = new LvsTimeout { Udp = 77 } };
        LvsTimeout timeout = await Client.GetTimeoutAsync(Stop);

        LvsSyncResult result = await ApplyAsync(await PlanAsync(document), new SyncOptions { Rollback = rollback });

        Assert.Equal("SchedulerNotFound", $"{Assert.IsType<IpvsException>(Assert.Single(result.Failures).Failure).Error}");
        LvsSyncStep[] failed = [.. result.Steps.Where(step => step.Identity.EndsWith("192.0.2.10:80", StringComparison.Ordinal))];
        Assert.Equal(
            [rollback ? LvsSyncState.TakenBack : LvsSyncState.Done, LvsSyncState.Failed, LvsSyncState.NotDone, LvsSyncState.NotDone, LvsSyncState.NotDone, LvsSyncState.NotDone, LvsSyncState.NotDone],
            failed.Select(step => step.State));
        if (rollback)
        {
            Assert.Equal(before, await TableAsync());
            Assert.Equal(timeout.Udp, (await Client.GetTimeoutAsync(Stop)).Udp);
            Assert.DoesNotContain(result.Steps, step => step.State == LvsSyncState.Done);
        }
        else
        {
            // Nothing was taken from the service whose new scheduler the kernel has not.
            Assert.Equal(
                ["192.0.2.21:80 1", "192.0.2.22:80 1", "192.0.2.23:80 1"],
                (await Client.GetRealServersAsync(LvsServiceId.Parse("tcp/192.0.2.10:80"), Stop)).Select(server => $"{server.RealServer} {server.Settings.Weight}"));
            Assert.Equal(["rr", "wlc", "wlc"], (await Client.GetServicesAsync(Stop)).Select(service => service.Scheduler));
            Assert.Equal(77u, (await Client.GetTimeoutAsync(Stop)).Udp);
        }
    }

    [Fact]
    public async Task What_another_administrator_did_meanwhile_is_compared_and_never_overwritten_unseen()
    {
        await SyncAsync(Document(Service("tcp/192.0.2.10:80", "rr", Server("192.0.2.21:80", 1), Server("192.0.2.22:80", 1))));
        LvsPlan plan = await PlanAsync(Document(
            Service("tcp/192.0.2.10:80", "rr", Server("192.0.2.21:80", 5), Server("192.0.2.23:80", 1)),
            Service("tcp/192.0.2.11:80", "wlc", Server("192.0.2.21:80", 1)),
            Service("tcp/192.0.2.12:80", "wlc", Server("192.0.2.21:80", 1)),
            Service("tcp/192.0.2.13:80", "wlc", Server("192.0.2.21:80", 1))));

        await using IpvsClient other = await ConnectAsync();
        LvsServiceId first = LvsServiceId.Parse("tcp/192.0.2.10:80");
        // The same, something else, and a service of the document's without its servers.
        Assert.Equal([null], await other.AddRealServersAsync(first, [Server("192.0.2.23:80", 1).Settings], Stop));
        Assert.Equal([null], await other.RemoveRealServersAsync(first, [LvsServerId.Parse("192.0.2.22:80")], Stop));
        await other.AddServiceAsync(Service("tcp/192.0.2.11:80", "wlc").Settings, Stop);
        await other.AddServiceAsync(Service("tcp/192.0.2.12:80", "sed").Settings, Stop);

        LvsSyncResult result = await ApplyAsync(plan);

        LvsSyncException conflict = Assert.IsType<LvsSyncException>(Assert.Single(result.Failures).Failure);
        Assert.Equal(LvsSyncError.ChangedMeanwhile, conflict.Error);
        Assert.Contains("tcp/192.0.2.12:80", conflict.Message, StringComparison.Ordinal);
        Assert.Equal(["rr", "wlc", "sed", "wlc"], (await Client.GetServicesAsync(Stop)).Select(service => service.Scheduler));
        Assert.Empty(await Client.GetRealServersAsync(LvsServiceId.Parse("tcp/192.0.2.12:80"), Stop));
        Assert.Equal(
            ["192.0.2.21:80 5", "192.0.2.23:80 1"],
            (await Client.GetRealServersAsync(first, Stop)).Select(server => $"{server.RealServer} {server.Settings.Weight}"));
        Assert.Equal(
            ["add 192.0.2.23:80", "set 192.0.2.22:80 Weight: 1 -> 0", "remove 192.0.2.22:80", "add service"],
            result.Steps.Where(step => step.State == LvsSyncState.Unneeded).Select(step => step.Step));
    }

    [Fact]
    public async Task What_an_operator_holds_keeps_weight_0_and_is_no_drift_until_the_hold_ends()
    {
        LvsConfiguration document = Document(Service("tcp/192.0.2.10:80", "rr", Server("192.0.2.21:80", 3), Server("192.0.2.22:80", 1)));
        await SyncAsync(document);
        LvsServiceId service = document.VirtualServices[0].VirtualService;
        DateTimeOffset now = DateTimeOffset.UtcNow;
        LvsHold hold = new() { VirtualService = service, RealServer = LvsServerId.Parse("192.0.2.21:80"), Weight = 3, By = "ada@admin", Since = now, Reason = "new disk", Until = now.AddHours(1) };
        await HoldStore.AddAsync(Host, hold, Stop);
        try
        {
            Assert.Equal(hold, Assert.Single(await HoldStore.ReadAsync(Host, Stop)));

            // Somebody has raised it: held is held.
            await SyncAsync(document);
            Assert.Equal("0 1", await WeightsAsync());
            LvsPlan plan = await PlanAsync(document);
            LvsConfigurationChange held = Assert.Single(plan.Changes);
            Assert.Equal((LvsChangeAction.Held, "Weight", "0", "3"), (held.Action, held.Property, held.Current, held.Desired));
            Assert.Contains("ada@admin", held.Reason, StringComparison.Ordinal);
            Assert.Contains("new disk", held.Reason, StringComparison.Ordinal);
            Assert.True(plan.IsInDesiredState);
            Assert.Equal(0, Assert.Single(plan.Items).StepCount);

            // Also when it is added anew; and it does not count as one that takes connections.
            Assert.Equal([null], await Client.RemoveRealServersAsync(service, [hold.RealServer], Stop));
            await SyncAsync(document);
            Assert.Equal("0 1", await WeightsAsync());
            LvsPlan alone = await PlanAsync(Document(Service("tcp/192.0.2.10:80", "rr", Server("192.0.2.21:80", 3), Server("192.0.2.22:80", 0))));
            Assert.Equal(LvsSyncError.MinimumNotKept, Assert.IsType<LvsSyncException>(Assert.Single(alone.Items).Refusal).Error);

            await HoldStore.AddAsync(Host, hold with { Until = now.AddSeconds(-1) }, Stop);
            Assert.False((await PlanAsync(document)).IsInDesiredState);
            await SyncAsync(document);
            Assert.Equal("3 1", await WeightsAsync());
        }
        finally
        {
            await HoldStore.RemoveAsync(Host, service, hold.RealServer, Stop);
        }

        Assert.Empty(await HoldStore.ReadAsync(Host, Stop));
        Assert.Empty(await Host.ListDirectoryAsync(HoldStore.Directory, Stop));

        async Task<string> WeightsAsync() => string.Join(' ', (await Client.GetRealServersAsync(service, Stop)).Select(server => server.Weight));
    }

    [Fact]
    public async Task A_fingerprint_is_of_what_the_plan_was_made_from()
    {
        LvsConfiguration document = Document(Service("tcp/192.0.2.10:80", "rr", Server("192.0.2.21:80", 1))) with { Timeout = new LvsTimeout { Udp = 300 } };
        await SyncAsync(document);
        string fingerprint = (await PlanAsync(document)).Fingerprint;
        Assert.Equal(fingerprint, (await PlanAsync(document)).Fingerprint);

        // Not the document's.
        await Client.AddServiceAsync(Service("tcp/192.0.2.99:80", "rr").Settings, Stop);
        Assert.Equal(fingerprint, (await PlanAsync(document)).Fingerprint);

        await Client.SetTimeoutAsync(new LvsTimeout { Udp = 299 }, Stop);
        string other = (await PlanAsync(document)).Fingerprint;
        Assert.NotEqual(fingerprint, other);
        LvsRealServer server = Assert.Single(await Client.GetRealServersAsync(document.VirtualServices[0].VirtualService, Stop));
        await Client.SetRealServerAsync(server, server.Settings with { UpperThreshold = 10 }, Stop);
        Assert.NotEqual(other, (await PlanAsync(document)).Fingerprint);
    }

    private protected async ValueTask<IpvsClient> ConnectAsync() =>
        await IpvsClient.ConnectAsync(await Host.OpenNetlinkAsync(Stop), "director", null, Stop);

    private protected ValueTask<LvsPlan> PlanAsync(LvsConfiguration document, SyncOptions? options = null) =>
        ConfigurationPlanner.PlanAsync(Host, Client, document, options ?? new SyncOptions(), Stop);

    private protected ValueTask<LvsSyncResult> ApplyAsync(LvsPlan plan, SyncOptions? options = null) =>
        PlanExecutor.RunAsync(Host, Client, plan, options ?? new SyncOptions(), _ => ValueTask.CompletedTask, Stop);

    private protected async Task SyncAsync(LvsConfiguration document, SyncOptions? options = null)
    {
        SyncOptions given = (options ?? new SyncOptions()) with { MinimumAvailable = 0 };
        LvsSyncResult result = await ApplyAsync(await PlanAsync(document, given), given);
        Assert.True(result.Succeeded, string.Join('\n', result.Steps) + string.Join('\n', result.Failures));
    }

    private protected async Task IsDesired(LvsConfiguration document, SyncOptions? options = null)
    {
        LvsPlan plan = await PlanAsync(document, options);
        Assert.Empty(plan.Changes);
        Assert.True(plan.IsInDesiredState);
    }

    /// <summary>The whole table as text, without counters.</summary>
    private protected async Task<string> TableAsync() => string.Join('\n', (await DirectorState.ReadAsync(Client, null, Stop)).Lines);

    private protected static LvsConfiguration Document(params ServiceConfiguration[] services) => new() { VirtualServices = services };

    private protected static ServiceConfiguration Service(string id, string scheduler, params ServerConfiguration[] servers) => new()
    {
        Settings = new VirtualServiceSettings { VirtualService = LvsServiceId.Parse(id), Scheduler = scheduler },
        RealServers = servers,
    };

    private protected static ServerConfiguration Server(string id, int weight) => new()
    {
        Settings = new RealServerSettings { RealServer = LvsServerId.Parse(id), Weight = weight },
    };
}
