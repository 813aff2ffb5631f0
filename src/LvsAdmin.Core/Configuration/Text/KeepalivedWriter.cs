using System.Globalization;
using System.Text;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>Writes virtual servers as keepalived reads them without a complaint.</summary>
internal sealed class KeepalivedWriter
{
    private readonly StringBuilder _text = new();
    private readonly UnsaidParts _unsaid = new("keepalived");

    internal ConfigurationWriting Write(LvsConfiguration configuration)
    {
        _unsaid.AddDocumentParts(configuration);
        foreach (LvsSyncDaemon daemon in configuration.SyncDaemons ?? [])
        {
            _unsaid.Add("runs synchronisation daemons as VRRP has it; these are left out", $"{daemon.Role} on {daemon.Interface}");
        }

        if (configuration.SyncDaemons is { Count: 0 })
        {
            _unsaid.Add("cannot say that no synchronisation daemon runs", "those that run are left alone");
        }

        WriteTimeouts(configuration.Timeout);
        foreach (ServiceConfiguration service in IpvsadmText.Sorted(configuration.VirtualServices))
        {
            WriteService(service);
        }

        // A file without anything is none that keepalived reads.
        if (_text.Length == 0)
        {
            Line(0, "global_defs {");
            Line(0, "}");
        }

        return new ConfigurationWriting(_text.ToString(), _unsaid.Notes);
    }

    private void WriteTimeouts(LvsTimeout? timeout)
    {
        string values = $"{Timeout(" tcp", timeout?.Tcp)}{Timeout(" tcpfin", timeout?.TcpFin)}{Timeout(" udp", timeout?.Udp)}";
        if (values.Length > 0)
        {
            Line(0, "global_defs {");
            Line(1, $"lvs_timeouts{values}");
            Line(0, "}");
        }
    }

    private string Timeout(string word, uint? seconds) => seconds is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{word} {Capped(seconds.Value, "timeouts")}");

    private uint Capped(uint seconds, string subject)
    {
        if (seconds <= KeepalivedValues.MaximumTimeout)
        {
            return seconds;
        }

        _unsaid.Add("takes a time of 31 days at most, which is written instead", subject);
        return KeepalivedValues.MaximumTimeout;
    }

    private void WriteService(ServiceConfiguration service)
    {
        VirtualServiceSettings settings = service.Settings;
        LvsServiceId id = settings.VirtualService;
        IReadOnlyList<ServerConfiguration> servers = _unsaid.Servers(service, markHasPort: false);
        if (servers.Count == 0)
        {
            _unsaid.Add("has no services without real servers, which are left out", id.ToString());
            return;
        }

        if (!KeepalivedValues.Schedulers.Contains(settings.Scheduler) || id is { Protocol: { } protocol } && !Enum.IsDefined(protocol))
        {
            _unsaid.Add("does not know the scheduler or the protocol of services, which are left out", $"{id} ({settings.Scheduler})");
            return;
        }

        Line(0, id.FirewallMark is { } mark
            ? string.Create(CultureInfo.InvariantCulture, $"virtual_server fwmark {mark} {{")
            : string.Create(CultureInfo.InvariantCulture, $"virtual_server {id.Address} {id.Port} {{"));
        WriteSettings(settings);
        WriteQuorum(service, servers);
        if (service.SorryServer is { } sorry)
        {
            WriteSorryServer(id, sorry);
        }

        foreach (ServerConfiguration server in servers)
        {
            WriteServer(service, server);
        }

        Line(0, "}");
    }

    private void WriteSettings(VirtualServiceSettings settings)
    {
        LvsServiceId id = settings.VirtualService;
        Line(1, id.Protocol is { } protocol ? $"protocol {protocol.ToString().ToUpperInvariant()}" : $"ip_family {(id.AddressFamily == LvsAddressFamily.IPv6 ? "inet6" : "inet")}");
        Line(1, $"lvs_sched {settings.Scheduler}");
        foreach (string flag in settings.SchedulerFlags.For(settings.Scheduler).ToString().Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            Line(1, flag);
        }

        if (settings.OnePacket)
        {
            Line(1, "ops");
        }

        if (settings.PersistenceTimeout is not { } timeout)
        {
            return;
        }

        Line(1, string.Create(CultureInfo.InvariantCulture, $"persistence_timeout {Capped(timeout, id.ToString())}"));
        uint? mask = settings.PersistencePrefixLength is { } length and < 32 ? uint.MaxValue << (32 - length) : settings.IrregularNetmask;
        if (id.AddressFamily == LvsAddressFamily.IPv6)
        {
            if (settings.PersistencePrefixLength is { } bits and < 128)
            {
                Line(1, string.Create(CultureInfo.InvariantCulture, $"persistence_granularity {bits}"));
            }
        }
        else if (mask is { } four)
        {
            Line(1, string.Create(CultureInfo.InvariantCulture, $"persistence_granularity {four >> 24}.{(four >> 16) & 255}.{(four >> 8) & 255}.{four & 255}"));
        }

        if (settings.PersistenceEngine is { } engine)
        {
            Line(1, $"persistence_engine {engine}");
        }
    }

