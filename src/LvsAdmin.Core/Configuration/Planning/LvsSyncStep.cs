using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>A step of a plan, and what became of it.</summary>
public sealed class LvsSyncStep
{
    internal LvsSyncStep(LvsPlanItem item, PlanStep step)
    {
        Identity = item.Identity;
        VirtualService = item.VirtualService;
        Planned = step;
    }

    /// <summary>The object that it belongs to.</summary>
    public string Identity { get; }

    /// <summary>The service; null for something of the director itself.</summary>
    public LvsServiceId? VirtualService { get; }

    /// <summary>What it does.</summary>
    public string Step => Planned.Text;

    /// <summary>What became of it.</summary>
    public LvsSyncState State { get; internal set; }

    /// <summary>Why it failed, or what was left of the connections that were waited for; null for nothing.</summary>
    public string? Message { get; internal set; }

    internal PlanStep Planned { get; }

    /// <summary>The step in words.</summary>
    public override string ToString() => $"{Identity}: {Step}: {State}{(Message is null ? string.Empty : $" ({Message})")}";
}
