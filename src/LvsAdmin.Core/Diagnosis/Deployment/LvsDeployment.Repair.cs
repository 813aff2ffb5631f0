namespace LvsAdmin.Core.Diagnosis;

/// <content>Mending what was found, and looking again.</content>
public sealed partial class LvsDeployment
{
    // What one round mends may uncover what it hid: a VIP that was missing, a program that does not listen for it.
    private const int MostRounds = 5;

    /// <summary>Has what failed mended, each remedy once, and looks again until nothing is left that a remedy can change.</summary>
    /// <param name="checks">What was found.</param>
    /// <param name="mend">Carries out the remedy of a check that failed; false where it was not tried.</param>
    /// <param name="look">Looks at all of it again (<see cref="CheckAsync"/>).</param>
    /// <returns>What was found in the end; <see cref="LvsDeploymentCheck.Repaired"/> marks what had failed before and is good now.</returns>
    public static async ValueTask<IReadOnlyList<LvsDeploymentCheck>> RepairAsync(
        IReadOnlyList<LvsDeploymentCheck> checks, Func<LvsDeploymentCheck, ValueTask<bool>> mend, Func<ValueTask<IReadOnlyList<LvsDeploymentCheck>>> look)
    {
        HashSet<string> tried = [];
        Dictionary<object, LvsDeploymentCheck> broken = [];
        bool changed = true;
        for (int round = 0; changed && round < MostRounds; round++)
        {
            changed = false;
            foreach (LvsDeploymentCheck check in checks.Where(check => check.Outcome == LvsCheckOutcome.Failed))
            {
                broken.TryAdd(check.Key, check);
                if (check.Remedy is not null && tried.Add($"{check.Remedy}"))
                {
                    changed |= await mend(check).ConfigureAwait(false);
                }
            }

            if (changed)
            {
                checks = await look().ConfigureAwait(false);
            }
        }

        // What is good again and nobody tells of any more, such as a wrong real server that is gone, is told all the same.
        HashSet<object> known = [.. checks.Select(check => check.Key)];
        return
        [
            .. broken.Where(each => !known.Contains(each.Key)).Select(each => each.Value with
            {
                Outcome = LvsCheckOutcome.Passed,
                Found = $"it was: {each.Value.Found}",
                Reason = null,
                Remedy = null,
                Advice = null,
                Repaired = true,
            }),
            .. checks.Select(check => check.Outcome == LvsCheckOutcome.Passed && broken.ContainsKey(check.Key) ? check with { Repaired = true } : check),
        ];
    }
}
