using System.Globalization;
using System.Text;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>Writes rules as ipvsadm.c does with FMT_RULE and FMT_NUMERIC (print_service_entry, print_tunnel_rule).</summary>
internal sealed class IpvsadmWriter
{
    private readonly StringBuilder _text = new();
    private readonly UnsaidParts _unsaid = new("ipvsadm");

    internal ConfigurationWriting Write(LvsConfiguration configuration)
    {
        _unsaid.AddDocumentParts(configuration);
        foreach (ServiceConfiguration service in IpvsadmText.Sorted(configuration.VirtualServices))
        {
            WriteService(service);
        }

        if (configuration.Timeout is { } timeout)
        {
            Line($"--set {Timeout("TCP", timeout.Tcp)} {Timeout("TCP after FIN", timeout.TcpFin)} {Timeout("UDP", timeout.Udp)}");
        }

        if (configuration.SyncDaemons is { Count: 0 })
        {
            _unsaid.Add("cannot say that no synchronisation daemon runs", "those that run are left alone");
        }

        foreach (LvsSyncDaemon daemon in configuration.SyncDaemons ?? [])
        {
            WriteDaemon(daemon);
        }

        return new ConfigurationWriting(_text.ToString(), _unsaid.Notes);
    }

    private void WriteService(ServiceConfiguration service)
    {
        VirtualServiceSettings settings = service.Settings;
        LvsServiceId id = settings.VirtualService;
        AddUnsaid(service);
        if (Name(id) is not { } name)
        {
            _unsaid.Add("has no word for the protocol of a service, which is left out", id.ToString());
            return;
        }

        Line($"-A {name} -s {settings.Scheduler}{Persistence(settings)}{Optional(" --pe ", settings.PersistenceEngine)}{(settings.OnePacket ? " -o" : "")}"
            + (settings.SchedulerFlags.IsEmpty ? "" : $" -b {settings.SchedulerFlags.For(settings.Scheduler)}"));
        foreach (ServerConfiguration server in _unsaid.Servers(service, markHasPort: true))
        {
            WriteServer(id, name, server.Settings);
        }
    }

    private void AddUnsaid(ServiceConfiguration service)
    {
        string subject = service.VirtualService.ToString();
        if (service.Quorum is not null)
        {
            _unsaid.Add("has no quorum, which is left out", subject);
        }

        if (service.SorryServer is { } sorry)
        {
            _unsaid.Add("has no sorry server, which is left out", $"{sorry.RealServer} of {subject}");
        }

        if (service.HealthCheck is not null)
        {
            _unsaid.Add("checks no real server; the health checks are left out", subject);
        }

        foreach (ServerConfiguration server in (service.RealServers ?? []).Where(each => each.HealthCheck is not null))
        {
            _unsaid.Add("checks no real server; the health checks are left out", $"{server.RealServer} in {subject}");
        }
    }

    private static string? Name(LvsServiceId id) => id switch
    {
        { FirewallMark: { } mark } => string.Create(CultureInfo.InvariantCulture, $"-f {mark}{(id.AddressFamily == LvsAddressFamily.IPv6 ? " -6" : "")}"),
        { Protocol: LvsProtocol.Tcp } => $"-t {Endpoint(id.Address!.Value, id.Port ?? 0)}",
        { Protocol: LvsProtocol.Udp } => $"-u {Endpoint(id.Address!.Value, id.Port ?? 0)}",
        { Protocol: LvsProtocol.Sctp } => $"--sctp-service {Endpoint(id.Address!.Value, id.Port ?? 0)}",
        _ => null,
    };

