using System.Globalization;
using System.Text;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>Writes virtual services as ldirectord reads them.</summary>
internal sealed class LdirectordWriter
{
    private readonly StringBuilder _text = new();
    private readonly UnsaidParts _unsaid = new("ldirectord");

    internal ConfigurationWriting Write(LvsConfiguration configuration)
    {
        _unsaid.AddDocumentParts(configuration);
        if (configuration.Timeout is not null)
        {
            _unsaid.Add("does not set timeouts, which are left out", "those of the director stay");
        }

        if (configuration.SyncDaemons is not null)
        {
            _unsaid.Add("runs no synchronisation daemons, which are left out", "those of the director stay");
        }

        // Only a process for each service heeds the interval of one.
        if (configuration.VirtualServices.Any(service => LdirectordCheckWriter.Common(service) is { Interval: not null }))
        {
            _text.Append("fork=yes\n\n");
        }

        foreach (ServiceConfiguration service in IpvsadmText.Sorted(configuration.VirtualServices))
        {
            WriteService(service);
        }

        return new ConfigurationWriting(_text.Length == 0 ? "# No virtual services\n" : _text.ToString(), _unsaid.Notes);
    }

    private void WriteService(ServiceConfiguration service)
    {
        VirtualServiceSettings settings = service.Settings;
        LvsServiceId id = settings.VirtualService;
        if (id.Protocol is not (null or LvsProtocol.Tcp or LvsProtocol.Udp) || !settings.Scheduler.All(char.IsAsciiLetterLower))
        {
            _unsaid.Add("has no word for the protocol or the scheduler of services, which are left out", $"{id} ({settings.Scheduler})");
            return;
        }

        string six = id.AddressFamily == LvsAddressFamily.IPv6 ? "6" : "";
        _text.Append(CultureInfo.InvariantCulture, $"virtual{six}={(id.FirewallMark is { } mark ? mark : Endpoint(id.Address!.Value, id.Port ?? 0))}\n");
        LdirectordCheckWriter checks = new(service, _unsaid);
        foreach (ServerConfiguration server in _unsaid.Servers(service, markHasPort: true))
        {
            WriteServer(id, server, six, checks);
        }

        WriteFallback(service, six);
        Line(id.Protocol switch
        {
            null => "protocol=fwm",
            LvsProtocol.Udp => "protocol=udp",
            _ => "protocol=tcp",
        });
        WriteSettings(settings);
        if (service.Quorum is not null)
        {
            _unsaid.Add("has no quorum, which is left out", id.ToString());
        }

        foreach (string line in checks.Lines())
        {
            Line(line);
        }

        _text.Append('\n');
    }

    private void WriteSettings(VirtualServiceSettings settings)
    {
        LvsServiceId id = settings.VirtualService;
        Line($"scheduler={settings.Scheduler}");
        if (!settings.SchedulerFlags.IsEmpty)
        {
            Line($"schedflags={settings.SchedulerFlags.For(settings.Scheduler)}");
        }

        if (settings.OnePacket && id.Protocol == LvsProtocol.Udp)
        {
            Line("ops=yes");
        }
        else if (settings.OnePacket)
        {
            _unsaid.Add("has one-packet scheduling only for UDP; it is left out", id.ToString());
        }

        if (settings.PersistenceEngine is not null)
        {
            _unsaid.Add("has no persistence engines, which are left out", id.ToString());
        }

        if (settings.PersistenceTimeout is { } timeout)
        {
            WritePersistence(settings, timeout);
        }
    }

    private void WritePersistence(VirtualServiceSettings settings, uint timeout)
    {
        if (timeout > IpvsadmServiceOptions.MaximumTimeout)
        {
            _unsaid.Add("runs ipvsadm, which takes a persistence timeout of 31 days at most; it is written instead", settings.VirtualService.ToString());
            timeout = IpvsadmServiceOptions.MaximumTimeout;
        }

        Line(string.Create(CultureInfo.InvariantCulture, $"persistent={timeout}"));
        uint? mask = settings.PersistencePrefixLength is { } length and < 32 ? uint.MaxValue << (32 - length) : settings.IrregularNetmask;
        if (settings.VirtualService.AddressFamily == LvsAddressFamily.IPv6)
        {
            if (settings.PersistencePrefixLength is { } bits and < 128)
            {
                Line(string.Create(CultureInfo.InvariantCulture, $"netmask={bits}"));
            }
        }
        else if (mask is { } four)
        {
            Line(string.Create(CultureInfo.InvariantCulture, $"netmask={four >> 24}.{(four >> 16) & 255}.{(four >> 8) & 255}.{four & 255}"));
        }
    }

    private void WriteServer(LvsServiceId id, ServerConfiguration server, string six, LdirectordCheckWriter checks)
    {
        RealServerSettings settings = server.Settings;
        if (!IsSayable(id, settings))
        {
            _unsaid.Add("has no tunnels but IPIP, and none to another family; real servers behind them are left out", $"{settings.RealServer} in {id}");
            return;
        }

        Line($"real{six}={Server(id, settings)} {Method(settings)} {settings.Weight.ToString(CultureInfo.InvariantCulture)}{checks.Request(server)}"
            + (settings.LowerThreshold != 0 ? string.Create(CultureInfo.InvariantCulture, $" l:{settings.LowerThreshold}") : "")
            + (settings.UpperThreshold != 0 ? string.Create(CultureInfo.InvariantCulture, $" u:{settings.UpperThreshold}") : ""));
    }

    private void WriteFallback(ServiceConfiguration service, string six)
    {
        if (service.SorryServer is not { } sorry)
        {
            return;
        }

        string subject = $"{sorry.RealServer} of {service.VirtualService}";
        if (!IsSayable(service.VirtualService, sorry))
        {
            _unsaid.Add("has no tunnels but IPIP, and none to another family; fallbacks behind them are left out", subject);
            return;
        }

        if (sorry is not { Weight: 1, UpperThreshold: 0, LowerThreshold: 0 })
        {
            _unsaid.Add("has no weight and thresholds of fallbacks, which are left out", subject);
        }

        Line($"fallback{six}={Server(service.VirtualService, sorry)} {Method(sorry)}");
    }

    private static bool IsSayable(LvsServiceId id, RealServerSettings settings) =>
        settings.RealServer.Address.Family == id.AddressFamily && (settings.Forwarding != LvsForwardingMethod.Tunnel || settings.TunnelType == LvsTunnelType.Ipip);

    private string Server(LvsServiceId id, RealServerSettings settings)
    {
        ushort port = settings.RealServer.Within(id).Port ?? 0;
        if (settings.Forwarding != LvsForwardingMethod.Nat && id.Port is { } own && port != own)
        {
            _unsaid.Add("runs ipvsadm, which takes the service's port for a real server without NAT, whatever is written", $"{settings.RealServer} in {id}");
        }

        return Endpoint(settings.RealServer.Address, port);
    }

    private static string Method(RealServerSettings settings) => settings.Forwarding switch
    {
        LvsForwardingMethod.Nat => "masq",
        LvsForwardingMethod.Tunnel => "ipip",
        _ => "gate",
    };

    private static string Endpoint(LvsAddress address, ushort port) => string.Create(CultureInfo.InvariantCulture, $"{address.ToBracketedString()}:{port}");

    private void Line(string line) => _text.Append('\t').Append(line).Append('\n');
}
