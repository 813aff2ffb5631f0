namespace LvsAdmin.Hosting;

/// <summary>One statement of a runbook.</summary>
/// <param name="Comments">The comment lines above it, as they stand in the file.</param>
/// <param name="Script">Its text, as it is run.</param>
/// <param name="Shown">Its lines, as they are shown.</param>
public sealed record RunbookStep(IReadOnlyList<string> Comments, string Script, IReadOnlyList<string> Shown);
