using System.Globalization;
using System.Text;

namespace LvsAdmin.Core.Network;

/// <summary>The difference between two texts of a file, as <c>diff -u</c> shows it.</summary>
internal static class TextDifference
{
    private const int Context = 3;
    private const string Nothing = "/dev/null";

    /// <summary>The difference; empty where there is none.</summary>
    /// <param name="path">The file, for the head.</param>
    /// <param name="before">The text as it is; null where there is no file.</param>
    /// <param name="after">The text as it will be; null where the file goes.</param>
    internal static string Unified(string path, string? before, string? after)
    {
        string[] old = Lines(before);
        string[] fresh = Lines(after);
        List<(char Sign, string Line)> script = Compare(old, fresh);
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"--- {(before is null ? Nothing : path)}\n+++ {(after is null ? Nothing : path)}");
        bool any = false;
        for (int at = 0; at < script.Count;)
        {
            if (script[at].Sign == ' ')
            {
                at++;
                continue;
            }

            (int begin, int end) = Hunk(script, at);
            Append(text, script, begin, end);
            at = end;
            any = true;
        }

        return any ? text.ToString() : string.Empty;
    }

    private static string[] Lines(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return [];
        }

        string[] lines = text.Split('\n');
        return text.EndsWith('\n') ? lines[..^1] : [.. lines[..^1], lines[^1] + "\n\\ No newline at end of file"];
    }

    // The changes around one place that have no more than twice the context between them, with the context before and after.
    private static (int Begin, int End) Hunk(List<(char Sign, string Line)> script, int first)
    {
        int last = first;
        for (int at = first; at < script.Count && at - last <= (2 * Context) + 1; at++)
        {
            if (script[at].Sign != ' ')
            {
                last = at;
            }
        }

        return (Math.Max(first - Context, 0), Math.Min(last + Context + 1, script.Count));
    }

    private static void Append(StringBuilder text, List<(char Sign, string Line)> script, int begin, int end)
    {
        IEnumerable<(char Sign, string Line)> hunk = script.Take(end).Skip(begin);
        string old = Range(script, begin, end, '-');
        string fresh = Range(script, begin, end, '+');
        text.Append(CultureInfo.InvariantCulture, $"\n@@ -{old} +{fresh} @@");
        foreach ((char sign, string line) in hunk)
        {
            text.Append('\n').Append(sign).Append(line);
        }
    }

    // An empty range is named by the line before it.
    private static string Range(List<(char Sign, string Line)> script, int begin, int end, char side)
    {
        int before = script.Take(begin).Count(line => line.Sign == ' ' || line.Sign == side);
        int count = script.Take(end).Skip(begin).Count(line => line.Sign == ' ' || line.Sign == side);
        return string.Create(CultureInfo.InvariantCulture, $"{(count == 0 ? before : before + 1)},{count}");
    }

    // By the longest common subsequence, after what is equal at both ends: the files are small.
    private static List<(char Sign, string Line)> Compare(string[] old, string[] fresh)
    {
        int shorter = Math.Min(old.Length, fresh.Length);
        int head = 0;
        while (head < shorter && old[head] == fresh[head])
        {
            head++;
        }

        int tail = 0;
        while (tail < shorter - head && old[^(tail + 1)] == fresh[^(tail + 1)])
        {
            tail++;
        }

        List<(char, string)> script = [.. old.Take(head).Select(line => (' ', line))];
        Middle(script, old[head..^tail], fresh[head..^tail]);
        script.AddRange(old[^tail..].Select(line => (' ', line)));
        return script;
    }

    private static void Middle(List<(char Sign, string Line)> script, string[] old, string[] fresh)
    {
        int[,] common = new int[old.Length + 1, fresh.Length + 1];
        for (int i = old.Length - 1; i >= 0; i--)
        {
            for (int j = fresh.Length - 1; j >= 0; j--)
            {
                common[i, j] = old[i] == fresh[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        for (int i = 0, j = 0; i < old.Length || j < fresh.Length;)
        {
            if (i < old.Length && j < fresh.Length && old[i] == fresh[j])
            {
                script.Add((' ', old[i++]));
                j++;
            }
            else if (i < old.Length && (j == fresh.Length || common[i + 1, j] >= common[i, j + 1]))
            {
                script.Add(('-', old[i++]));
            }
            else
            {
                script.Add(('+', fresh[j++]));
            }
        }
    }
}
