namespace LvsAdmin.Core.Configuration;

/// <summary>How far the work on a plan is.</summary>
/// <param name="Done">Steps done.</param>
/// <param name="Total">Steps of the plan.</param>
/// <param name="Draining">Real servers whose connections are waited for.</param>
/// <param name="Connections">Their connections.</param>
/// <param name="Remaining">How long these are waited for yet; null when none are.</param>
public sealed record SyncProgress(int Done, int Total, int Draining = 0, long Connections = 0, TimeSpan? Remaining = null);
