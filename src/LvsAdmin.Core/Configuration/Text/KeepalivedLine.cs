using System.Text;

namespace LvsAdmin.Core.Configuration;

/// <summary>How keepalived takes a line apart (lib/parser.c of 2.2: decomment, alloc_strvec_r, alloc_strvec_quoted_escaped).</summary>
internal static class KeepalivedLine
{
    internal const string Invalid = "KeepalivedSyntaxInvalid";

    private static readonly char[] Blank = [' ', '\t', '\f', '\n', '\r', '\v'];

    /// <summary>
    /// Takes comments away, and white space around. # and ! begin a comment unless they stand in double quotes or behind a backslash. A backslash that ends
    /// the line makes a definition go on in the next one; it is taken away too.
    /// </summary>
    internal static string Uncomment(string line, TextPosition position, out bool goesOn)
    {
        StringBuilder text = new();
        bool quoted = false;
        goesOn = false;
        for (int index = 0; index < line.Length; index++)
        {
            char c = line[index];
            if (c is '#' or '!' && !quoted)
            {
                // The backslash that ends a comment counts as well.
                goesOn = line.EndsWith('\\');
                break;
            }

            if (c == '\\')
            {
                if (index + 1 == line.Length)
                {
                    goesOn = true;
                    break;
                }

                index++;
                if (quoted || line[index] is not ('#' or '!'))
                {
                    text.Append(c);
                }

                text.Append(line[index]);
                continue;
            }

            quoted ^= c == '"';
            text.Append(c);
        }

        return quoted ? throw position.Error(Invalid, "A double quote is not closed.") : text.ToString().Trim(' ', '\t');
    }

    /// <summary>The words of a line: separated by white space, a text in double quotes is one.</summary>
    internal static List<string> Words(string line, TextPosition position)
    {
        List<string> words = [];
        int index = 0;
        while (true)
        {
            while (index < line.Length && Blank.Contains(line[index]))
            {
                index++;
            }

            if (index == line.Length)
            {
                return words;
            }

            int end;
            if (line[index] == '"')
            {
                index++;
                end = line.IndexOf('"', index);
                end = end < 0 ? throw position.Error(Invalid, "A double quote is not closed.") : end;
                words.Add(line[index..end]);
                index = end + 1;
                continue;
            }

            end = index;
            while (end < line.Length && line[end] != '"' && !Blank.Contains(line[end]))
            {
                end++;
            }

            words.Add(line[index..end]);
            index = end;
        }
    }

    /// <summary>The words of a line in which single quotes, double quotes and backslashes count, as in regular expressions and command lines.</summary>
    internal static List<string> EscapedWords(string line, TextPosition position)
    {
        List<string> words = [];
        int index = 0;
        while (true)
        {
            while (index < line.Length && Blank.Contains(line[index]))
            {
                index++;
            }

            if (index == line.Length)
            {
                return words;
            }

            words.Add(EscapedWord(line, ref index, position));
        }
    }

    /// <summary>Where the first brace is that stands outside double quotes; -1 when there is none.</summary>
    internal static int Brace(string line)
    {
        for (int index = 0; index < line.Length; index++)
        {
            if (line[index] is '{' or '}')
            {
                return index;
            }

            if (line[index] == '"')
            {
                index = line.IndexOf('"', index + 1);
                if (index < 0)
                {
                    return -1;
                }
            }
        }

        return -1;
    }

    private static string EscapedWord(string line, ref int index, TextPosition position)
    {
        StringBuilder word = new();
        char quote = '\0';
        for (; index < line.Length; index++)
        {
            char c = line[index];
            if (c == '\\')
            {
                word.Append(Escape(line, ref index, position));
            }
            else if (quote != 0 && c == quote)
            {
                quote = '\0';
            }
            else if (c is '"' or '\'' && quote == 0)
            {
                quote = c;
            }
            else if (quote == 0 && Blank.Contains(c))
            {
                break;
            }
            else
            {
                word.Append(c);
            }
        }

        return quote == 0 ? word.ToString() : throw position.Error(Invalid, $"A quote {quote} is not closed.");
    }

    // Leaves the index on the last character of the escape.
    private static char Escape(string line, ref int index, TextPosition position)
    {
        if (++index == line.Length)
        {
            throw position.Error(Invalid, "A backslash ends the line and escapes nothing.");
        }

        char c = line[index];
        int number = 0;
        if (c == 'x' && index + 1 < line.Length && char.IsAsciiHexDigit(line[index + 1]))
        {
            while (index + 1 < line.Length && char.IsAsciiHexDigit(line[index + 1]))
            {
                number = ((number << 4) | Convert.ToInt32(line[++index].ToString(), 16)) & 0xff;
            }

            return (char)number;
        }

        if (c == 'c' && index + 1 < line.Length)
        {
            return (char)(line[++index] & 0x1f);
        }

        if (c is >= '0' and <= '7')
        {
            number = c - '0';
            for (int digits = 1; digits < 3 && index + 1 < line.Length && line[index + 1] is >= '0' and <= '7'; digits++)
            {
                number = (number << 3) + line[++index] - '0';
            }

            return (char)(number & 0xff);
        }

        return c switch
        {
            'a' => '\a',
            'b' => '\b',
            'E' => '\x1b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\v',
            _ => c,
        };
    }
}
