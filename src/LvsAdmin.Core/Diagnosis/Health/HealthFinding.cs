namespace LvsAdmin.Core.Diagnosis.Health;

/// <summary>What a probe found by one check.</summary>
/// <param name="Check">Which check it was.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Expected">What was expected.</param>
/// <param name="Found">What was found.</param>
/// <param name="Duration">How long it took.</param>
public sealed record HealthFinding(string Check, LvsCheckOutcome Outcome, string Expected, string Found, TimeSpan Duration);
