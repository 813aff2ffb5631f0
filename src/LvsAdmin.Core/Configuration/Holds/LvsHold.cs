using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>A real server that an operator has taken out of a service on a director (Suspend-LvsRealServer): it stays at weight 0 until it is resumed.</summary>
public sealed record LvsHold
{
    /// <summary>Of which service.</summary>
    public required LvsServiceId VirtualService { get; init; }

    /// <summary>Which server, with its port.</summary>
    public required LvsServerId RealServer { get; init; }

    /// <summary>The weight from before.</summary>
    public required int Weight { get; init; }

    /// <summary>Why; null where it was not said.</summary>
    public string? Reason { get; init; }

    /// <summary>By whom.</summary>
    public required string By { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Until when it counts; null until it is resumed.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The weight that the server was given last on its way back (Resume-LvsRealServer -RampUp); null while it stays at 0.</summary>
    public int? ResumingAt { get; init; }

    /// <summary>The hold in words.</summary>
    public override string ToString() =>
        $"{(ResumingAt is { } weight ? $"on its way back at weight {weight} of {Weight}, " : string.Empty)}held by {By} since {Since:u}{(Until is { } until ? $" until {until:u}" : string.Empty)}{(Reason is null ? string.Empty : $": {Reason}")}";
}
