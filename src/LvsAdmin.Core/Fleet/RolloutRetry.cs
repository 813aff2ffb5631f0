namespace LvsAdmin.Core.Fleet;

/// <summary>When something is tried again.</summary>
internal static class RolloutRetry
{
    private const int Longest = 30;

    /// <summary>How long to wait after an attempt: a second after the first, twice as long after each one more, and half a minute at most.</summary>
    /// <param name="attempt">The attempt, from 0.</param>
    internal static TimeSpan PauseAfter(int attempt) => TimeSpan.FromSeconds(Math.Min(Longest, 1 << Math.Min(attempt, 5)));
}
