namespace LvsAdmin.Core.Network;

/// <summary>What is known of a parameter in net.ipv4.vs, from Documentation/networking/ipvs-sysctl.rst and net/netfilter/ipvs/ip_vs_ctl.c.</summary>
public sealed record LvsKernelParameterDefinition
{
    /// <summary>The name within net.ipv4.vs, such as <c>conntrack</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What values it takes.</summary>
    public LvsKernelParameterKind Kind { get; init; }

    /// <summary>The smallest number; null where the kernel sets no bound. Meaningless for text.</summary>
    public long? Minimum { get; init; }

    /// <summary>The largest number; null where the kernel sets no bound. Meaningless for text.</summary>
    public long? Maximum { get; init; }

    /// <summary>The value that a fresh kernel has, as its file shows it; null where it depends on the machine.</summary>
    public string? Default { get; init; }

    /// <summary>When a kernel has it, for those that not every kernel with IPVS has; null for the others.</summary>
    public string? Availability { get; init; }

    /// <summary>What a number counts: seconds, pages; null for none.</summary>
    public string? Unit { get; init; }

    /// <summary>What it does, and the trap in it.</summary>
    public required string Description { get; init; }
}
