using System.Diagnostics;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Hosting;

namespace LvsAdmin.Benchmarks;

/// <summary>Bringing a director with 1,000 services of 10 real servers each to a desired state: one that it has, one that differs by 1 %, and all of it.</summary>
internal sealed class Syncing : IDisposable
{
    // Every tenth service has one server of another weight: 100 of 10,000 servers.
    private const int Step = 10;

    private static readonly LvsConfiguration Same = Document(0);
    private static readonly LvsConfiguration Other = Document(1);

    private readonly Engine _engine;
    private readonly Director _director;
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"lvs-bench-{Environment.ProcessId}.json");
    private bool _isOther;

    internal Syncing(Engine engine, Director director)
    {
        _engine = engine;
        _director = director;
        File.WriteAllText(_file, JsonText.Write(Same).Text);
    }

    /// <summary>How many reads and writes the last Sync of each kind took.</summary>
    internal Dictionary<string, (int Reads, int Writes)> Requests { get; } = [];

    internal IEnumerable<Contender> Contenders()
    {
        yield return new Contender("LvsAdmin, no-op Sync", () => SyncAsync("no-op", () => _isOther ? Other : Same));
        yield return new Contender("LvsAdmin, Sync of a change of 1 %", () => SyncAsync("1 %", () => (_isOther = !_isOther) ? Other : Same));
        yield return new Contender("ipvsadm -Ln", IpvsadmAsync);
    }

    /// <summary>The whole table into an empty director, beside what ipvsadm does.</summary>
    internal static IEnumerable<Contender> WholeTable()
    {
        yield return new Contender("LvsAdmin, Sync into an empty table", RestoreAsync);
        yield return new Contender("ipvsadm -R", Restore.IpvsadmAsync);
    }

    /// <summary>The cmdlet with the document's file, on a director that is as it should be.</summary>
    internal Contender Cmdlet() => new("Test-LvsConfiguration FILE", () =>
    {
        Stopwatch watch = Stopwatch.StartNew();
        EngineResult result = _engine.Run($"Test-LvsConfiguration '{_file}' -NetworkNamespace {_director.Name}");
        return result.Output is [{ BaseObject: true }]
            ? Task.FromResult(watch.Elapsed.TotalMilliseconds)
            : throw new InvalidOperationException($"The director is not as its document says. {string.Join(' ', result.Errors)}");
    });

    public void Dispose() => File.Delete(_file);

    private static LvsConfiguration Document(int more) => new()
    {
        Scope = ["*"],
        VirtualServices =
        [
            .. Table.VirtualServices.Select((service, index) => new ServiceConfiguration
            {
                Settings = service,
                RealServers =
                [
                    .. Table.RealServers.Select((server, number) => new ServerConfiguration
                    {
                        Settings = server with { Weight = server.Weight + (index % Step == 0 && number == 0 ? more : 0) },
                    }),
                ],
            }),
        ],
    };

    private async Task<double> SyncAsync(string kind, Func<LvsConfiguration> wanted)
    {
        await using LocalHost host = new(_director.Name);
        CountingTransport transport = new(await host.OpenNetlinkAsync(CancellationToken.None));
        await using IpvsClient client = await IpvsClient.ConnectAsync(transport, host.Name, _director.Name, CancellationToken.None);
        LvsConfiguration document = wanted();
        transport.Reset();
        Stopwatch watch = Stopwatch.StartNew();
        await SyncAsync(host, client, document);
        double time = watch.Elapsed.TotalMilliseconds;
        Requests[kind] = (transport.Reads, transport.Writes);
        return time;
    }

    private static async Task SyncAsync(LocalHost host, IpvsClient client, LvsConfiguration document)
    {
        SyncOptions options = new();
        LvsPlan plan = await ConfigurationPlanner.PlanAsync(host, client, document, options, CancellationToken.None);
        LvsSyncResult result = await PlanExecutor.RunAsync(host, client, plan, options, _ => ValueTask.CompletedTask, CancellationToken.None);
        if (!result.Succeeded)
        {
            throw new InvalidOperationException($"{result.Failures.Count} services could not be brought to the desired state.");
        }
    }

    private static async Task<double> RestoreAsync()
    {
        await using Director director = await Director.CreateAsync();
        await using LocalHost host = new(director.Name);
        await using IpvsClient client = await director.ConnectAsync();
        Stopwatch watch = Stopwatch.StartNew();
        await SyncAsync(host, client, Same);
        double time = watch.Elapsed.TotalMilliseconds;
        await director.CheckTableAsync();
        return time;
    }

    private async Task<double> IpvsadmAsync()
    {
        Stopwatch watch = Stopwatch.StartNew();
        _ = await _director.RunAsync("ipvsadm", ["-L", "-n"]);
        return watch.Elapsed.TotalMilliseconds;
    }
}
