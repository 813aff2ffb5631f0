using System.Diagnostics;
using System.Management.Automation;

namespace LvsAdmin.Commands;

/// <summary>How far a command over many hosts has come. Safe for concurrent use.</summary>
/// <param name="command">The command's name.</param>
/// <param name="count">How many hosts there are.</param>
internal sealed class HostProgress(string command, int count)
{
    // More often than the eye can follow is only work for the console.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly object _gate = new();
    private readonly long _began = Stopwatch.GetTimestamp();
    private TimeSpan _shown;
    private int _done;
    private int _failed;

    /// <summary>Counts a host that is done.</summary>
    /// <returns>What to show; null when it is too early for the next showing.</returns>
    internal ProgressRecord? Count(bool failed)
    {
        lock (_gate)
        {
            _done++;
            _failed += failed ? 1 : 0;
            TimeSpan now = Stopwatch.GetElapsedTime(_began);
            if (now - _shown < Interval)
            {
                return null;
            }

            _shown = now;
            return Record($"{_done} of {count} hosts" + (_failed > 0 ? $", {_failed} failed" : string.Empty));
        }
    }

    /// <summary>What takes the showing away.</summary>
    internal ProgressRecord End()
    {
        ProgressRecord record = Record("done");
        record.RecordType = ProgressRecordType.Completed;
        return record;
    }

    private ProgressRecord Record(string status) => new(command.GetHashCode(StringComparison.Ordinal) & int.MaxValue, command, status)
    {
        PercentComplete = _done * 100 / count,
    };
}
