namespace LvsAdmin.Core.Network;

/// <summary>A parameter of net.ipv4.vs as a host has it.</summary>
public sealed record LvsKernelParameter
{
    /// <summary>The name within net.ipv4.vs, such as <c>conntrack</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The value: a bool for a switch, a long for a number, otherwise a string.</summary>
    public required object Value { get; init; }

    /// <summary>The value as the kernel's file shows it, without the line's end.</summary>
    public required string Text { get; init; }

    /// <summary>The value that a fresh kernel has, typed as <see cref="Value"/>; null where it is unknown or depends on the machine.</summary>
    public object? Default { get; init; }

    /// <summary>Whether the value is the default; null where that is unknown. Modes 1 and 2 of the defence parameters, which the kernel changes itself, are both no default.</summary>
    public bool? IsDefault { get; init; }

    /// <summary>What a number counts: seconds, pages; null for none.</summary>
    public string? Unit { get; init; }

    /// <summary>What it does, and the trap in it; empty for a parameter that this version does not know.</summary>
    public string Description { get; init; } = string.Empty;

    /// <summary>The host that it was read from; <c>localhost</c> for this machine.</summary>
    public string HostName { get; init; } = string.Empty;

    /// <summary>The network namespace that it was read in; null for the host's own.</summary>
    public string? NetworkNamespace { get; init; }
}
