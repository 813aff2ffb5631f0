using System.Numerics;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>Reads a virtual_server (check_parser.c), with the defaults and corrections of keepalived (check_data.c, validate_check_config).</summary>
internal sealed class KeepalivedVirtualServer
{
    // IPVS_SVC_PERSISTENT_TIMEOUT.
    private const uint DefaultPersistence = 360;

    private readonly KeepalivedStatement _statement;
    private readonly IReadOnlyDictionary<string, List<KeepalivedGroupEntry>> _groups;
    private readonly List<ConfigurationNote> _notes;
    private readonly List<KeepalivedRealServer> _servers = [];
    private LvsAddressFamily? _family;
    private LvsProtocol? _protocol;
    private string? _scheduler;
    private LvsSchedulerFlags _flags;
    private bool _onePacket;
    private uint? _persistence;
    private (KeepalivedStatement Statement, string Text)? _granularity;
    private string? _engine;
    private uint? _quorum;
    private int _weight = 1;
    private KeepalivedMethod? _method;
    private KeepalivedTiming _timing = new();
    private KeepalivedRealServer? _sorry;

    internal KeepalivedVirtualServer(KeepalivedStatement statement, IReadOnlyDictionary<string, List<KeepalivedGroupEntry>> groups, List<ConfigurationNote> notes)
    {
        (_statement, _groups, _notes) = (statement, groups, notes);
        foreach (KeepalivedStatement part in statement.Block ?? throw Invalid("'virtual_server' needs braces with what it is."))
        {
            Read(part);
        }
    }

    internal IEnumerable<ServiceConfiguration> ToServices()
    {
        List<LvsServiceId> ids = [.. Ids()];
        if (_servers.Count == 0)
        {
            _notes.Add(_statement.Position.Note($"'{_statement.Text}' has no real server and is left out, as keepalived does."));
            return [];
        }

        if (_timing != new KeepalivedTiming() && _servers.TrueForAll(server => server.Check is null))
        {
            _notes.Add(_statement.Position.Note("No real server is checked, so how checks are made is left out."));
        }

        return ids.Select(ToService);
    }

    private void Read(KeepalivedStatement part)
    {
        if (_timing.With(part) is { } timing)
        {
            _timing = timing;
            return;
        }

        switch (part.Keyword)
        {
            case "ip_family":
                _family = part.Family(part.Value);
                break;
            case "lb_algo" or "lvs_sched":
                _scheduler = KeepalivedValues.Schedulers.Contains(part.Value) ? part.Value : throw part.Position.Error(
                    KeepalivedLine.Invalid, $"'{part.Value}' is no scheduler of keepalived: use {string.Join(", ", KeepalivedValues.Schedulers)}.");
                break;
            case "ops":
                _onePacket = true;
                break;
            case "flag-1" or "flag-2" or "flag-3" or "sh-port" or "sh-fallback" or "mh-port" or "mh-fallback":
                ReadFlag(part);
                break;
            case "lb_kind" or "lvs_method":
                _method = KeepalivedMethod.Read(part);
                break;
            case "persistence_timeout":
                _persistence = part.Words.Count < 2 ? DefaultPersistence : (uint)part.Number(1, KeepalivedValues.MaximumTimeout);
                break;
            case "persistence_granularity":
                _granularity = (part, part.Value);
                _persistence ??= DefaultPersistence;
                break;
            case "persistence_engine":
                _engine = part.Value;
                break;
            case "protocol":
                _protocol = part.Protocol();
                break;
            case "quorum":
                _quorum = (uint)part.Number(1, uint.MaxValue);
                break;
            case "weight":
                _weight = (int)part.Number(1, KeepalivedValues.MaximumWeight);
                break;
            case "sorry_server":
                _sorry = new KeepalivedRealServer(part, _method);
                break;
            case "sorry_server_lvs_method":
                (_sorry ?? throw part.Position.Error(KeepalivedLine.Invalid, "There is no sorry_server before this line.")).Method = KeepalivedMethod.Read(part);
                break;
            case "real_server":
                _servers.Add(KeepalivedRealServer.Read(part, _method, _notes));
                break;
            default:
                _notes.Add(part.Position.Note($"'{part.Keyword}' of a virtual server has no counterpart and is left out."));
                break;
        }
    }

    // The flags of a scheduler count only behind its name (check_parser.c, lbflags_handler).
    private void ReadFlag(KeepalivedStatement part)
    {
        if (!part.Keyword.StartsWith("flag-", StringComparison.Ordinal) && part.Keyword[..2] != _scheduler)
        {
            throw part.Position.Error(KeepalivedLine.Invalid, $"'{part.Keyword}' has to stand behind 'lvs_sched {part.Keyword[..2]}'.");
        }

        _flags = new LvsSchedulerFlags(_flags.Bits | LvsSchedulerFlags.Parse(part.Keyword).Bits);
    }

