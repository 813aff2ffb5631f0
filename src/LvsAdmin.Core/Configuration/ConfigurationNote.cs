using System.Globalization;

namespace LvsAdmin.Core.Configuration;

/// <summary>What a reader or writer of a text format could not carry over, or wants to be looked at. Nothing is lost in silence.</summary>
/// <param name="Message">What, and what became of it.</param>
/// <param name="Source">The file, or another name of the text; null when it has none.</param>
/// <param name="Line">The line, from 1; 0 for the whole.</param>
public sealed record ConfigurationNote(string Message, string? Source = null, int Line = 0)
{
    /// <summary>As a compiler says it: <c>file:line: message</c>.</summary>
    public override string ToString() => (Source, Line) switch
    {
        (null, 0) => Message,
        (null, _) => string.Create(CultureInfo.InvariantCulture, $"line {Line}: {Message}"),
        (_, 0) => $"{Source}: {Message}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{Source}:{Line}: {Message}"),
    };
}
