using System.Buffers.Binary;
using System.Numerics;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>Reads a virtual service of ldirectord, whose directives count only when all are known.</summary>
internal sealed class LdirectordVirtual(LdirectordLine line, TextNames names, List<ConfigurationNote> notes)
{
    private static readonly string[] Idle =
    [
        "checkcount", "login", "passwd", "database", "secret", "load", "fallbackcommand", "quiescent", "emailalert", "emailalertfreq", "emailalertstatus",
        "monitorfile", "cleanstop", "smtp", "servicename", "comment",
    ];

    private readonly List<LdirectordLine> _servers = [];
    private readonly LdirectordCheck _check = new(notes);
    private LdirectordLine? _fallback;
    private LdirectordLine? _protocol;
    private LdirectordLine? _netmask;
    private LdirectordLine? _flags;
    private string _scheduler = "wrr";
    private uint? _persistence;
    private bool _onePacket;

    internal LdirectordLine Line => line;

    private LvsAddressFamily Family => line.Name == "virtual6" ? LvsAddressFamily.IPv6 : LvsAddressFamily.IPv4;

    internal void Add(LdirectordLine directive)
    {
        string six = Family == LvsAddressFamily.IPv6 ? "6" : "";
        switch (directive.Name)
        {
            case "real" or "real6" or "fallback" or "fallback6" when directive.Name.EndsWith('6') != (six.Length > 0):
                throw directive.Error($"'{directive.Name}' does not go with '{line.Name}': use '{directive.Name.TrimEnd('6')}{six}'.");
            case "real" or "real6":
                _servers.Add(directive);
                break;
            case "fallback" or "fallback6":
                _fallback = directive;
                break;
            case "protocol":
                _protocol = directive;
                break;
            case "netmask":
                _netmask = directive;
                break;
            case "schedflags":
                _flags = directive;
                break;
            case "scheduler":
                _scheduler = directive.Value.All(char.IsAsciiLetterLower) ? directive.Value : throw directive.Error($"'{directive.Value}' is no name of a scheduler.");
                break;
            case "persistent":
                _persistence = (uint)directive.Number(1);
                break;
            case "ops":
                _onePacket = directive.YesOrNo();
                break;
            case var name when Idle.Contains(name):
                notes.Add(directive.Position.Note($"'{name}' has no counterpart and is left out."));
                break;
            default:
                if (!_check.Add(directive))
                {
                    throw directive.Error($"ldirectord has no directive '{directive.Name}' in a virtual service.");
                }

                break;
        }
    }

    internal ServiceConfiguration ToService(LdirectordTiming timing, IReadOnlyDictionary<LvsAddressFamily, LdirectordLine> fallbacks)
    {
        LvsServiceId id = Id();
        VirtualServiceSettings settings = Settings(id);
        line.Position.Check(settings);
        bool activates = _check.Resolve(id, timing);
        List<ServerConfiguration> servers = [];
        foreach (LdirectordLine real in _servers)
        {
            foreach (LdirectordRealServer server in LdirectordRealServer.Read(real, id, names, notes))
            {
                if (servers.Exists(each => each.RealServer == server.Settings.RealServer))
                {
                    throw real.Error($"{server.Settings.RealServer} is in {id} twice.");
                }

                // What is never activated gets no connections.
                servers.Add(new ServerConfiguration
                {
                    Settings = activates ? server.Settings : server.Settings with { Weight = 0 },
                    HealthCheck = _check.Of(server, real),
                });
            }
        }

        return new ServiceConfiguration
        {
            Settings = settings,
            RealServers = servers,
            SorryServer = (_fallback ?? fallbacks.GetValueOrDefault(Family)) is { } fallback ? Fallback(fallback, id) : null,
            HealthCheck = _check.Settings,
        };
    }

