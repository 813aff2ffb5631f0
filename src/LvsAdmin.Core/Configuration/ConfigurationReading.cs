namespace LvsAdmin.Core.Configuration;

/// <summary>A desired state that was read from a text, with what could not be carried over.</summary>
/// <param name="Configuration">What was read.</param>
/// <param name="Notes">What to warn of.</param>
public sealed record ConfigurationReading(LvsConfiguration Configuration, IReadOnlyList<ConfigurationNote> Notes);
