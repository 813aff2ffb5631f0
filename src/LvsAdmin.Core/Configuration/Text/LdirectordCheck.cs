using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>How ldirectord checks the real servers of a service.</summary>
internal sealed class LdirectordCheck(List<ConfigurationNote> notes)
{
    // ldirectord, ld_port_to_service, of those that ask for something that we can ask for too.
    private static readonly Dictionary<int, string> ServiceOfPort = new()
    {
        [21] = "ftp",
        [25] = "smtp",
        [53] = "dns",
        [80] = "http",
        [110] = "pop",
        [119] = "nntp",
        [143] = "imap",
        [389] = "ldap",
        [443] = "https",
        [587] = "submission",
        [636] = "ldaps",
        [993] = "imaps",
        [995] = "pops",
        [1521] = "oracle",
        [1812] = "radius",
        [3128] = "http_proxy",
        [3306] = "mysql",
        [5060] = "sip",
        [5432] = "pgsql",
    };

    private static readonly string[] Services = [.. ServiceOfPort.Values, "none", "simpletcp"];

    private readonly Dictionary<string, LdirectordLine> _lines = [];
    private LdirectordTiming _timing = new();

    /// <summary>The check of the service; null when nothing is checked.</summary>
    internal HealthCheckSettings? Settings { get; private set; }

    /// <summary>Takes a directive, if it is one of checks.</summary>
    internal bool Add(LdirectordLine line)
    {
        if (_timing.With(line) is { } timing)
        {
            _timing = timing;
            return true;
        }

        bool known = line.Name is "checktype" or "service" or "checkport" or "request" or "receive" or "httpmethod" or "virtualhost" or "checkcommand";
        if (known)
        {
            _lines[line.Name] = line;
        }

        return known;
    }

    /// <summary>Makes the check out of all directives.</summary>
    /// <returns>Whether ldirectord activates the real servers at all.</returns>
    internal bool Resolve(LvsServiceId id, LdirectordTiming around)
    {
        string type = Value("checktype") ?? "negotiate";
        if (type.Length > 0 && type.All(char.IsAsciiDigit))
        {
            notes.Add(_lines["checktype"].Position.Note("Here every check asks for what is said, where ldirectord only connects between."));
            type = "negotiate";
        }

        bool negotiates = type == "negotiate";
        HealthCheckSettings? check = type switch
        {
            "negotiate" => Negotiation(id),
            "connect" => new HealthCheckSettings { Kind = id.Protocol == LvsProtocol.Udp ? HealthCheckKind.Ping : HealthCheckKind.Tcp },
            "ping" => new HealthCheckSettings { Kind = HealthCheckKind.Ping },
            "external" or "external-perl" => External(type),
            "on" or "off" => null,
            _ => throw _lines["checktype"].Error($"'{type}' is no checktype: use connect, negotiate, on, off, ping, external, external-perl or a number."),
        };
        Settings = check is null ? null : WithPort(_timing.Apply(check, negotiates, around));
        NoteUnused();
        if (type == "off")
        {
            notes.Add(_lines["checktype"].Position.Note("With 'checktype=off' ldirectord activates no real server; here they get the weight 0."));
        }

        return type != "off";
    }

    /// <summary>The check of a real server that says its own; null for that of the service.</summary>
    internal HealthCheckSettings? Of(LdirectordRealServer server, LdirectordLine line)
    {
        if (server.Request is null || Settings is null)
        {
            return null;
        }

        if (Settings.Kind is not (HealthCheckKind.Http or HealthCheckKind.Https))
        {
            notes.Add(line.Position.Note("What is asked of this real server has no counterpart and is left out."));
            return null;
        }

        return Settings with { Path = Rooted(server.Request), Pattern = server.Receive is { Length: > 0 } receive ? receive : null };
    }

    private HealthCheckSettings? Negotiation(LvsServiceId id)
    {
        string service = Value("service") ?? (id.Port is { } port && ServiceOfPort.TryGetValue(port, out string? known) ? known : "none");
        if (!Services.Contains(service))
        {
            throw _lines["service"].Error($"'{service}' is no service of ldirectord: use {string.Join(", ", Services.Order())}.");
        }

        switch (service)
        {
            case "http" or "https":
                string? method = Value("httpmethod")?.ToUpperInvariant();
                return new HealthCheckSettings
                {
                    Kind = service == "http" ? HealthCheckKind.Http : HealthCheckKind.Https,
                    Path = Rooted(Text("request") ?? ""),
                    Pattern = Text("receive"),
                    VirtualHost = Text("virtualhost"),
                    Method = method is null or "GET" or "HEAD" ? method is "GET" ? null : method : throw _lines["httpmethod"].Error("'httpmethod' must be GET or HEAD."),
                };
            case "dns":
                return new HealthCheckSettings { Kind = HealthCheckKind.Dns, QueryName = Text("request") is { } name ? name.TrimStart('/') : null };
            case "smtp" or "submission":
                return new HealthCheckSettings { Kind = HealthCheckKind.Smtp };
            case "none":
                return null;
            default:
                LdirectordLine? line = _lines.GetValueOrDefault("service");
                notes.Add((line?.Position ?? default).Note($"{id}: there is no check for '{service}'; here it is only connected to."));
                return new HealthCheckSettings { Kind = id.Protocol == LvsProtocol.Udp ? HealthCheckKind.Ping : HealthCheckKind.Tcp };
        }
    }

    private HealthCheckSettings External(string type)
    {
        string command = Text("checkcommand") ?? "/bin/true";
        if (type == "external-perl")
        {
            notes.Add(_lines["checktype"].Position.Note("'external-perl' runs the command within ldirectord; here it is run as a program."));
        }

        return new HealthCheckSettings { Kind = HealthCheckKind.Script, Command = command };
    }

    private HealthCheckSettings WithPort(HealthCheckSettings check) =>
        check.Kind is not (HealthCheckKind.Ping or HealthCheckKind.Script) && _lines.TryGetValue("checkport", out LdirectordLine? port)
            ? check with { Port = (ushort)port.Number(1, ushort.MaxValue) }
            : check;

    private void NoteUnused()
    {
        bool isHttp = Settings?.Kind is HealthCheckKind.Http or HealthCheckKind.Https;
        foreach (LdirectordLine line in _lines.Values)
        {
            bool used = line.Name switch
            {
                "request" => isHttp || Settings?.Kind == HealthCheckKind.Dns,
                "receive" or "virtualhost" or "httpmethod" => isHttp,
                "checkport" => Settings?.Port is not null,
                "checkcommand" => Settings?.Kind == HealthCheckKind.Script,
                _ => true,
            };
            if (!used)
            {
                notes.Add(line.Position.Note(string.Create(CultureInfo.InvariantCulture, $"'{line.Name}' does not go with this kind of check and is left out.")));
            }
        }
    }

    private static string Rooted(string path) => path.StartsWith('/') ? path : "/" + path;

    private string? Value(string name) => _lines.GetValueOrDefault(name)?.Value;

    private string? Text(string name) => _lines.GetValueOrDefault(name)?.Text is { Length: > 0 } text ? text : null;
}
