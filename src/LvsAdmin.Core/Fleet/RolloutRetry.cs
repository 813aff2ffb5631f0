namespace LvsAdmin.Core.Fleet;

/// <summary>When something is tried again.</summary>
internal static class RolloutRetry
{
    private const int Longest = 30;

    /// <summary>How long to wait after an attempt: a second after the first, twice as long after each one more, and half a minute at most.</summary>
    /// <param name="attempt">The attempt, from 0.</param>
    internal static TimeSpan PauseAfter(int attempt) => TimeSpan.FromSeconds(Math.Min(Longest, 1 << Math.Min(attempt, 5)));

    /// <summary>Runs a script of the user's; after an error of the connection again, so often as the options have it.</summary>
    /// <exception cref="Exception">It failed, in any way.</exception>
    internal static async ValueTask RunAsync(Func<ValueTask> script, LvsRolloutTarget target, IRolloutWork work, RolloutOptions options, CancellationToken stop)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await script().ConfigureAwait(false);
                return;
            }
            catch (Exception failure) when (attempt < options.RetryCount && failure is not OperationCanceledException && work.IsConnectionError(failure))
            {
                await work.WarnAsync($"{target}: {failure.Message} The script is begun again.").ConfigureAwait(false);
            }

            await Task.Delay(PauseAfter(attempt), options.Time, stop).ConfigureAwait(false);
        }
    }
}
