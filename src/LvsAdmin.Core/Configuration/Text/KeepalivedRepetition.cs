using System.Globalization;

namespace LvsAdmin.Core.Configuration;

/// <summary>
/// Lines that are repeated: <c>~SEQ(VAR, START, STEP, END) LINE</c>, ~SEQx for hexadecimal numbers, and <c>~LST(VAR, VALUE, ...) LINE</c>, each time with
/// another value of the variable (keepalived.conf(5); lib/parser.c, add_seq and add_lst).
/// </summary>
internal static class KeepalivedRepetition
{
    /// <summary>What each turn defines, and the line that is repeated.</summary>
    internal static IEnumerable<IReadOnlyList<(string Name, string Value)>> Turns(
        string line, KeepalivedDefinitions definitions, TextPosition position, out string text)
    {
        int open = line.IndexOf('(', StringComparison.Ordinal);
        int close = line.IndexOf(')', StringComparison.Ordinal);
        if (open < 0 || close < open)
        {
            throw Invalid(line, position);
        }

        string head = line[..open].Trim(' ', '\t');
        string inside = line[(open + 1)..close];
        text = line[(close + 1)..].Trim(' ', '\t');
        return head switch
        {
            "~SEQ" => Numbers(inside, false, line, definitions, position),
            "~SEQx" => Numbers(inside, true, line, definitions, position),
            "~LST" => Values(inside, line, position),
            _ => throw Invalid(line, position),
        };
    }

    private static IEnumerable<IReadOnlyList<(string Name, string Value)>> Numbers(
        string inside, bool isHexadecimal, string line, KeepalivedDefinitions definitions, TextPosition position)
    {
        // The numbers may be definitions; the name of the variable may not.
        int comma = inside.IndexOf(',', StringComparison.Ordinal);
        if (comma < 1)
        {
            throw Invalid(line, position);
        }

        string name = inside[..comma].Trim(' ', '\t');
        string rest = inside[(comma + 1)..];
        if (definitions.TryReplace(rest, position, out IReadOnlyList<string> replaced))
        {
            rest = string.Concat(replaced);
        }

        List<long> numbers = [.. rest.Split(',').Select(part => Number(part.Trim(' ', '\t'), line, position))];
        (long start, long step, long end) = numbers switch
        {
            [var only] => (only < 0 ? -1L : 1L, only < 1 ? -1L : 1L, only),
            [var from, var to] => (from, from <= to ? 1L : -1L, to),
            [var from, var by, var to] => (from, by, to),
            _ => throw Invalid(line, position),
        };
        if (step == 0 || (start < end && step < 0) || (start > end && step > 0) || (isHexadecimal && (start < 0 || end < 0)))
        {
            throw Invalid(line, position);
        }

        return Sequence();

        IEnumerable<IReadOnlyList<(string Name, string Value)>> Sequence()
        {
            for (long number = start; step > 0 ? number <= end : number >= end; number += step)
            {
                yield return [(name, number.ToString(isHexadecimal ? "x" : "", CultureInfo.InvariantCulture))];
            }
        }
    }

    private static IEnumerable<IReadOnlyList<(string Name, string Value)>> Values(string inside, string line, TextPosition position)
    {
        List<IReadOnlyList<string>> sets = Sets(inside, line, position);
        IReadOnlyList<string> names = sets[0];
        if (sets.Count < 2 || sets.Skip(1).Any(set => set.Count > names.Count))
        {
            throw Invalid(line, position);
        }

        return sets.Skip(1).Select(set => (IReadOnlyList<(string Name, string Value)>)[.. names.Select((name, index) => (name, set.ElementAtOrDefault(index) ?? ""))]);
    }

    // Values between commas, each one or several in braces.
    private static List<IReadOnlyList<string>> Sets(string inside, string line, TextPosition position)
    {
        List<IReadOnlyList<string>> sets = [];
        string rest = inside.Trim(' ', '\t');
        while (true)
        {
            int end = rest.StartsWith('{') ? rest.IndexOf('}', StringComparison.Ordinal) : rest.IndexOf(',', StringComparison.Ordinal);
            if (rest.StartsWith('{'))
            {
                if (end < 0)
                {
                    throw Invalid(line, position);
                }

                sets.Add([.. rest[1..end].Split(',').Select(value => value.Trim(' ', '\t'))]);
                rest = rest[(end + 1)..].TrimStart(' ', '\t');
                if (rest.Length == 0)
                {
                    return sets;
                }

                rest = rest[0] == ',' ? rest[1..].TrimStart(' ', '\t') : throw Invalid(line, position);
                continue;
            }

            sets.Add([(end < 0 ? rest : rest[..end]).Trim(' ', '\t')]);
            if (end < 0)
            {
                return sets;
            }

            rest = rest[(end + 1)..].TrimStart(' ', '\t');
        }
    }

    // strtol with base 0: 0x for hexadecimal; octal numbers with a leading 0 are read as what they look like, since nobody means 8 by 010.
    private static long Number(string text, string line, TextPosition position)
    {
        bool isHexadecimal = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return long.TryParse(isHexadecimal ? text[2..] : text, isHexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            && number is > int.MinValue and < int.MaxValue
            ? number
            : throw Invalid(line, position);
    }

    private static LvsConfigurationException Invalid(string line, TextPosition position) =>
        position.Error(KeepalivedLine.Invalid, $"'{line}' is not written as ~SEQ(VARIABLE, START, STEP, END) LINE or ~LST(VARIABLE, VALUE, ...) LINE.");
}
