namespace LvsAdmin.Core.Network;

/// <summary>A plan for a VIP of a director, with what its user should know before it is carried out.</summary>
/// <param name="Changes">The steps; empty when everything is as wanted.</param>
/// <param name="Warnings">What will not be as it could be, and what to do about it.</param>
public sealed record DirectorVipPlan(IReadOnlyList<HostChange> Changes, IReadOnlyList<string> Warnings);
