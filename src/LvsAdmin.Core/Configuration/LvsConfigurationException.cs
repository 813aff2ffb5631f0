namespace LvsAdmin.Core.Configuration;

/// <summary>A text is no desired state: where, and why.</summary>
public sealed class LvsConfigurationException : Exception
{
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
        : base(path is null ? note?.ToString() : $"{note} (at {path})")
    {
        ArgumentNullException.ThrowIfNull(note);
        Id = id;
        Source = note.Source;
        Line = note.Line;
        Path = path;
    }

    /// <summary>The stable id of the rule that is broken.</summary>
    public string Id { get; } = "ConfigurationInvalid";

    /// <summary>The file; null when the text has no name.</summary>
    public new string? Source { get; }

    /// <summary>The line, from 1; 0 for the whole.</summary>
    public int Line { get; }

    /// <summary>Where in the document; null where the format has no such thing.</summary>
    public string? Path { get; }
}
