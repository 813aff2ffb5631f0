namespace LvsAdmin.Core.Configuration;

/// <summary>What somebody who mistyped a name may have meant.</summary>
internal static class Suggestion
{
    /// <summary>A sentence that asks for the nearest of the names, with a space before it; empty when none is near.</summary>
    internal static string For(string text, IEnumerable<string> names)
    {
        (string Name, int Distance) nearest = names.Select(name => (name, Distance(text.ToUpperInvariant(), name.ToUpperInvariant())))
            .DefaultIfEmpty((string.Empty, int.MaxValue)).MinBy(pair => pair.Item2);
        return nearest.Distance <= Math.Max(1, Math.Min(text.Length, nearest.Name.Length) / 3) ? $" Did you mean {nearest.Name}?" : string.Empty;
    }

    // The least number of letters to be put in, taken out, changed or exchanged with their neighbour (Damerau); of texts that could be near only.
    private static int Distance(string left, string right)
    {
        const int Longest = 64;
        if (left.Length > Longest || right.Length > Longest)
        {
            return int.MaxValue;
        }

        int[] before = [];
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int[] next = new int[row.Length];
            next[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int changed = row[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                next[j] = Math.Min(changed, Math.Min(row[j], next[j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    next[j] = Math.Min(next[j], before[j - 2] + 1);
                }
            }

            (before, row) = (row, next);
        }

        return row[right.Length];
    }
}
