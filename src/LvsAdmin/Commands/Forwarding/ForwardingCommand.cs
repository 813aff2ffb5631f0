using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Commands;

/// <summary>A cmdlet that changes how a host forwards.</summary>
public abstract class ForwardingCommand : HostChangeCommand
{
    /// <summary>Carries out a plan for a family, if the user wants it.</summary>
    /// <param name="family">The family.</param>
    /// <param name="action">What the plan does, before its steps.</param>
    /// <param name="plan">The plan.</param>
    /// <returns>Whether the host is as wanted now.</returns>
    protected async ValueTask<bool> ApplyAsync(LvsAddressFamily family, string action, LvsForwardingPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        foreach (string warning in plan.Warnings)
        {
            await WarningAsync(warning);
        }

        return await ApplyAsync($"forwarding of {family} on {HostText}", action, plan.Changes);
    }
}
