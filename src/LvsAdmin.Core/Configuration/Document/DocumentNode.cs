using System.Globalization;

namespace LvsAdmin.Core.Configuration;

/// <summary>
/// A piece of a document, with its place in the text: what JSON and PowerShell data files have in common. What the names in it mean is judged later, so
/// that both are judged alike and every complaint knows its line. Immutable.
/// </summary>
public sealed class DocumentNode
{
    private DocumentNode(DocumentNodeKind kind, int line, int column)
    {
        Kind = kind;
        Line = line;
        Column = column;
    }

    /// <summary>What it is.</summary>
    public DocumentNodeKind Kind { get; }

    /// <summary>The line on which it begins, from 1; 0 where there are no lines.</summary>
    public int Line { get; }

    /// <summary>The column in which it begins, from 1; 0 where there are no lines.</summary>
    public int Column { get; }

    /// <summary>The text; of a number, its digits as they would be written. Empty for all else.</summary>
    public string Text { get; private init; } = string.Empty;

    /// <summary>The number, of a number.</summary>
    public double Number { get; private init; }

    /// <summary>The number where it is a whole one that 64 bits hold, also when it is written 1.0; null otherwise.</summary>
    public long? Whole { get; private init; }

    /// <summary>Whether it is true, of a boolean.</summary>
    public bool Flag { get; private init; }

    /// <summary>The pieces of a list.</summary>
    public IReadOnlyList<DocumentNode> Items { get; private init; } = [];

    /// <summary>The names of an object in the order of the text; a name that is written twice is there twice.</summary>
    public IReadOnlyList<DocumentMember> Members { get; private init; } = [];

    /// <summary>Makes an object.</summary>
    public static DocumentNode OfMap(IReadOnlyList<DocumentMember> members, int line = 0, int column = 0) =>
        new(DocumentNodeKind.Map, line, column) { Members = members };

    /// <summary>Makes a list.</summary>
    public static DocumentNode OfArray(IReadOnlyList<DocumentNode> items, int line = 0, int column = 0) =>
        new(DocumentNodeKind.Array, line, column) { Items = items };

    /// <summary>Makes a text.</summary>
    public static DocumentNode OfText(string text, int line = 0, int column = 0) => new(DocumentNodeKind.Text, line, column) { Text = text };

    /// <summary>Makes a whole number.</summary>
    public static DocumentNode OfNumber(long number, int line = 0, int column = 0) =>
        new(DocumentNodeKind.Number, line, column) { Number = number, Whole = number, Text = number.ToString(CultureInfo.InvariantCulture) };

    /// <summary>Makes a number, which need not be whole.</summary>
    public static DocumentNode OfNumber(double number, int line = 0, int column = 0)
    {
        // Up to here, whole numbers are what they seem to be in a double.
        const double Exact = 1L << 53;
        return Math.Abs(number) <= Exact && double.IsInteger(number)
            ? OfNumber((long)number, line, column)
            : new(DocumentNodeKind.Number, line, column) { Number = number, Text = number.ToString("R", CultureInfo.InvariantCulture) };
    }

    /// <summary>Makes true or false.</summary>
    public static DocumentNode OfBoolean(bool flag, int line = 0, int column = 0) => new(DocumentNodeKind.Boolean, line, column) { Flag = flag };

    /// <summary>Makes nothing.</summary>
    public static DocumentNode OfNull(int line = 0, int column = 0) => new(DocumentNodeKind.Null, line, column);

    /// <summary>What it is, in words for a complaint.</summary>
    public override string ToString() => Kind switch
    {
        DocumentNodeKind.Text => Text.Length <= 60 ? $"'{Text}'" : $"'{Text[..57]}...'",
        DocumentNodeKind.Number => Text,
        DocumentNodeKind.Boolean => Flag ? "true" : "false",
        DocumentNodeKind.Array => "a list",
        DocumentNodeKind.Map => "an object",
        _ => "null",
    };
}
