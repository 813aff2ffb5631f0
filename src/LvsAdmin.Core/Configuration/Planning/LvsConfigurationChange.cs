using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>One difference between a desired state and a director.</summary>
public sealed record LvsConfigurationChange
{
    /// <summary>What it means.</summary>
    public required LvsChangeAction Action { get; init; }

    /// <summary>What kind of object differs.</summary>
    public required LvsChangeSubject Subject { get; init; }

    /// <summary>Which object: the service, the service and its real server, or the name of another object.</summary>
    public required string Identity { get; init; }

    /// <summary>The service that it is about; null for the director itself.</summary>
    public LvsServiceId? VirtualService { get; init; }

    /// <summary>The real server that it is about; null for none.</summary>
    public LvsServerId? RealServer { get; init; }

    /// <summary>The property that differs; null for the object as a whole.</summary>
    public string? Property { get; init; }

    /// <summary>What the director has; null for nothing.</summary>
    public string? Current { get; init; }

    /// <summary>What it shall have; null for nothing.</summary>
    public string? Desired { get; init; }

    /// <summary>Why, or what to know about it; null where it speaks for itself.</summary>
    public string? Reason { get; init; }

    /// <summary>How many connections are on what is removed at present, active and inactive ones.</summary>
    public long ConnectionsAffected { get; init; }

    /// <summary>The director.</summary>
    public string HostName { get; init; } = string.Empty;

    /// <summary>The network namespace of the director; null for the one that the process runs in.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>The sign of a plan: + - ~, = for what is held, ? for what is one too many.</summary>
    public string Sign => Action switch
    {
        LvsChangeAction.Add => "+",
        LvsChangeAction.Remove => "-",
        LvsChangeAction.Set => "~",
        LvsChangeAction.Held => "=",
        _ => "?",
    };

    /// <summary>The difference as a line of a plan.</summary>
    public override string ToString() => $"{Sign} {Identity}{Detail}";

    /// <summary>What changes of the object, without its identity.</summary>
    internal string Detail => Action switch
    {
        LvsChangeAction.Add => Desired is null ? string.Empty : $" ({Desired})",
        LvsChangeAction.Remove or LvsChangeAction.Extra => Current is null ? string.Empty : $" ({Current})",
        _ => $" {Property}: {Current ?? "none"} -> {Desired ?? "none"}",
    };
}
