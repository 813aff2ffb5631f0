using LvsAdmin.Core.Network;

namespace LvsAdmin.Commands;

/// <summary>A cmdlet that changes a host by a plan: the plan is shown by -WhatIf, and carried out whole or not at all.</summary>
public abstract class HostChangeCommand : LvsHostCommand
{
    /// <summary>Carries out a plan, if the user wants it.</summary>
    /// <param name="target">The object that the plan is about, with its host.</param>
    /// <param name="action">What the plan does, before its steps.</param>
    /// <param name="plan">The steps.</param>
    /// <returns>Whether the host is as wanted now.</returns>
    protected async ValueTask<bool> ApplyAsync(string target, string action, IReadOnlyList<HostChange> plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.Count == 0)
        {
            await VerboseAsync($"{target} is already as wanted: nothing is changed.");
            return true;
        }

        // One question for the whole: half of a plan, such as a VIP without its ARP policy, would be worse than none.
        // What is only remembered of it is left out, unless it is all.
        HostChange[] visible = [.. plan.Where(change => !change.IsNote)];
        if (!await ShouldProcessAsync(target, Describe(action, visible.Length > 0 ? visible : plan)))
        {
            return false;
        }

        await HostPlan.ApplyAsync(plan, StopToken);
        return true;
    }

    // Steps that are a line each stand in brackets; what has lines of its own, such as the difference between two texts of a file, follows on these.
    private static string Describe(string action, IReadOnlyList<HostChange> plan)
    {
        ILookup<bool, string> steps = plan.Select(change => change.ToString()).ToLookup(step => step.Contains('\n', StringComparison.Ordinal));
        string brief = steps[false].Any() ? $"{action} ({string.Join("; ", steps[false])})" : action;
        return string.Join('\n', [brief, .. steps[true]]);
    }
}
