namespace LvsAdmin.Core.Configuration;

/// <summary>A text is no desired state: where, and why.</summary>
public sealed class LvsConfigurationException : Exception
{
    // Whoever has more to mend than this begins with these.
    private const int MaximumShown = 20;

    /// <summary>Makes an exception without a message of its own.</summary>
    public LvsConfigurationException()
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    public LvsConfigurationException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and a cause.</summary>
    public LvsConfigurationException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception of what is wrong.</summary>
    /// <param name="id">The stable id of the rule that is broken, which is an error id of the cmdlets.</param>
    /// <param name="note">What is wrong, in which file and line.</param>
    /// <param name="path">Where in the document, such as <c>virtualServices[2].realServers[0].weight</c>; null where the format has no such thing.</param>
    public LvsConfigurationException(string id, ConfigurationNote note, string? path = null)
        : this([new ConfigurationProblem(id, note, path)])
    {
    }

    /// <summary>Makes an exception of everything that is wrong. The first tells the exception's id, line and path.</summary>
    /// <param name="problems">What is wrong, at least one thing.</param>
    /// <param name="innerException">The cause.</param>
    public LvsConfigurationException(IReadOnlyList<ConfigurationProblem> problems, Exception? innerException = null)
        : base(Describe(problems), innerException)
    {
        Problems = problems;
        Id = problems[0].Id;
        Source = problems[0].Note.Source;
        Line = problems[0].Note.Line;
        Path = problems[0].Path;
    }

    /// <summary>The stable id of the rule that is broken.</summary>
    public string Id { get; } = "ConfigurationInvalid";

    /// <summary>The file; null when the text has no name.</summary>
    public new string? Source { get; }

    /// <summary>The line, from 1; 0 for the whole.</summary>
    public int Line { get; }

    /// <summary>Where in the document; null where the format has no such thing.</summary>
    public string? Path { get; }

    /// <summary>Everything that is wrong; one thing when the reader could not go on after it.</summary>
    public IReadOnlyList<ConfigurationProblem> Problems { get; } = [];

    private static string Describe(IReadOnlyList<ConfigurationProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        ArgumentOutOfRangeException.ThrowIfZero(problems.Count);
        if (problems.Count == 1)
        {
            return problems[0].ToString();
        }

        IEnumerable<string> lines = problems.Take(MaximumShown).Select(problem => problem.ToString());
        string rest = problems.Count > MaximumShown ? $"\n... and {problems.Count - MaximumShown} more" : string.Empty;
        return $"{problems.Count} things are wrong:\n{string.Join('\n', lines)}{rest}";
    }
}
