using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using LvsAdmin.Core.Configuration;

namespace LvsAdmin.Core.Fleet;

/// <summary>
/// Which roll-out holds a server, in the words of <see cref="LvsHold.By"/>: <c>root@admin (roll-out 4711.1)</c>, by its process and its number there. So one that is at work is told
/// from one that was killed, whose hosts the next one may give back. What is left suspended on purpose carries the person alone.
/// </summary>
internal static class RolloutOwner
{
    private const string Begin = " (roll-out ";

    private static readonly ConcurrentDictionary<string, bool> Running = [];
    private static int _last;

    /// <summary>Begins a roll-out of a person (<c>user@machine</c>).</summary>
    internal static string New(string person)
    {
        string owner = string.Create(CultureInfo.InvariantCulture, $"{person}{Begin}{Environment.ProcessId}.{Interlocked.Increment(ref _last)})");
        Running[owner] = true;
        return owner;
    }

    /// <summary>Ends it.</summary>
    internal static void End(string owner) => Running.TryRemove(owner, out _);

    /// <summary>The person alone.</summary>
    internal static string PersonOf(string owner) => owner.LastIndexOf(Begin, StringComparison.Ordinal) is >= 0 and int at ? owner[..at] : owner;

    /// <summary>Whether somebody is another roll-out that is at work, or may be: of one on another machine nothing is known.</summary>
    /// <param name="by">Who has put a hold or a mark.</param>
    /// <param name="owner">The roll-out that asks.</param>
    internal static bool IsAtWork(string by, string owner)
    {
        string person = PersonOf(by);
        if (by == owner || person.Length == by.Length)
        {
            return false;
        }

        string id = by[(person.Length + Begin.Length)..].Split('.')[0];
        return !person.EndsWith($"@{Environment.MachineName}", StringComparison.Ordinal)
            || (id == Environment.ProcessId.ToString(CultureInfo.InvariantCulture) ? Running.ContainsKey(by) : IsProcess(id));
    }

    private static bool IsProcess(string id)
    {
        try
        {
            using Process process = Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture));
            return true;
        }
        catch (Exception unknown) when (unknown is ArgumentException or FormatException or OverflowException)
        {
            return false;
        }
    }
}
