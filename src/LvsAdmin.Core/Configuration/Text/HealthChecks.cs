namespace LvsAdmin.Core.Configuration;

/// <summary>What the text formats have in common about checks.</summary>
internal static class HealthChecks
{
    /// <summary>Whether two checks say the same. Their own equality looks at the list of statuses as an object.</summary>
    internal static bool AreEqual(HealthCheckSettings left, HealthCheckSettings right) =>
        left.Status.SequenceEqual(right.Status) && left with { Status = right.Status } == right;

    /// <summary>The check that holds for a real server: its own, or the service's; null for none.</summary>
    internal static HealthCheckSettings? Of(ServiceConfiguration service, ServerConfiguration server) =>
        (server.HealthCheck ?? service.HealthCheck) is { Kind: not HealthCheckKind.None } check ? check : null;
}
