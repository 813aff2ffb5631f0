using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace LvsAdmin.Core.Network;

/// <summary>One line of the sysctl configuration (sysctl.d(5)): a key, or a pattern of keys, and its value.</summary>
/// <param name="Key">The path below /proc/sys: <c>net/ipv4/conf/eth0.100/arp_ignore</c>.</param>
/// <param name="Value">The value; null for a line that keeps the key out of the patterns (<c>-KEY</c>).</param>
/// <param name="Path">The file.</param>
/// <param name="Line">The number of the line, from 1.</param>
internal sealed record SysctlAssignment(string Key, string? Value, string Path, int Line)
{
    private static readonly char[] GlobCharacters = ['*', '?', '['];

    private readonly Lazy<Regex?> _pattern = new(() => ToRegex(Key));

    /// <summary>Whether the key is a pattern, as of glob(7).</summary>
    internal bool IsPattern => Key.IndexOfAny(GlobCharacters) >= 0;

    /// <summary>Where it stands, as people and editors write it: <c>/etc/sysctl.d/90-lvs.conf:3</c>.</summary>
    internal string Source => string.Create(CultureInfo.InvariantCulture, $"{Path}:{Line}");

    /// <summary>The number that the kernel takes from the value: the first word. Null where that is none.</summary>
    internal int? Number =>
        int.TryParse(Value?.Split([' ', '\t'], 2)[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : null;

    /// <summary>Whether a key is meant by the pattern.</summary>
    internal bool Matches(string key) => IsPattern && _pattern.Value is { } regex && regex.IsMatch(key);

    /// <summary>Reads the lines of a file. What is no assignment is passed over, as the programs that read these files do.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">What is in it.</param>
    /// <param name="isSystemd">Whether systemd-sysctl reads it, which lets blanks follow a leading dash; procps takes them for a part of the key.</param>
    internal static IEnumerable<SysctlAssignment> Parse(string path, string text, bool isSystemd)
    {
        int number = 0;
        foreach (string raw in text.Split('\n'))
        {
            number++;
            string line = raw.Trim();
            if (line.Length == 0 || line[0] is '#' or ';')
            {
                continue;
            }

            bool dashed = line[0] == '-';
            line = dashed ? line[1..] : line;
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            string key = (equals < 0 ? line : line[..equals]).TrimEnd();
            if (key.Length > 0 && (equals >= 0 || dashed) && (isSystemd || !char.IsWhiteSpace(key[0])))
            {
                yield return new SysctlAssignment(Normalize(key.TrimStart()), equals < 0 ? null : line[(equals + 1)..].Trim(), path, number);
            }
        }
    }

    /// <summary>
    /// A key as a path. Where its first separator is a dot, dots and slashes change places, so that <c>eth0/100</c> is the interface eth0.100;
    /// otherwise it is a path already (sysctl_normalize of systemd, slashdot of procps).
    /// </summary>
    internal static string Normalize(string key)
    {
        int first = key.AsSpan().IndexOfAny('/', '.');
        string path = first >= 0 && key[first] == '.'
            ? string.Create(key.Length, key, (span, source) =>
            {
                for (int index = 0; index < span.Length; index++)
                {
                    span[index] = source[index] switch { '.' => '/', '/' => '.', var other => other };
                }
            })
            : key;
        return string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries));
    }

    private static Regex? ToRegex(string glob)
    {
        StringBuilder pattern = new("^");
        for (int index = 0; index < glob.Length; index++)
        {
            int end = glob[index] == '[' && index + 2 < glob.Length ? glob.IndexOf(']', index + 2) : -1;
            switch (glob[index])
            {
                case '*':
                    pattern.Append("[^/]*");
                    break;
                case '?':
                    pattern.Append("[^/]");
                    break;
                case '[' when end > 0:
                    string members = glob[(index + 1)..end];
                    bool negated = members[0] is '!' or '^';
                    pattern.Append(negated ? "[^/" : "[")
                        .Append((negated ? members[1..] : members).Replace(@"\", @"\\", StringComparison.Ordinal).Replace("[", @"\[", StringComparison.Ordinal).Replace("]", @"\]", StringComparison.Ordinal))
                        .Append(']');
                    index = end;
                    break;
                default:
                    pattern.Append(Regex.Escape(glob[index].ToString()));
                    break;
            }
        }

        try
        {
            return new Regex(pattern.Append('$').ToString(), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (ArgumentException)
        {
            // A class such as [z-a], which glob(3) matches with nothing either.
            return null;
        }
    }
}
