namespace LvsAdmin.Core.Configuration;

/// <summary>How checks are made, which may be said for all services and for one; the nearer counts.</summary>
internal sealed record LdirectordTiming(int? CheckTimeout = null, int? NegotiateTimeout = null, int? Interval = null, int? Failures = null)
{
    /// <summary>Reads a directive.</summary>
    /// <returns>With what it says; null when it says nothing of this.</returns>
    internal LdirectordTiming? With(LdirectordLine line) => line.Name switch
    {
        "checktimeout" => this with { CheckTimeout = line.Number(1) },
        "negotiatetimeout" => this with { NegotiateTimeout = line.Number(1) },
        "checkinterval" => this with { Interval = line.Number(1) },
        "failurecount" => this with { Failures = line.Number(1) },
        _ => null,
    };

    /// <summary>Puts into a check what is said; each of both timeouts stands in for the other (ldirectord, ld_setup).</summary>
    internal HealthCheckSettings Apply(HealthCheckSettings check, bool negotiates, LdirectordTiming around) => check with
    {
        Timeout = negotiates
            ? NegotiateTimeout ?? CheckTimeout ?? around.NegotiateTimeout ?? around.CheckTimeout
            : CheckTimeout ?? NegotiateTimeout ?? around.CheckTimeout ?? around.NegotiateTimeout,
        Interval = Interval ?? around.Interval,
        Retries = (Failures ?? around.Failures) - 1,
    };
}
