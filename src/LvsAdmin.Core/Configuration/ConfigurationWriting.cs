namespace LvsAdmin.Core.Configuration;

/// <summary>A desired state as text, with what the format cannot say.</summary>
/// <param name="Text">The text, which ends with a line's end.</param>
/// <param name="Notes">What to warn of.</param>
public sealed record ConfigurationWriting(string Text, IReadOnlyList<ConfigurationNote> Notes);
