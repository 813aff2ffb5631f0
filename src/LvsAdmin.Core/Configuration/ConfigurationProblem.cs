namespace LvsAdmin.Core.Configuration;

/// <summary>One thing that is wrong with a text of a desired state.</summary>
/// <param name="Id">The stable id of the rule that is broken.</param>
/// <param name="Note">What is wrong, in which file and line.</param>
/// <param name="Path">Where in the document, such as <c>virtualServices[2].realServers[0].weight</c>; null where the format has no such thing.</param>
public sealed record ConfigurationProblem(string Id, ConfigurationNote Note, string? Path = null)
{
    /// <summary>File, line, what is wrong, and where in the document.</summary>
    public override string ToString() => string.IsNullOrEmpty(Path) ? Note.ToString() : $"{Note} (at {Path})";
}
