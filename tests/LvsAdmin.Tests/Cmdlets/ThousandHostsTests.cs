using System.Diagnostics;
using LvsAdmin.Hosting;

namespace LvsAdmin.Tests.Cmdlets;

/// <summary>A thousand hosts, of which every twentieth fails in one of four ways: the counts are right, and neither processes nor threads nor memory grow with them.</summary>
[Collection(CmdletGroup.Name)]
[Trait("Level", "Cmdlets")]
public sealed class ThousandHostsTests(CmdletFixture fixture)
{
    private const int Hosts = 1000;
    private const int Throttle = 32;

    [Fact]
    public void A_thousand_hosts_give_a_thousand_outcomes_with_a_bounded_effort()
    {
        // Once before, so that neither compiling nor loading is measured.
        Assert.Single(fixture.Engine.Run("Get-LvsDirector -HostName stand-in-many1").Output);
        using Observation observation = new();

        EngineResult result = fixture.Engine.Run($"Get-LvsDirector -HostName stand-in-many[1-{Hosts}] -ThrottleLimit {Throttle}");

        Assert.Equal(Hosts * 16 / 20, result.Output.Select(output => (string)output.Properties["HostName"].Value).Distinct().Count());
        Assert.Equal(
            ["AuthenticationFailed", "ConnectionRefused", "NameResolutionFailed", "other"],
            result.Errors.GroupBy(Kind).Where(kind => kind.Count() == Hosts / 20).Select(kind => kind.Key).Order(StringComparer.Ordinal));
        Assert.Equal(Hosts * 4 / 20, result.Errors.Select(error => (string)error.TargetObject).Distinct().Count());
        observation.Check();
    }

    // What a host that only babbles is called matters less than that it is an error of its own.
    private static string Kind(System.Management.Automation.ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0] switch
    {
        "ConnectionLost" or "BadReply" or "ProgramMissing" => "other",
        var id => id,
    };

    /// <summary>Watches this process from a thread of its own while it works.</summary>
    private sealed class Observation : IDisposable
    {
        private readonly CancellationTokenSource _end = new();
        private readonly long _memory = GC.GetTotalMemory(forceFullCollection: true);
        private readonly Thread _watcher;
        private readonly Timer _timer;
        private long _ticked = Stopwatch.GetTimestamp();
        private TimeSpan _longestTick;
        private int _processes;
        private int _threads;

        internal Observation()
        {
            _timer = new Timer(_ => Tick(), null, 100, 100);
            _watcher = new Thread(Watch) { IsBackground = true };
            _watcher.Start();
        }

        internal void Check()
        {
            Assert.InRange(_processes, 8, Throttle * 2);
            Assert.InRange(_threads, 1, 64);
            Assert.True(_longestTick < TimeSpan.FromSeconds(1), $"the pool's threads were busy for {_longestTick}");
            Assert.True(GC.GetTotalMemory(forceFullCollection: true) - _memory < 50_000_000, $"{GC.GetTotalMemory(false) - _memory} bytes more are in use");
        }

        public void Dispose()
        {
            _end.Cancel();
            _watcher.Join();
            _timer.Dispose();
            _end.Dispose();
        }

        private void Tick()
        {
            TimeSpan since = Stopwatch.GetElapsedTime(Interlocked.Exchange(ref _ticked, Stopwatch.GetTimestamp()));
            _longestTick = since > _longestTick ? since : _longestTick;
        }

        private void Watch()
        {
            while (!_end.IsCancellationRequested)
            {
                _processes = Math.Max(_processes, Children());
                _threads = Math.Max(_threads, ThreadPool.ThreadCount);
                Thread.Sleep(50);
            }
        }

        // proc(5): the names of children stand in a list for each thread that started some.
        private static int Children() => Directory.GetDirectories("/proc/self/task").Sum(task =>
        {
            try
            {
                return File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or IOException)
            {
                // The thread has ended.
                return 0;
            }
        });
    }
}
