using System.Globalization;
using System.Management.Automation;
using LvsAdmin.Commands;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Formatting;

/// <summary>What the view of a desired state shows, also of one that was in a file or another session.</summary>
public static class ConfigurationView
{
    /// <summary>Which services belong to it besides those that it names.</summary>
    public static string Scope(PSObject configuration) => Of(configuration) is { } desired ? string.Join(", ", desired.Scope) : string.Empty;

    /// <summary>How long idle connections are remembered.</summary>
    public static string Timeouts(PSObject configuration)
    {
        if (Of(configuration)?.Timeout is not { } timeout)
        {
            return string.Empty;
        }

        IEnumerable<string> parts = new (string Name, uint? Value)[] { ("tcp", timeout.Tcp), ("tcpFin", timeout.TcpFin), ("udp", timeout.Udp) }
            .Where(part => part.Value is not null).Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Name} {part.Value} s"));
        return string.Join(", ", parts);
    }

    /// <summary>Which synchronisation daemons run.</summary>
    public static string SyncDaemons(PSObject configuration) => Of(configuration)?.SyncDaemons switch
    {
        null => string.Empty,
        { Count: 0 } => "none",
        var daemons => string.Join(", ", daemons.Select(daemon => string.Create(CultureInfo.InvariantCulture, $"{daemon.Role} on {daemon.Interface}, id {daemon.SyncId}"))),
    };

    /// <summary>Which virtual IPs the director holds.</summary>
    public static string DirectorVips(PSObject configuration) => Of(configuration) is { } desired ? string.Join(", ", desired.DirectorVips) : string.Empty;

    /// <summary>Whether the director forwards.</summary>
    public static string Forwarding(PSObject configuration)
    {
        LvsConfiguration? desired = Of(configuration);
        IEnumerable<string> parts = new (string Name, bool? Value)[] { ("IPv4", desired?.ForwardingIPv4), ("IPv6", desired?.ForwardingIPv6) }
            .Where(part => part.Value is not null).Select(part => $"{part.Name} {(part.Value == true ? "on" : "off")}");
        return string.Join(", ", parts);
    }

    /// <summary>Parameters of IPVS.</summary>
    public static string KernelParameters(PSObject configuration) => Of(configuration) is { } desired
        ? string.Join(", ", desired.KernelParameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal)
            .Select(parameter => $"{parameter.Key} = {Convert.ToString(parameter.Value, CultureInfo.InvariantCulture)}"))
        : string.Empty;

    /// <summary>The virtual services, a line each: which, its scheduler, and how many real servers.</summary>
    public static string VirtualServices(PSObject configuration)
    {
        if (Of(configuration) is not { VirtualServices: { Count: > 0 } services })
        {
            return string.Empty;
        }

        int width = services.Max(service => service.VirtualService.ToString().Length);
        int schedulers = services.Max(service => service.Settings.Scheduler.Length);
        return string.Join('\n', services.Select(service =>
            $"{service.VirtualService.ToString().PadRight(width)}  {service.Settings.Scheduler.PadRight(schedulers)}  {Servers(service)}"));
    }

    private static string Servers(ServiceConfiguration service)
    {
        if (service.RealServers is not { } servers)
        {
            return "servers left alone";
        }

        LvsForwardingMethod[] methods = [.. servers.Select(server => server.Settings.Forwarding).Distinct()];
        string count = servers.Count == 1 ? "1 server" : string.Create(CultureInfo.InvariantCulture, $"{servers.Count} servers");
        return methods.Length == 0 ? "no servers" : $"{count}: {string.Join(", ", methods)}";
    }

    private static LvsConfiguration? Of(PSObject configuration) => DesiredState.Of(configuration);
}
