namespace LvsAdmin.Core.Network;

/// <summary>What enabling or disabling forwarding will change on a host, and what the user should know about it. Nothing is changed yet.</summary>
/// <param name="Changes">The steps, in order; empty when there is nothing to do.</param>
/// <param name="Warnings">What stays although one might expect it to go, and why.</param>
public sealed record LvsForwardingPlan(IReadOnlyList<HostChange> Changes, IReadOnlyList<string> Warnings);
