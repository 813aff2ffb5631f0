using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>Carries rules of ipvsadm out on a table in memory, as ipvsadm and the kernel do it one after the other.</summary>
internal sealed class IpvsadmRules(TextNames names)
{
    internal const string Invalid = "IpvsadmRuleInvalid";

    // Which options go with a command (ipvsadm.c, commands_v_options). What only lists is not judged further.
    private static readonly Dictionary<string, (string[] Needed, string[] Allowed)> Commands = new()
    {
        ["add-service"] = (["service"], ["scheduler", "persistent", "netmask", "ops", "pe", "sched-flags"]),
        ["edit-service"] = (["service"], ["scheduler", "persistent", "netmask", "ops", "pe", "sched-flags"]),
        ["delete-service"] = (["service"], []),
        ["clear"] = ([], []),
        ["add-server"] = (["service", "real-server"], IpvsadmServerOptions.Allowed),
        ["edit-server"] = (["service", "real-server"], IpvsadmServerOptions.Allowed),
        ["delete-server"] = (["service", "real-server"], []),
        ["set"] = ([], []),
        ["start-daemon"] = ([], ["mcast-interface", "syncid", "mcast-group", "mcast-port", "mcast-ttl", "sync-maxlen"]),
        ["stop-daemon"] = ([], ["syncid"]),
    };

    private readonly List<ServiceConfiguration> _services = [];
    private readonly List<ConfigurationNote> _notes = [];
    private List<LvsSyncDaemon>? _daemons;
    private LvsTimeout? _timeout;

    internal ConfigurationReading ToReading() =>
        new(new LvsConfiguration { Timeout = _timeout, SyncDaemons = _daemons, VirtualServices = [.. _services] }, [.. _notes]);

    internal void Run(List<string> words, TextPosition position)
    {
        (List<IpvsadmOptions.Option> options, List<string> rest) = IpvsadmOptions.Parse(words, position);
        if (options.Count == 0)
        {
            throw position.Error(Invalid, $"'{words[0]}' is no command of ipvsadm; a rule begins with one, such as -A or -a.");
        }

        IpvsadmOptions.Option command = options[0];
        if (command.Name is "list" or "save" or "zero")
        {
            _notes.Add(position.Note($"'--{command.Name}' changes no rule and is left out."));
            return;
        }

        if (!Commands.TryGetValue(command.Name, out (string[] Needed, string[] Allowed) legal))
        {
            throw position.Error(Invalid, $"'--{command.Name}' is no command that a rule can have; it begins with one, such as -A or -a.");
        }

        options.RemoveAt(0);
        CheckOptions(command.Name, options, legal, position);
        if (rest.Count != (command.Name == "set" ? 3 : 0))
        {
            throw position.Error(Invalid, command.Name == "set"
                ? "'--set' needs three numbers: the timeouts of TCP, of TCP after FIN, and of UDP."
                : $"'{rest[0]}' belongs to no option.");
        }

        Run(command, options, rest, position);
    }

    private static void CheckOptions(
        string command, List<IpvsadmOptions.Option> options, (string[] Needed, string[] Allowed) legal, TextPosition position)
    {
        HashSet<string> given = [];
        foreach (IpvsadmOptions.Option option in options)
        {
            if (option.Name != "ipv6" && !legal.Needed.Contains(option.Group) && !legal.Allowed.Contains(option.Group))
            {
                throw position.Error(Invalid, $"'--{option.Name}' does not go with '--{command}'.");
            }

            if (!given.Add(option.Group) && option.Name != "ipv6")
            {
                throw position.Error(Invalid, $"'--{option.Name}' is one too many: a rule has one {option.Group}.");
            }
        }

        if (legal.Needed.FirstOrDefault(needed => !given.Contains(needed)) is { } missing)
        {
            throw position.Error(Invalid, $"'--{command}' needs a {missing}.");
        }
    }

    private void Run(IpvsadmOptions.Option command, List<IpvsadmOptions.Option> options, List<string> rest, TextPosition position)
    {
        switch (command.Name)
        {
            case "add-service" or "edit-service" or "delete-service":
                RunService(command.Name, IpvsadmServiceOptions.Read(options, names, position), position);
                break;
            case "clear":
                Clear(position);
                break;
            case "add-server" or "edit-server" or "delete-server":
                RunServer(command.Name, options, position);
                break;
            case "set":
                uint[] seconds = [.. rest.Select(text => (uint)position.Number(Invalid, "The timeout", text, 0, IpvsadmServiceOptions.MaximumTimeout))];
                _timeout = new LvsTimeout
                {
                    // 0 leaves a timeout as it is (ipvsadm(8), --set), so an earlier line's stays.
                    Tcp = seconds[0] != 0 ? seconds[0] : _timeout?.Tcp,
                    TcpFin = seconds[1] != 0 ? seconds[1] : _timeout?.TcpFin,
                    Udp = seconds[2] != 0 ? seconds[2] : _timeout?.Udp,
                };
                break;
            default:
                RunDaemon(command, options, position);
                break;
        }
    }

