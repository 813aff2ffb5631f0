using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>The part of a plan that is about one object: a virtual service with its real servers, or something of the director itself. Its steps stand or fall together.</summary>
public sealed class LvsPlanItem
{
    internal LvsPlanItem(string identity, LvsServiceId? service, IReadOnlyList<LvsConfigurationChange> changes, IReadOnlyList<PlanStep> steps)
    {
        Identity = identity;
        VirtualService = service;
        Changes = changes;
        Steps = steps;
    }

    /// <summary>The object, for people: <c>virtual service tcp/192.0.2.10:80</c>.</summary>
    public string Identity { get; }

    /// <summary>The service; null for something of the director itself.</summary>
    public LvsServiceId? VirtualService { get; }

    /// <summary>The differences.</summary>
    public IReadOnlyList<LvsConfigurationChange> Changes { get; }

    /// <summary>What works, but hardly as meant.</summary>
    public IReadOnlyList<string> Warnings { get; internal init; } = [];

    /// <summary>Why none of the steps will be done; null when they will.</summary>
    public Exception? Refusal { get; internal init; }

    /// <summary>How many steps there are.</summary>
    public int StepCount => Steps.Count;

    /// <summary>The steps, in their order.</summary>
    internal IReadOnlyList<PlanStep> Steps { get; }

    /// <summary>The steps as a person would read them.</summary>
    public override string ToString() => string.Join("; ", Steps.Select(step => step.Text));
}