    private string Persistence(VirtualServiceSettings settings)
    {
        if (settings.PersistenceTimeout is not { } timeout)
        {
            return "";
        }

        if (timeout > IpvsadmServiceOptions.MaximumTimeout)
        {
            _unsaid.Add("-R takes a persistence timeout of 31 days at most, which is written instead", settings.VirtualService.ToString());
            timeout = IpvsadmServiceOptions.MaximumTimeout;
        }

        bool isV6 = settings.VirtualService.AddressFamily == LvsAddressFamily.IPv6;
        string? mask = (isV6, settings.PersistencePrefixLength) switch
        {
            (true, { } length and < 128) => length.ToString(CultureInfo.InvariantCulture),
            (false, { } length and < 32) => Mask(uint.MaxValue << (32 - length)),
            (false, null) when settings.IrregularNetmask is { } bits => Mask(bits),
            _ => null,
        };
        return string.Create(CultureInfo.InvariantCulture, $" -p {timeout}{Optional(" -M ", mask)}");
    }

    private void WriteServer(LvsServiceId service, string name, RealServerSettings settings)
    {
        ushort port = settings.RealServer.Within(service).Port ?? 0;
        if (service.Port is { } own && port != own && settings.Forwarding != LvsForwardingMethod.Nat)
        {
            _unsaid.Add("-R takes the service's port for a real server without NAT, whatever is written", $"{settings.RealServer} in {service}");
        }

        string forwarding = settings.Forwarding switch
        {
            LvsForwardingMethod.Nat => "-m",
            LvsForwardingMethod.Tunnel => "-i",
            _ => "-g",
        };
        Line($"-a {name} -r {Endpoint(settings.RealServer.Address, port)} {forwarding} -w {settings.Weight}{Tunnel(settings)}"
            + (settings.UpperThreshold != 0 ? string.Create(CultureInfo.InvariantCulture, $" -x {settings.UpperThreshold}") : "")
            + (settings.LowerThreshold != 0 ? string.Create(CultureInfo.InvariantCulture, $" -y {settings.LowerThreshold}") : ""));
    }

    private static string Tunnel(RealServerSettings settings)
    {
        if (settings.Forwarding != LvsForwardingMethod.Tunnel)
        {
            return "";
        }

        string checksum = settings.TunnelChecksum switch
        {
            LvsTunnelChecksum.Checksum => "--tun-csum",
            LvsTunnelChecksum.Remote => "--tun-remcsum",
            _ => "--tun-nocsum",
        };
        return settings.TunnelType switch
        {
            LvsTunnelType.Gue => string.Create(CultureInfo.InvariantCulture, $" --tun-type gue --tun-port {settings.TunnelPort} {checksum}"),
            LvsTunnelType.Gre => $" --tun-type gre {checksum}",
            _ => " --tun-type ipip",
        };
    }

    private uint Timeout(string what, uint? seconds)
    {
        if (seconds is null or <= IpvsadmServiceOptions.MaximumTimeout)
        {
            return seconds ?? 0;
        }

        _unsaid.Add("-R takes a timeout of 31 days at most, which is written instead", what);
        return IpvsadmServiceOptions.MaximumTimeout;
    }

    private void WriteDaemon(LvsSyncDaemon daemon)
    {
        string role = daemon.Role == LvsSyncRole.Master ? "master" : "backup";
        ushort? length = daemon.MaximumLength;
        if (length > IpvsadmDaemonOptions.MaximumLength)
        {
            _unsaid.Add($"-R takes messages of at most {IpvsadmDaemonOptions.MaximumLength} bytes, which is written instead", $"{role} daemon");
            length = IpvsadmDaemonOptions.MaximumLength;
        }

        Line($"--start-daemon {role} --mcast-interface {daemon.Interface} --syncid {daemon.SyncId}{Optional(" --sync-maxlen ", length)}"
            + $"{Optional(" --mcast-group ", daemon.MulticastGroup)}{Optional(" --mcast-port ", daemon.MulticastPort)}{Optional(" --mcast-ttl ", daemon.MulticastTtl)}");
    }

    private static string Mask(uint bits) => string.Create(CultureInfo.InvariantCulture, $"{bits >> 24}.{(bits >> 16) & 255}.{(bits >> 8) & 255}.{bits & 255}");

    private static string Endpoint(LvsAddress address, ushort port) => string.Create(CultureInfo.InvariantCulture, $"{address.ToBracketedString()}:{port}");

    private static string Optional(string option, object? value) => value is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{option}{value}");

    private void Line(string line) => _text.Append(line).Append('\n');
}