    private void RunService(string command, VirtualServiceSettings settings, TextPosition position)
    {
        LvsServiceId id = settings.VirtualService;
        int index = _services.FindIndex(each => each.VirtualService == id);
        if (command == "add-service" && index >= 0)
        {
            throw position.Error(Invalid, $"{id} is there already: an earlier line adds it.");
        }

        if (command != "add-service" && index < 0)
        {
            throw position.Error(Invalid, $"{id} is not there: no earlier line adds it.");
        }

        if (command == "delete-service")
        {
            _services.RemoveAt(index);
            return;
        }

        settings = WithoutIdleParts(settings, position);
        position.Check(settings);
        if (index < 0)
        {
            _services.Add(new ServiceConfiguration { Settings = settings, RealServers = [] });
        }
        else
        {
            _services[index] = _services[index] with { Settings = settings };
        }
    }

    // The kernel keeps these with a service that has no persistence, where they do nothing.
    private VirtualServiceSettings WithoutIdleParts(VirtualServiceSettings settings, TextPosition position)
    {
        if (settings is not { PersistenceTimeout: null, VirtualService: not { Port: 0 } }
            || settings is { PersistencePrefixLength: null, IrregularNetmask: null, PersistenceEngine: null })
        {
            return settings;
        }

        _notes.Add(position.Note($"{settings.VirtualService}: the netmask and the persistence engine do nothing without -p and are left out."));
        return settings with { PersistencePrefixLength = null, IrregularNetmask = null, PersistenceEngine = null };
    }

    private void RunServer(string command, List<IpvsadmOptions.Option> options, TextPosition position)
    {
        LvsServiceId id = IpvsadmServiceOptions.Read(options, names, position).VirtualService;
        int index = _services.FindIndex(each => each.VirtualService == id);
        if (index < 0)
        {
            throw position.Error(Invalid, $"{id} is not there: no earlier line adds it.");
        }

        bool removes = command == "delete-server";
        RealServerSettings settings = IpvsadmServerOptions.Read(id, options, names, position, keepsPort: removes, _notes);
        List<ServerConfiguration> servers = [.. _services[index].RealServers!];
        int server = servers.FindIndex(each => each.RealServer == settings.RealServer);
        if (command == "add-server" && server >= 0)
        {
            throw position.Error(Invalid, $"{settings.RealServer} is in {id} already: an earlier line adds it.");
        }

        if (command != "add-server" && server < 0)
        {
            throw position.Error(Invalid, $"{settings.RealServer} is not in {id}: no earlier line adds it.");
        }

        if (removes)
        {
            servers.RemoveAt(server);
        }
        else
        {
            position.Check(id, settings);
            ServerConfiguration made = new() { Settings = settings };
            if (server < 0)
            {
                servers.Add(made);
            }
            else
            {
                servers[server] = made;
            }
        }

        _services[index] = _services[index] with { RealServers = servers };
    }

    private void RunDaemon(IpvsadmOptions.Option command, List<IpvsadmOptions.Option> options, TextPosition position)
    {
        LvsSyncDaemon daemon = IpvsadmDaemonOptions.Read(command, options, position);
        if (command.Name == "stop-daemon")
        {
            if (_daemons?.RemoveAll(each => each.Role == daemon.Role) is not > 0)
            {
                throw position.Error(Invalid, $"No earlier line starts a {command.Value} daemon that could be stopped.");
            }

            return;
        }

        position.Check(daemon);
        _daemons ??= [];
        if (_daemons.Exists(each => each.Role == daemon.Role))
        {
            throw position.Error(Invalid, $"A {command.Value} daemon runs already: an earlier line starts it.");
        }

        _daemons.Add(daemon);
    }

    private void Clear(TextPosition position)
    {
        if (_services.Count == 0)
        {
            _notes.Add(position.Note("'--clear' removes what other tools made; here only the scope of a document does, such as '*'."));
        }

        _services.Clear();
    }
}
