using System.Diagnostics.CodeAnalysis;

namespace LvsAdmin.Core.Configuration;

/// <summary>The definitions of keepalived.conf: <c>$NAME=TEXT</c>, put in for <c>$NAME</c> and <c>${NAME}</c> (lib/parser.c, replace_param).</summary>
internal sealed class KeepalivedDefinitions
{
    private const int MostReplacements = 1000;
    private const int LongestLine = 100_000;

    // The two that keepalived defines and that mean the same everywhere.
    private readonly Dictionary<string, IReadOnlyList<string>> _values = new() { ["_HASH"] = ["\\#"], ["_BANG"] = ["\\!"] };

    /// <summary>Whether a line is a definition.</summary>
    internal static bool TrySplit(string line, [NotNullWhen(true)] out string? name, [NotNullWhen(true)] out string? value)
    {
        (name, value) = (null, null);
        int end = 1;
        while (end < line.Length && IsNamePart(line[end]))
        {
            end++;
        }

        if (line.Length < 3 || line[0] != '$' || end == 1 || char.IsAsciiDigit(line[1]) || end == line.Length || line[end] != '=')
        {
            return false;
        }

        (name, value) = (line[1..end], line[(end + 1)..].Trim(' ', '\t'));
        return true;
    }

    /// <summary>Sets a definition, which may be of several lines.</summary>
    internal void Set(string name, IReadOnlyList<string> lines) => _values[name] = lines.Count == 0 ? [""] : lines;

    /// <summary>Puts the definitions of a line in.</summary>
    /// <returns>Whether there was one that is known; what is not stays as it is written.</returns>
    internal bool TryReplace(string line, TextPosition position, out IReadOnlyList<string> lines)
    {
        bool replaced = false;
        int at = 0;
        for (int count = 0; (at = line.IndexOf('$', at)) >= 0; count++)
        {
            if (count > MostReplacements || line.Length > LongestLine)
            {
                throw position.Error(KeepalivedLine.Invalid, "The definitions of this line contain each other.");
            }

            if (Find(line, at) is not ({ } values, var end))
            {
                at++;
                continue;
            }

            replaced = true;
            if (values.Count > 1)
            {
                // One of several lines ends the line in which it stands; what it says is read line by line.
                lines = [line[..at] + values[0], .. values.Skip(1).SkipLast(1), values[^1] + line[end..]];
                return true;
            }

            line = line[..at] + values[0] + line[end..];

            // What repeats is left for each turn to fill.
            if (values[0].StartsWith('~'))
            {
                break;
            }
        }

        lines = [line];
        return replaced;
    }

    private (IReadOnlyList<string>? Values, int End) Find(string line, int dollar)
    {
        int start = dollar + 1;
        bool braced = start < line.Length && line[start] == '{';
        start += braced ? 1 : 0;
        int end = start;
        while (end < line.Length && IsNamePart(line[end]))
        {
            end++;
        }

        if (end == start || char.IsAsciiDigit(line[start]) || !_values.TryGetValue(line[start..end], out IReadOnlyList<string>? values))
        {
            return default;
        }

        bool ends = braced ? end < line.Length && line[end] == '}' : end == line.Length || line[end] is ' ' or '\t' or ',' or ')';
        return ends ? (values, end + (braced ? 1 : 0)) : default;
    }

    private static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
