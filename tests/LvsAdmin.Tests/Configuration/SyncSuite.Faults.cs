using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Tests.Configuration;

/// <content>What holds whatever the table and wherever the work ends: cut at any datagram, and with random tables.</content>
public abstract partial class SyncSuite
{
    [Fact]
    public async Task Killed_at_any_step_the_next_sync_finishes_and_nothing_else_has_changed()
    {
        LvsConfiguration outside = Document(Service("tcp/192.0.2.99:80", "rr", Server("192.0.2.21:80", 9)));
        LvsConfiguration before = Document(
            Service("tcp/192.0.2.10:80", "rr", Server("192.0.2.21:80", 1), Server("192.0.2.22:80", 2), Server("192.0.2.23:80", 3)),
            Service("tcp/192.0.2.11:80", "rr", Server("192.0.2.21:80", 1))) with
        { Scope = ["tcp/192.0.2.1?:80"] };
        LvsConfiguration after = Document(
            Service("tcp/192.0.2.10:80", "wlc", Server("192.0.2.22:80", 4), Server("192.0.2.23:80", 1), Server("192.0.2.24:80", 3)),
            Service("tcp/192.0.2.12:80", "rr", Server("192.0.2.21:80", 1), Server("192.0.2.22:80", 1))) with
        { Scope = ["tcp/192.0.2.1?:80"] };
        SyncOptions pruning = new() { Prune = true };
        await SyncAsync(outside);
        int cuts = 0;
        for (int datagram = 0; ; datagram++)
        {
            foreach (bool arrives in new[] { false, true })
            {
                await SyncAsync(before, pruning);
                CuttingTransport transport = new(await Host.OpenNetlinkAsync(Stop), datagram, arrives);
                IpvsClient doomed = await IpvsClient.ConnectAsync(transport, "director", null, Stop);
                await using (doomed)
                {
                    LvsPlan plan = await PlanAsync(after, pruning);
                    transport.Arm();
                    try
                    {
                        await PlanExecutor.RunAsync(Host, doomed, plan, pruning, _ => ValueTask.CompletedTask, Stop);
                    }
                    catch (Core.Netlink.NetlinkException)
                    {
                        cuts++;
                    }
                }

                if (!transport.HasCut)
                {
                    await IsDesired(after, pruning);
                    // Each wave of the plan was cut before and after it came to the kernel.
                    Assert.True(cuts >= 2 * 7, $"{cuts} cuts");
                    return;
                }

                await SyncAsync(after, pruning);
                await IsDesired(after, pruning);
                await IsDesired(outside);
            }
        }
    }

    /// <summary>How many random tables are gone through: few on a kernel that is slow.</summary>
    private protected abstract int RandomTableCount { get; }

    [Fact]
    public async Task Random_tables_come_to_be_as_their_document_says_and_the_rest_stays()
    {
        int seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        Random random = new(seed);
        SyncOptions everything = new() { Prune = true };
        for (int round = 0; round < RandomTableCount; round++)
        {
            string which = $"seed {seed}, table {round}";
            // Whatever was there, all of it becomes the first table; the second one owns a part.
            await SyncAsync(RandomTables.Next(random) with { Scope = ["*"] }, everything);
            LvsConfiguration document = RandomTables.Next(random) with { Scope = [new[] { "tcp/*", "*:80", "fwmark*", "*[2001*" }[random.Next(4)]] };
            SyncOptions options = new() { Prune = random.Next(2) == 0, MinimumAvailable = 0 };
            string[] before = [.. (await DirectorState.ReadAsync(Client, null, Stop)).Lines];

            LvsPlan plan = await PlanAsync(document, options);
            Gentle(plan, which);
            LvsSyncResult result = await ApplyAsync(plan, options);
            Assert.True(result.Succeeded, $"{which}\n{string.Join('\n', result.Steps)}\n{string.Join('\n', result.Failures)}");

            // Within the document, as it says, which is asked of the kernel and not of the planner.
            DirectorState state = await DirectorState.ReadAsync(Client, null, Stop);
            foreach (ServiceConfiguration service in document.VirtualServices)
            {
                Assert.Equal(SettingsProperties.Of(service.Settings), SettingsProperties.Of(state.Services[service.VirtualService].Settings));
                if (service.RealServers is { } servers)
                {
                    Assert.Equal(
                        servers.Select(server => server.Settings).OrderBy(server => server.RealServer), state.Servers[service.VirtualService].Select(server => server.Settings));
                }
            }

            // Outside, as it was.
            Assert.Equal(before.Where(line => !Owns(line)), state.Lines.Where(line => !Owns(line)));
            Assert.False(options.Prune && state.Services.Keys.Any(id => document.Owns(id) && document.Find(id) is null), which);

            // Nothing is left to do.
            LvsPlan again = await PlanAsync(document, options);
            Assert.True(again.Items.All(item => item.Steps.Count == 0), $"{which}\n{string.Join('\n', again.Changes)}");
            LvsPlan ofItself = await PlanAsync(await ConfigurationExport.ReadTableAsync(Client, [], Stop) with { Scope = ["*"] }, everything);
            Assert.True(ofItself.Items.Count == 0, $"{which}\n{string.Join('\n', ofItself.Changes)}");

            bool Owns(string line) => !line.StartsWith("timeout", StringComparison.Ordinal) && document.Owns(LvsServiceId.Parse(line[..line.IndexOf(' ', StringComparison.Ordinal)]));
        }
    }

    // Of each service: everything that gives it servers comes before anything that takes one, and a server is at weight 0 before it is removed.
    private static void Gentle(LvsPlan plan, string which)
    {
        foreach (LvsPlanItem item in plan.Items.Where(item => item.VirtualService is not null))
        {
            string[] steps = [.. item.Steps.Select(step => step.Text)];
            int lastAdded = Array.FindLastIndex(steps, step => step.StartsWith("add ", StringComparison.Ordinal));
            int firstLowered = Array.FindIndex(
                steps, step => step.EndsWith("-> 0", StringComparison.Ordinal) || step.StartsWith("drain ", StringComparison.Ordinal) || step.StartsWith("remove ", StringComparison.Ordinal));
            Assert.True(firstLowered < 0 || lastAdded < firstLowered, $"{which}\n{string.Join('\n', steps)}");
            int drain = Array.FindLastIndex(steps, step => step.StartsWith("drain ", StringComparison.Ordinal));
            int firstRemoved = Array.FindIndex(steps, step => step.StartsWith("remove 1", StringComparison.Ordinal) || step.StartsWith("remove [", StringComparison.Ordinal));
            Assert.True(firstRemoved < 0 || (drain >= 0 && drain < firstRemoved), $"{which}\n{string.Join('\n', steps)}");
        }
    }
}
