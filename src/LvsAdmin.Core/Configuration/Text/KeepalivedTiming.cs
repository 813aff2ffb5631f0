namespace LvsAdmin.Core.Configuration;

/// <summary>How checks are made, which a checker, a real server and a virtual server may each say; the nearest counts.</summary>
internal sealed record KeepalivedTiming(double? Timeout = null, double? Interval = null, int? Retries = null, double? RetryDelay = null, string? VirtualHost = null)
{
    /// <summary>Reads a statement.</summary>
    /// <returns>With what it says; null when it says nothing of this.</returns>
    internal KeepalivedTiming? With(KeepalivedStatement statement) => statement.Keyword switch
    {
        "connect_timeout" => this with { Timeout = statement.Seconds() },
        "delay_loop" => this with { Interval = statement.Seconds() },
        "retry" or "nb_get_retry" => this with { Retries = (int)statement.Number(1, int.MaxValue) },
        "delay_before_retry" => this with { RetryDelay = statement.Seconds() },
        "virtualhost" => this with { VirtualHost = statement.Value },
        _ => null,
    };

    /// <summary>Takes from what stands around it what it does not say itself.</summary>
    internal KeepalivedTiming Or(KeepalivedTiming around) => new(
        Timeout ?? around.Timeout, Interval ?? around.Interval, Retries ?? around.Retries, RetryDelay ?? around.RetryDelay, VirtualHost ?? around.VirtualHost);

    /// <summary>Puts into a check what its kind has.</summary>
    internal HealthCheckSettings Apply(HealthCheckSettings check) => check with
    {
        Timeout = check.Kind == HealthCheckKind.Script ? check.Timeout : Timeout,
        Interval = Interval,
        Retries = Retries,
        RetryDelay = RetryDelay,
        VirtualHost = check.Kind is HealthCheckKind.Http or HealthCheckKind.Https ? VirtualHost : null,
    };
}