    private IEnumerable<LvsServiceId> Ids()
    {
        switch (_statement.Value)
        {
            case "group":
                string name = _statement.Words.Count > 2 ? _statement.Words[2] : throw Invalid("The name of the group is missing.");
                if (!_groups.TryGetValue(name, out List<KeepalivedGroupEntry>? entries) || entries.Count == 0)
                {
                    throw Invalid($"There is no virtual_server_group '{name}', or there is nothing in it.");
                }

                return entries.Select(entry => entry.Mark is { } mark
                    ? new LvsServiceId(mark, entry.Family ?? _family ?? ServerFamily())
                    : new LvsServiceId(Protocol(), entry.Address!.Value, entry.Port));
            case "fwmark":
                string text = _statement.Words.Count > 2 ? _statement.Words[2] : throw Invalid("The firewall mark is missing.");
                uint number = (uint)_statement.Position.Number(KeepalivedLine.Invalid, "The firewall mark", text, 1, uint.MaxValue);
                return [new LvsServiceId(number, _family ?? ServerFamily())];
            default:
                (LvsAddress address, ushort? port) = _statement.Endpoint();
                return [new LvsServiceId(Protocol(), address, port ?? 0)];
        }
    }

    // The family of a mark is that of its servers behind no tunnel, else that of all, else IPv4 (check_parser.c, vs_end_handler).
    private LvsAddressFamily ServerFamily()
    {
        if (_granularity is { } granularity)
        {
            return granularity.Text.Contains('.', StringComparison.Ordinal) ? LvsAddressFamily.IPv4 : LvsAddressFamily.IPv6;
        }

        List<KeepalivedRealServer> all = [.. _servers, .. _sorry is null ? [] : (KeepalivedRealServer[])[_sorry]];
        List<LvsAddressFamily> families =
            [.. all.Where(server => server.MethodOr(_method).Forwarding != LvsForwardingMethod.Tunnel).Select(server => server.Address.Family).Distinct()];
        if (families.Count == 0)
        {
            families = [.. all.Select(server => server.Address.Family).Distinct()];
        }

        return families.Count == 1 ? families[0] : LvsAddressFamily.IPv4;
    }

    private LvsProtocol Protocol()
    {
        if (_protocol is null)
        {
            _notes.Add(_statement.Position.Note("No protocol is said; UDP is meant, as keepalived takes it."));
        }

        return _protocol ??= LvsProtocol.Udp;
    }

    private ServiceConfiguration ToService(LvsServiceId id)
    {
        string scheduler = _scheduler ?? VirtualServiceSettings.DefaultScheduler;
        uint? persistence = _persistence;
        if (persistence is null && id.Port == 0)
        {
            _notes.Add(_statement.Position.Note($"{id}: a service for all ports needs persistence; {DefaultPersistence} s are taken, as keepalived does."));
            persistence = DefaultPersistence;
        }

        VirtualServiceSettings settings = WithGranularity(new VirtualServiceSettings
        {
            VirtualService = id,
            Scheduler = scheduler,
            SchedulerFlags = _flags.For(scheduler),
            OnePacket = _onePacket && OnePacketFits(id),
            PersistenceTimeout = persistence,
            PersistenceEngine = _engine,
        });
        _statement.Position.Check(settings);
        List<ServerConfiguration> servers = [];
        foreach (KeepalivedRealServer server in _servers)
        {
            ServerConfiguration made = server.ToServer(id, _method, _weight, _timing, _notes);
            if (servers.Exists(each => each.RealServer == made.RealServer))
            {
                throw server.Statement.Position.Error(KeepalivedLine.Invalid, $"{made.RealServer} is in {id} twice.");
            }

            servers.Add(made);
        }

        HealthCheckSettings? common = CommonCheck(servers);
        return new ServiceConfiguration
        {
            Settings = settings,
            RealServers = [.. servers.Select(server => common is null ? server : server with { HealthCheck = null })],
            Quorum = _quorum,
            SorryServer = _sorry?.ToSorryServer(id, _method, _notes),
            HealthCheck = common,
        };
    }

    private bool OnePacketFits(LvsServiceId id)
    {
        bool fits = id.Protocol is null or LvsProtocol.Udp;
        if (!fits)
        {
            _notes.Add(_statement.Position.Note($"{id}: one-packet scheduling is for UDP and is left out, as keepalived does."));
        }

        return fits;
    }

    private VirtualServiceSettings WithGranularity(VirtualServiceSettings settings)
    {
        if (_granularity is not var (statement, text))
        {
            return settings;
        }

        if (settings.VirtualService.AddressFamily == LvsAddressFamily.IPv6)
        {
            int length = (int)statement.Number(1, 128);
            return settings with { PersistencePrefixLength = length == 128 ? null : length };
        }

        Span<byte> bytes = stackalloc byte[16];
        if (statement.Address(text).WriteBytes(bytes) != 4)
        {
            throw statement.Position.Error(KeepalivedLine.Invalid, $"'{text}' is no netmask of IPv4, such as 255.255.255.0.");
        }

        uint bits = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes);
        int ones = BitOperations.LeadingZeroCount(~bits);
        bool regular = ones == BitOperations.PopCount(bits);
        return settings with { PersistencePrefixLength = regular && ones != 32 ? ones : null, IrregularNetmask = regular ? null : bits };
    }

    // What all real servers have in common is said once, of the service.
    private static HealthCheckSettings? CommonCheck(List<ServerConfiguration> servers)
    {
        HealthCheckSettings? first = servers[0].HealthCheck;
        return first is not null && servers.TrueForAll(server => server.HealthCheck is { } check && HealthChecks.AreEqual(check, first)) ? first : null;
    }

    private LvsConfigurationException Invalid(string message) => _statement.Position.Error(KeepalivedLine.Invalid, message);
}
