using System.Management.Automation;

namespace LvsAdmin.Parameters;

/// <summary>What all completers share.</summary>
internal static class Completion
{
    /// <summary>The candidates that begin with what was typed, quoted where the parser needs it.</summary>
    /// <param name="candidates">Each with its tooltip.</param>
    /// <param name="typed">What was typed so far, perhaps with an opening quote.</param>
    internal static IEnumerable<CompletionResult> Filter(IEnumerable<(string Text, string ToolTip)> candidates, string? typed)
    {
        string word = (typed ?? string.Empty).Trim('\'', '"');
        return candidates
            .Where(candidate => candidate.Text.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            .OrderBy(candidate => candidate.Text, StringComparer.Ordinal)
            .Select(candidate => new CompletionResult(Quote(candidate.Text), candidate.Text, CompletionResultType.ParameterValue, candidate.ToolTip));
    }

    // A bare word may not begin with a bracket or contain what separates statements and lists.
    private static string Quote(string text) =>
        text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or ':' or '/' or '-' or '_') ? text : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
