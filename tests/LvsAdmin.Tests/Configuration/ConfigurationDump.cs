using System.Globalization;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Tests.Configuration;

/// <summary>Everything that a desired state says, a line each and in an order of its own, so that two of them can be compared.</summary>
internal static class ConfigurationDump
{
    internal static IReadOnlyList<string> Lines(LvsConfiguration configuration) =>
    [
        $"owner {configuration.Owner}",
        $"scope {string.Join(' ', configuration.Scope)}",
        $"timeout {configuration.Timeout}",
        $"daemons {(configuration.SyncDaemons is null ? "null" : string.Join(' ', configuration.SyncDaemons))}",
        .. configuration.DirectorVips.Select(vip => $"vip {vip}"),
        $"forwarding {configuration.ForwardingIPv4} {configuration.ForwardingIPv6}",
        .. configuration.KernelParameters.OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => string.Create(CultureInfo.InvariantCulture, $"{each.Key} = {each.Value}")),
        .. configuration.VirtualServices.OrderBy(each => each.VirtualService).SelectMany(Lines),
    ];

    /// <summary>
    /// The same desired state with each check at the server that it is for, since whether a check stands with the service or with each of its servers says
    /// the same; and without what says that nothing is checked.
    /// </summary>
    internal static LvsConfiguration Normal(LvsConfiguration configuration) => configuration with
    {
        VirtualServices =
        [
            .. configuration.VirtualServices.Select(service => service.RealServers is not { Count: > 0 } servers ? service : service with
            {
                HealthCheck = null,
                RealServers = [.. servers.Select(server => server with { HealthCheck = (server.HealthCheck ?? service.HealthCheck) is { Kind: not HealthCheckKind.None } check ? check : null })],
            }),
        ],
    };

    internal static string Check(HealthCheckSettings? check) => check is null ? "" : $"{check with { Status = Array.Empty<int>() }} {string.Join(',', check.Status)}";

    private static IEnumerable<string> Lines(ServiceConfiguration service) =>
    [
        string.Create(
            CultureInfo.InvariantCulture,
            $"{service.VirtualService}: {Service(service.Settings)} min {service.MinimumAvailable} {service.MinimumIsPercent} quorum {service.Quorum} check {Check(service.HealthCheck)}"),
        $"{service.VirtualService} sorry {service.SorryServer}",
        .. service.RealServers is null
            ? (IEnumerable<string>)[$"{service.VirtualService} any servers"]
            : service.RealServers.OrderBy(each => each.RealServer).Select(server => $"{service.VirtualService} {server.Settings} check {Check(server.HealthCheck)}"),
    ];

    private static string Service(VirtualServiceSettings settings) => $"{settings} flags {settings.SchedulerFlags.Bits} irregular {settings.IrregularNetmask}";
}
