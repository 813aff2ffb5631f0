namespace LvsAdmin.Core.Configuration;

/// <summary>A statement of keepalived.conf: a keyword with its values, and what stands in its braces.</summary>
/// <param name="Words">The keyword and its values.</param>
/// <param name="Text">The line as it was before it was taken apart.</param>
/// <param name="Position">Where it stands.</param>
internal sealed record KeepalivedStatement(IReadOnlyList<string> Words, string Text, TextPosition Position)
{
    /// <summary>The statements within its braces; null when it has none.</summary>
    internal List<KeepalivedStatement>? Block { get; set; }

    internal string Keyword => Words[0];

    /// <summary>The first value; it must be there.</summary>
    internal string Value => Words.Count > 1 ? Words[1] : throw Position.Error(KeepalivedLine.Invalid, $"'{Keyword}' needs a value.");

    /// <summary>The statements of a text, with all that is included.</summary>
    internal static List<KeepalivedStatement> Parse(string text, string? source, KeepalivedOptions options, List<ConfigurationNote> notes)
    {
        KeepalivedStatement root = new([""], "", new TextPosition(source, 0)) { Block = [] };
        Stack<KeepalivedStatement> open = new([root]);
        KeepalivedStatement? last = null;
        TextPosition position = root.Position;
        foreach ((string line, TextPosition at) in new KeepalivedSource(options, notes).Lines(text, source))
        {
            position = at;
            if (line == "{")
            {
                if (last is null)
                {
                    throw at.Error(KeepalivedLine.Invalid, "'{' follows no keyword that it could belong to.");
                }

                last.Block = [];
                open.Push(last);
                last = null;
            }
            else if (line == "}")
            {
                if (open.Count == 1)
                {
                    throw at.Error(KeepalivedLine.Invalid, "There is one '}' too many.");
                }

                open.Pop();
                last = null;
            }
            else if (KeepalivedLine.Words(line, at) is { Count: > 0 } words)
            {
                last = new KeepalivedStatement(words, line, at);
                open.Peek().Block!.Add(last);
            }
        }

        return open.Count == 1 ? root.Block : throw position.Error(KeepalivedLine.Invalid, $"'{open.Peek().Keyword}' of line {open.Peek().Position.Line} has no closing '}}'.");
    }
}
