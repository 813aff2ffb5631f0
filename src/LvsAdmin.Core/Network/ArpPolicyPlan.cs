namespace LvsAdmin.Core.Network;

/// <summary>What changes of ARP policies would do. Making one changes nothing; <see cref="HostPlan.ApplyAsync"/> carries the changes out.</summary>
/// <param name="Changes">The steps; none when everything is as wanted.</param>
/// <param name="Warnings">What the user has to know besides, such as a file that sets another level at the next boot.</param>
public sealed record ArpPolicyPlan(IReadOnlyList<HostChange> Changes, IReadOnlyList<string> Warnings);
