namespace LvsAdmin.Core.Fleet;

/// <summary>What a roll-out does with a host, in this order.</summary>
public enum LvsRolloutPhase
{
    /// <summary>A real server gets no new connections at any director, and those that it has are waited for. A director gives its virtual IPs to its pair.</summary>
    Drain,

    /// <summary>The user's script.</summary>
    Script,

    /// <summary>The health check, until it is passed or its time is over; for a director also whether its table is back.</summary>
    HealthCheck,

    /// <summary>A real server gets its weight back at every director, at once or in steps. There is nothing to do for a director.</summary>
    Resume,
}
