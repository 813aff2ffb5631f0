namespace LvsAdmin.Core.Configuration;

/// <summary>
/// The lines of keepalived.conf as its parser sees them (lib/parser.c of 2.2, read_line): without comments, with definitions put in, conditions decided,
/// ~SEQ and ~LST repeated, files included, and each brace a line of its own.
/// </summary>
internal sealed class KeepalivedSource(KeepalivedOptions options, List<ConfigurationNote> notes)
{
    // Bounds for what would never end, or not fit: far above what any real configuration has.
    private const int MostLines = 200_000;
    private const int DeepestInclude = 32;

    private readonly KeepalivedDefinitions _definitions = new();
    private int _lines;

    internal IEnumerable<(string Text, TextPosition Position)> Lines(string text, string? source) => File(text, source, 0);

    private IEnumerable<(string Text, TextPosition Position)> File(string text, string? source, int depth)
    {
        string? defining = null;
        List<string> definition = [];
        int number = 0;
        foreach (string raw in text.Split('\n'))
        {
            TextPosition position = new(source, ++number);
            string line = KeepalivedLine.Uncomment(raw.TrimEnd('\r'), position, out bool goesOn);

            // A definition whose lines end with a backslash goes on.
            if (defining is not null)
            {
                definition.Add(line);
            }
            else if (KeepalivedDefinitions.TrySplit(Chosen(line), out string? name, out string? value))
            {
                (defining, definition) = (name, [value]);
            }

            if (defining is not null)
            {
                if (!goesOn)
                {
                    _definitions.Set(defining, [.. definition.Where(part => part.Length > 0)]);
                    defining = null;
                }

                continue;
            }

            foreach ((string Text, TextPosition Position) made in Expand(goesOn ? line + "\\" : line, position, depth))
            {
                yield return made;
            }
        }
    }

    // A line, after all that stands for something else is put in; it may become several, or none.
    private IEnumerable<(string Text, TextPosition Position)> Expand(string line, TextPosition position, int depth)
    {
        if (++_lines > MostLines)
        {
            throw position.Error(KeepalivedLine.Invalid, $"With all that is repeated and included there are more than {MostLines} lines.");
        }

        if (depth > DeepestInclude)
        {
            throw position.Error(KeepalivedLine.Invalid, $"Files and definitions include each other more than {DeepestInclude} deep.");
        }

        line = Chosen(line);
        if (line.Length == 0)
        {
            yield break;
        }

        if (KeepalivedDefinitions.TrySplit(line, out string? name, out string? value))
        {
            _definitions.Set(name, [value]);
            yield break;
        }

        IEnumerable<(string Text, TextPosition Position)>? lines = null;
        if (line.StartsWith("~SEQ", StringComparison.Ordinal) || line.StartsWith("~LST", StringComparison.Ordinal))
        {
            lines = Repeat(line, position, depth);
        }
        else if (_definitions.TryReplace(line, position, out IReadOnlyList<string> replaced))
        {
            lines = replaced.SelectMany(each => Expand(KeepalivedLine.Uncomment(each, position, out _), position, depth + 1));
        }
        else if (Include(line, position) is { } files)
        {
            lines = files.SelectMany(file => File(file.Text, file.Path, depth + 1));
        }

        foreach ((string Text, TextPosition Position) made in lines ?? Braces(line, position))
        {
            yield return made;
        }
    }

    // @ID before a line keeps it for the configuration with that id, @^ID for all but it.
    private string Chosen(string line)
    {
        while (line.StartsWith('@'))
        {
            bool reversed = line.StartsWith("@^", StringComparison.Ordinal);
            int start = reversed ? 2 : 1;
            int end = line.IndexOfAny([' ', '\t'], start);
            if (end < 0 || (line[start..end] == options.ConfigurationId) == reversed)
            {
                return string.Empty;
            }

            line = line[end..].TrimStart(' ', '\t');
        }

        return line;
    }

    private IEnumerable<(string Text, TextPosition Position)> Repeat(string line, TextPosition position, int depth)
    {
        // One turn sees the definitions as the one before has left them, so they are not made ahead.
        foreach (IReadOnlyList<(string Name, string Value)> turn in KeepalivedRepetition.Turns(line, _definitions, position, out string text))
        {
            foreach ((string name, string value) in turn)
            {
                _definitions.Set(name, [value]);
            }

            foreach ((string Text, TextPosition Position) made in Expand(text, position, depth + 1))
            {
                yield return made;
            }
        }
    }

    private IReadOnlyList<KeepalivedFile>? Include(string line, TextPosition position)
    {
        if (!line.StartsWith("include", StringComparison.Ordinal) || line.Length < 9)
        {
            return null;
        }

        // includer, includem, includew, includeb and includea differ in what they make an error (keepalived.conf(5)).
        bool demanding = "rmwba".Contains(line[7], StringComparison.Ordinal) && char.IsWhiteSpace(line[8]);
        if (!demanding && !char.IsWhiteSpace(line[7]))
        {
            return null;
        }

        string pattern = line[(demanding ? 9 : 8)..].Trim(' ', '\t');
        if (options.Include is null)
        {
            throw position.Error("KeepalivedIncludeNotRead", $"'{pattern}' is included, and no files can be read here.");
        }

        IReadOnlyList<KeepalivedFile> files = options.Include(pattern, position.Source);
        if (files.Count == 0)
        {
            if (demanding)
            {
                throw position.Error("KeepalivedIncludeNotFound", $"No file is named '{pattern}', which is included.");
            }

            notes.Add(position.Note($"No file is named '{pattern}', which is included; keepalived goes on without."));
        }

        return files;
    }

    private static IEnumerable<(string Text, TextPosition Position)> Braces(string line, TextPosition position)
    {
        while (line.Length > 0)
        {
            int brace = KeepalivedLine.Brace(line);
            int end = brace < 0 ? line.Length : brace == 0 ? 1 : brace;
            if (line[..end].Trim(' ', '\t') is { Length: > 0 } part)
            {
                yield return (part, position);
            }

            line = line[end..];
        }
    }
}
