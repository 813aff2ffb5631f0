namespace LvsAdmin.Core.Fleet;

/// <summary>How a roll-out goes on.</summary>
public sealed record RolloutOptions
{
    /// <summary>The sizes of the batches one after the other; the last repeats.</summary>
    public IReadOnlyList<RolloutQuantity> BatchSizes { get; init; } = [new(1, false)];

    /// <summary>How long to wait until a host is drained, or until the virtual IPs of a director have been moved.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether a host that is not drained in time, or a director that still holds its virtual IPs, is worked on nevertheless; otherwise it is given back, and has failed.</summary>
    public bool Force { get; init; }

    /// <summary>How long a host may take to become healthy.</summary>
    public TimeSpan HealthTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Over which time the weight comes back; zero for at once.</summary>
    public TimeSpan RampUp { get; init; }

    /// <summary>In how many steps.</summary>
    public int RampUpSteps { get; init; } = 10;

    /// <summary>How long to wait between two batches.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>How many hosts may fail before the roll-out stops, of all that it works on.</summary>
    public RolloutQuantity MaxFailures { get; init; }

    /// <summary>How often something is tried again after an error of the connection.</summary>
    public int RetryCount { get; init; } = 2;

    /// <summary>How many real servers of each service at each director go on taking new connections; for directors, how many others of its pair can stand in for one.</summary>
    public RolloutQuantity MinimumAvailable { get; init; } = new(1, false);

    /// <summary>Why, for those who find a server suspended; null for no more than that it is a roll-out.</summary>
    public string? Reason { get; init; }

    /// <summary>Who does it.</summary>
    public string By { get; init; } = string.Empty;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
