namespace LvsAdmin.Core.Network;

/// <summary>What enabling or disabling a VIP will change on a host, and what the user should know about it. Nothing is changed yet.</summary>
/// <param name="Changes">The steps, in order; empty when the host is as wanted.</param>
/// <param name="Warnings">What stays although one might expect it to go, and why.</param>
public sealed record LvsVipPlan(IReadOnlyList<HostChange> Changes, IReadOnlyList<string> Warnings);
