namespace LvsAdmin.Core.Fleet;

/// <summary>How far a roll-out has come.</summary>
/// <param name="Done">How many hosts are done.</param>
/// <param name="Total">Of how many.</param>
/// <param name="Batch">The present batch, from 1.</param>
/// <param name="Batches">How many there will be, if all goes well.</param>
/// <param name="Text">What happens now.</param>
public sealed record RolloutProgress(int Done, int Total, int Batch, int Batches, string Text);