    private LvsServiceId Id()
    {
        if (line.Value.Length > 0 && line.Value.All(char.IsAsciiDigit))
        {
            return _protocol is null or { Value: "fwm" }
                ? new LvsServiceId((uint)line.Position.Number(LdirectordLine.Invalid, "The firewall mark", line.Value, 1, uint.MaxValue), Family)
                : throw _protocol.Error("The protocol of a firewall mark is fwm.");
        }

        (string host, string? port) = LdirectordLine.Split(line.Value);
        if (port is null)
        {
            throw line.Error($"'{line.Value}' is neither ADDRESS:PORT nor a firewall mark.");
        }

        LvsProtocol protocol = _protocol?.Value switch
        {
            "tcp" => LvsProtocol.Tcp,
            "udp" => LvsProtocol.Udp,
            null => port is "53" or "domain" ? LvsProtocol.Udp : LvsProtocol.Tcp,
            _ => throw _protocol.Error("The protocol of an address is tcp or udp."),
        };
        return new LvsServiceId(protocol, line.Address(host, Family, names), line.Position.Port(LdirectordLine.Invalid, port, protocol, names));
    }

    private VirtualServiceSettings Settings(LvsServiceId id)
    {
        if (_onePacket && id.Protocol != LvsProtocol.Udp)
        {
            notes.Add(line.Position.Note($"{id}: 'ops' is for UDP and is left out, as ldirectord does."));
        }

        if (_netmask is not null && _persistence is null)
        {
            notes.Add(_netmask.Position.Note("'netmask' does nothing without 'persistent' and is left out."));
        }

        LvsSchedulerFlags flags = default;
        if (_flags is not null)
        {
            try
            {
                flags = LvsSchedulerFlags.Parse(_flags.Value).For(_scheduler);
            }
            catch (FormatException exception)
            {
                throw _flags.Error(exception.Message);
            }
        }

        return WithNetmask(new VirtualServiceSettings
        {
            VirtualService = id,
            Scheduler = _scheduler,
            SchedulerFlags = flags,
            OnePacket = _onePacket && id.Protocol == LvsProtocol.Udp,
            PersistenceTimeout = _persistence,
        });
    }

    private VirtualServiceSettings WithNetmask(VirtualServiceSettings settings)
    {
        if (_netmask is null || _persistence is null)
        {
            return settings;
        }

        if (Family == LvsAddressFamily.IPv6)
        {
            int length = _netmask.Number(1, 128);
            return settings with { PersistencePrefixLength = length == 128 ? null : length };
        }

        Span<byte> bytes = stackalloc byte[16];
        if (!LvsAddress.TryParse(_netmask.Value, out LvsAddress mask, out _) || mask.WriteBytes(bytes) != 4)
        {
            throw _netmask.Error($"'{_netmask.Value}' is no netmask, such as 255.255.255.0.");
        }

        uint bits = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        int ones = BitOperations.LeadingZeroCount(~bits);
        bool regular = ones == BitOperations.PopCount(bits);
        return settings with { PersistencePrefixLength = regular && ones != 32 ? ones : null, IrregularNetmask = regular ? null : bits };
    }

    private RealServerSettings Fallback(LdirectordLine fallback, LvsServiceId id)
    {
        string[] words = fallback.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is 0 or > 2)
        {
            throw fallback.Error($"'{fallback.Value}' is not written as ADDRESS[:PORT] [gate|masq|ipip].");
        }

        (string host, string? port) = LdirectordLine.Split(words[0]);
        LvsForwardingMethod forwarding = words.Length > 1 ? fallback.Forwarding(words[1]) : LvsForwardingMethod.DirectRouting;
        ushort? number = port is null ? null : fallback.Position.Port(LdirectordLine.Invalid, port, id.Protocol ?? LvsProtocol.Tcp, names);
        RealServerSettings settings = new()
        {
            RealServer = fallback.Position.Server(
                LdirectordLine.Invalid,
                fallback.Address(host, Family, names),
                LdirectordRealServer.Port(fallback, id, forwarding, number ?? id.Port ?? 0, notes)),
            Forwarding = forwarding,
        };
        fallback.Position.Check(id, settings);
        return settings;
    }
}