    private void WriteQuorum(ServiceConfiguration service, IReadOnlyList<ServerConfiguration> servers)
    {
        string subject = service.VirtualService.ToString();
        long sum = servers.Sum(server => (long)Math.Min(server.Settings.Weight, KeepalivedValues.MaximumWeight));
        if (sum == 0)
        {
            _unsaid.Add("complains of services whose real servers all have the weight 0, but takes them", subject);
        }

        if (service.Quorum is not { } quorum)
        {
            return;
        }

        if (quorum > sum)
        {
            _unsaid.Add("lowers a quorum that is above the sum of the weights, so that sum is written", subject);
        }

        Line(1, string.Create(CultureInfo.InvariantCulture, $"quorum {Math.Clamp(quorum, 1, Math.Max(sum, 1))}"));
    }

    private void WriteSorryServer(LvsServiceId id, RealServerSettings sorry)
    {
        if (sorry is not { Weight: 1, UpperThreshold: 0, LowerThreshold: 0 })
        {
            _unsaid.Add("has no weight and thresholds of sorry servers, which are left out", $"{sorry.RealServer} of {id}");
        }

        Line(1, $"sorry_server {Endpoint(id, sorry, 0)}");
        Line(1, $"sorry_server_lvs_method {KeepalivedMethod.Of(sorry)}");
    }

    private void WriteServer(ServiceConfiguration service, ServerConfiguration server)
    {
        LvsServiceId id = service.VirtualService;
        RealServerSettings settings = server.Settings;
        string subject = $"{settings.RealServer} in {id}";
        int weight = settings.Weight;
        if (weight > KeepalivedValues.MaximumWeight)
        {
            _unsaid.Add($"takes a weight of {KeepalivedValues.MaximumWeight} at most, which is written instead", subject);
            weight = KeepalivedValues.MaximumWeight;
        }

        Line(1, $"real_server {Endpoint(id, settings, id.Port ?? 0)} {{");
        Line(2, string.Create(CultureInfo.InvariantCulture, $"weight {weight}"));
        Line(2, $"lvs_method {KeepalivedMethod.Of(settings)}");
        if (settings.UpperThreshold != 0)
        {
            Line(2, string.Create(CultureInfo.InvariantCulture, $"uthreshold {settings.UpperThreshold}"));
        }

        if (settings.LowerThreshold != 0)
        {
            Line(2, string.Create(CultureInfo.InvariantCulture, $"lthreshold {settings.LowerThreshold}"));
        }

        if (HealthChecks.Of(service, server) is { } check)
        {
            foreach ((int depth, string line) in new KeepalivedCheckWriter(_unsaid, subject).Lines(check))
            {
                Line(2 + depth, line);
            }
        }

        Line(1, "}");
    }

    // Without NAT the port is the service's, or none with a firewall mark; keepalived corrects what is written otherwise, and complains.
    private string Endpoint(LvsServiceId id, RealServerSettings settings, ushort natDefault)
    {
        ushort port = settings.RealServer.Within(id).Port ?? 0;
        bool isNat = settings.Forwarding == LvsForwardingMethod.Nat;
        ushort kept = isNat ? port == 0 ? natDefault : port : id.Port ?? 0;
        if (kept != port)
        {
            _unsaid.Add("takes the service's port for a real server, whatever is written, unless NAT gives it another", $"{settings.RealServer} in {id}");
        }

        return kept == 0 ? settings.RealServer.Address.ToString() : string.Create(CultureInfo.InvariantCulture, $"{settings.RealServer.Address} {kept}");
    }

    private void Line(int depth, string line) => _text.Append(' ', depth * 4).Append(line).Append('\n');
}
