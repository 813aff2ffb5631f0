using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using LvsAdmin.Hosting;
using LvsAdmin.Tests.Support;

namespace LvsAdmin.Tests.Fleet;

/// <summary>A thousand hosts, which a stand-in for ssh plays with delays and failures: what is said of them, and what they cost.</summary>
[Collection(ManyHostsGroup.Name)]
[Trait("Level", "Cmdlets")]
public sealed class ManyHostsTests
{
    private const int Count = 1000;
    private const int Limit = 48;
    private const int Megabyte = 1024 * 1024;

    // The pool tries more threads than processors when it is busy, whatever it is busy with; hosts are many more.
    private static readonly int MostPoolThreads = Environment.ProcessorCount + 62;

    // What the stand-in does by the number's remainder of 40; all others serve.
    private static readonly Dictionary<int, string> Failures = new()
    {
        [1] = "ConnectionRefused",
        [2] = "NameResolutionFailed",
        [3] = "HostKeyUnknown",
        [4] = "HostKeyChanged",
        [5] = "AuthenticationFailed",
        [6] = "HostUnreachable",
        [7] = "ConnectionLost",
        [8] = "BadReply",
    };

    [Fact]
    public void A_thousand_hosts_answer_or_say_why_with_few_processes_threads_and_little_memory()
    {
        using Engine engine = new();
        engine.Run("Get-LvsArpPolicy all -HostName stand-in-first1, stand-in-first2");
        long before = ProcessWatch.MemoryNow();
        using ProcessWatch watch = new("stand-in-lot-");

        EngineResult result = engine.Run($"Get-LvsArpPolicy all -ThrottleLimit {Limit} -HostName (1..{Count} | ForEach-Object {{ \"stand-in-lot-$_\" }})");
        watch.Dispose();

        ILookup<bool, int> failing = Enumerable.Range(1, Count).ToLookup(number => Failures.ContainsKey(number % 40));
        // First, because it shows what was said of them.
        Assert.Empty(result.Errors.Where(error => !Failures.ContainsKey(NumberOf(error) % 40)).Select(error => $"{error}"));
        Assert.Equal(
            failing[true].Select(number => $"stand-in-lot-{number} {Failures[number % 40]}").Order(StringComparer.Ordinal),
            result.Errors.Select(error => $"{error.TargetObject} {error.FullyQualifiedErrorId.Split(',')[0]}").Order(StringComparer.Ordinal));
        Assert.Equal(
            failing[false].Select(number => $"stand-in-lot-{number}").Order(StringComparer.Ordinal),
            result.Output.Select(output => (string)output.Properties["HostName"].Value).Order(StringComparer.Ordinal));
        TestContext.Current.SendDiagnosticMessage(
            $"{watch.Processes} processes, {watch.PoolThreads} pool threads, {watch.Threads} threads, {watch.LongestSilence} silence, {(watch.Memory - before) / Megabyte} MB");
        // Those whose work is done take a moment to end.
        Assert.InRange(watch.Processes, Limit / 2, Limit * 2);
        Assert.InRange(watch.PoolThreads, 1, MostPoolThreads);
        Assert.True(watch.LongestSilence < TimeSpan.FromSeconds(2), $"a timer was silent for {watch.LongestSilence}");
        Assert.InRange(watch.Memory - before, long.MinValue, 64L * Megabyte);
    }

    [Fact]
    public void Hundreds_of_open_sessions_cost_no_threads_and_little_memory()
    {
        const int Sessions = 300;
        using Engine engine = new();
        engine.Run("New-LvsSession -HostName stand-in-first3, stand-in-first4 | Remove-LvsSession");
        GC.Collect();
        long before = ProcessWatch.MemoryNow();
        using (ProcessWatch opening = new("stand-in-open-"))
        {
            EngineResult opened = engine.Run($"$sessions = New-LvsSession -ThrottleLimit {Limit} -HostName (1..{Sessions} | ForEach-Object {{ \"stand-in-open-$_\" }}); $sessions.Count");
            Assert.Empty(opened.Errors);
            Assert.Equal($"{Sessions}", Assert.Single(opened.Output).ToString());
            Stopwatch watch = Stopwatch.StartNew();
            EngineResult asked = engine.Run($"Get-LvsArpPolicy all -LvsSession $sessions -ThrottleLimit {Limit}");
            TestContext.Current.SendDiagnosticMessage($"{watch.Elapsed.TotalMilliseconds / Sessions:F2} ms a host");
            Assert.Equal(Sessions, asked.Output.Count);
            opening.Dispose();
            TestContext.Current.SendDiagnosticMessage(
                $"{opening.Processes} processes, {opening.PoolThreads} pool threads, {opening.Threads} threads, {opening.LongestSilence} silence, {(opening.Memory - before) / Sessions / 1024} KB a session");
            Assert.Equal(Sessions, opening.Processes);
            Assert.InRange(opening.PoolThreads, 1, MostPoolThreads);
            Assert.InRange((opening.Memory - before) / Sessions, long.MinValue, 300 * 1024);
        }

        Stopwatch closing = Stopwatch.StartNew();
        Assert.Empty(engine.Run("$sessions | Remove-LvsSession").Errors);
        TestContext.Current.SendDiagnosticMessage($"closed in {closing.Elapsed}");
        Assert.All(Enumerable.Range(1, Sessions), number => Assert.False(StandIn.Runs(StandIn.Calls($"stand-in-open-{number}")[0].Process), $"stand-in-open-{number} still runs"));
        Assert.True(closing.Elapsed < TimeSpan.FromSeconds(5), $"closing took {closing.Elapsed}");
    }

    private static int NumberOf(ErrorRecord error) => int.Parse(((string)error.TargetObject).Split('-')[^1], CultureInfo.InvariantCulture);
}
