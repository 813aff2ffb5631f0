using System.Diagnostics;
using System.Globalization;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Fleet;

/// <summary>Watches this process and the stand-ins that it starts, from a thread of its own, while something goes on.</summary>
internal sealed class ProcessWatch : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly string _mark;
    private readonly Thread _thread;
    private readonly HashSet<int> _running = [];
    private readonly Timer _timer;
    private readonly Stopwatch _sinceTick = Stopwatch.StartNew();
    private readonly object _gate = new();
    private volatile bool _ended;

    /// <param name="mark">What the hosts' names begin with.</param>
    internal ProcessWatch(string mark)
    {
        _mark = $" -- {mark}";
        // Its ticks need a thread of the pool, as every continuation does.
        _timer = new Timer(_ => Tick(), null, Pause, Pause);
        _thread = new Thread(Watch) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>How many stand-ins ran at once at most.</summary>
    internal int Processes { get; private set; }

    /// <summary>How many threads the pool had at most.</summary>
    internal int PoolThreads { get; private set; }

    /// <summary>How many threads the whole process had at most.</summary>
    internal int Threads { get; private set; }

    /// <summary>The longest time between two ticks of a timer.</summary>
    internal TimeSpan LongestSilence { get; private set; }

    /// <summary>How much memory the process had at most, in bytes: what is its own and not shared.</summary>
    internal long Memory { get; private set; }

    /// <summary>The process's own memory now.</summary>
    internal static long MemoryNow()
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>Ends the watch; once more does nothing.</summary>
    public void Dispose()
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        _thread.Join();
        using ManualResetEvent ended = new(false);
        _timer.Dispose(ended);
        ended.WaitOne();
    }

    private void Tick()
    {
        lock (_gate)
        {
            LongestSilence = _sinceTick.Elapsed > LongestSilence ? _sinceTick.Elapsed : LongestSilence;
            _sinceTick.Restart();
        }
    }

    private void Watch()
    {
        using StandIn.Reader calls = new();
        while (!_ended)
        {
            _running.UnionWith(calls.ReadNew().Where(call => call.Arguments.Contains(_mark, StringComparison.Ordinal)).Select(call => call.Process));
            _running.RemoveWhere(process => !Directory.Exists($"/proc/{process}"));
            Processes = Math.Max(Processes, _running.Count);
            PoolThreads = Math.Max(PoolThreads, ThreadPool.ThreadCount);
            Threads = Math.Max(Threads, Directory.GetDirectories("/proc/self/task").Length);
            Memory = Math.Max(Memory, MemoryNow());
            Thread.Sleep(Pause);
        }

        Tick();
    }
}
