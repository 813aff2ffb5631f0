namespace LvsAdmin.Core.Fleet;

/// <summary>What a roll-out does with a host, in this order.</summary>
public enum LvsRolloutPhase
{
    /// <summary>It gets no new connections at any director, and those that it has are waited for.</summary>
    Drain,

    /// <summary>The user's script.</summary>
    Script,

    /// <summary>The health check, until it is passed or its time is over.</summary>
    HealthCheck,

    /// <summary>It gets its weight back at every director, at once or in steps.</summary>
    Resume,
}
