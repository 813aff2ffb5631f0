using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Hosts.Ssh;

/// <summary>Host names as users write them: ranges and lists of numbers in brackets, lines of a file with comments, duplicates.</summary>
public static class HostNames
{
    /// <summary>How many hosts one call may name: more is a slip of the keyboard.</summary>
    public const int HostsAtMost = 65536;

    /// <summary>
    /// Reads names, each as <see cref="SshTarget.Parse"/> does, after its ranges are written out: <c>rs[01-20]</c> is rs01 to rs20, <c>rs[1,3,5-7].example.org</c>
    /// five hosts; a number's leading zeros give all the same width. A name may have several. Blank texts and comments, from a # on, are passed over.
    /// </summary>
    /// <returns>The hosts in the order in which they are named, each once.</returns>
    /// <exception cref="LvsValidationException">A text names no host, or all name too many (InvalidHostName; the parts of a name have ids of their own).</exception>
    public static IReadOnlyList<SshTarget> Expand(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        HashSet<SshTarget> known = [];
        List<SshTarget> targets = [];
        int count = 0;
        foreach (string text in texts)
        {
            string name = WithoutComment(text ?? string.Empty);
            foreach (string single in name.Length == 0 ? [] : Expand(name, name, 0))
            {
                if (++count > HostsAtMost)
                {
                    throw SshTargetText.Refuse(name, $"with it there are more than {HostsAtMost} hosts");
                }

                SshTarget target = SshTarget.Parse(single);
                if (known.Add(target))
                {
                    targets.Add(target);
                }
            }
        }

        return targets;
    }

    private static string WithoutComment(string text)
    {
        text = text.Trim();
        int comment = text.IndexOf('#', StringComparison.Ordinal);
        return comment == 0 || (comment > 0 && char.IsWhiteSpace(text[comment - 1])) ? text[..comment].TrimEnd() : text;
    }

    // The first brackets are written out, and what is behind them after that, for each.
    private static IEnumerable<string> Expand(string whole, string text, int from)
    {
        int start = text.IndexOf('[', from);
        int end = start < 0 ? -1 : text.IndexOf(']', start);
        if (start < 0)
        {
            return [text];
        }

        if (end < 0)
        {
            throw SshTargetText.Refuse(whole, "a bracket is not closed");
        }

        string list = text[(start + 1)..end];
        // The brackets of an address.
        return list.Contains(':', StringComparison.Ordinal)
            ? Expand(whole, text, end)
            : list.Split(',').SelectMany(item => Numbers(whole, item)).SelectMany(number => Expand(whole, text[..start] + number + text[(end + 1)..], start + number.Length));
    }

    private static IEnumerable<string> Numbers(string whole, string item)
    {
        string[] ends = item.Split('-');
        string first = ends[0];
        return ends.Length <= 2 && TryRead(first, out int from) && TryRead(ends[^1], out int to) && from <= to && to - from < HostsAtMost
            ? Enumerable.Range(from, to - from + 1).Select(number => number.ToString(CultureInfo.InvariantCulture).PadLeft(first[0] == '0' ? first.Length : 0, '0'))
            : throw SshTargetText.Refuse(whole, $"'{SshTargetText.Shown(item)}' is no number and no range such as 01-20");
    }

    private static bool TryRead(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
