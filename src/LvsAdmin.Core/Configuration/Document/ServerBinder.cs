using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>Reads real servers: by themselves, and by the lists of them that a document names.</summary>
internal sealed class ServerBinder
{
    private const string Wanted = "a real server such as 192.0.2.21:8080, the name of a list of them, or an object with realServer or list";

    private readonly DocumentContext _context;
    private readonly Dictionary<string, DocumentPlace> _lists;
    private readonly HashSet<string> _used;

    /// <summary>Knows the lists of a document, each of which is looked at once whether it is used or not.</summary>
    internal ServerBinder(DocumentContext context, DocumentPlace? lists)
    {
        _context = context;
        _lists = new Dictionary<string, DocumentPlace>(context.Names);
        _used = new HashSet<string>(context.Names);
        foreach (DocumentPlace list in NamedPlaces.Of(context, lists, "server list"))
        {
            _lists[list.Path[(lists!.Path.Length + 1)..]] = list;
            _ = Entries(list, null, null).Count;
        }
    }

    /// <summary>Reads the servers of a service: these and no others.</summary>
    /// <param name="place">Where they are named.</param>
    /// <param name="service">The service; null to look at their shape only.</param>
    /// <param name="defaults">What the service and its template say of all servers.</param>
    internal IReadOnlyList<ServerConfiguration> Bind(DocumentPlace place, LvsServiceId? service, DocumentLayers defaults)
    {
        List<ServerConfiguration> servers = [];
        Dictionary<LvsServerId, DocumentPlace> known = [];
        foreach (Entry entry in _context.Items(place)!.SelectMany(Uses))
        {
            DocumentLayers layers = defaults.Under(entry.Use, entry.Server);
            LvsServerId id = service is null ? entry.Id : (entry.Port is { } port && entry.Id.Port is null ? new LvsServerId(entry.Id.Address, port) : entry.Id).Within(service);
            RealServerSettings settings = Settings(id, layers);
            HealthCheckSettings? check = HealthCheckBinder.Bind(_context, (entry.Use?["healthCheck"]) ?? entry.Server?["healthCheck"]);
            if (service is null)
            {
                continue;
            }

            if (!known.TryAdd(id, entry.Place))
            {
                _context.Problem("RealServerNamedTwice", entry.Place, $"The real server {id} of {service} is named twice; first on line {known[id].Line}, at {known[id].Path}.");
                continue;
            }

            Judge(service, settings, layers, entry.Place);
            servers.Add(new ServerConfiguration { Settings = settings, HealthCheck = check });
        }

        return servers;
    }

    /// <summary>Looks at what a service or template says of all servers, which may have none.</summary>
    internal void Check(DocumentLayers defaults) => _ = Settings(LvsServerId.Observed(default, 0), defaults);

    /// <summary>Reads the server that takes over when the others fail. What the service says of the way to its servers holds for it too; its weight is its own.</summary>
    internal RealServerSettings? BindSorryServer(DocumentPlace? place, LvsServiceId? service, DocumentLayers defaults)
    {
        if (place is null || place.IsNull)
        {
            return null;
        }

        DocumentTable? table = null;
        DocumentPlace? name = place;
        if (place.Node.Kind != DocumentNodeKind.Text)
        {
            table = _context.Table(place, DocumentKeys.SorryServer, "a real server, or an object with realServer");
            name = table?.Require("realServer", _context);
        }

        if (Identity(name) is not { } id)
        {
            return null;
        }

        DocumentLayers own = new([table]);
        RealServerSettings way = Settings(service is null ? id : id.Within(service), defaults.Under(table));
        RealServerSettings settings = way with
        {
            Weight = (int)(_context.Integer(own["weight"], 0, RealServerSettings.MaximumWeight) ?? 1),
            UpperThreshold = Threshold(own["upperThreshold"]),
            LowerThreshold = Threshold(own["lowerThreshold"]),
        };
        if (service is not null)
        {
            Judge(service, settings, defaults.Under(table), place);
        }

        return settings;
    }

    /// <summary>Warns of lists that no service uses.</summary>
    internal void NoteUnused()
    {
        foreach ((string name, DocumentPlace place) in _lists.Where(list => !_used.Contains(list.Key)))
        {
            _context.Note(place, $"No service uses the server list '{name}'.");
        }
    }

    private void Judge(LvsServiceId service, RealServerSettings settings, DocumentLayers layers, DocumentPlace place)
    {
        if (!_context.Judges)
        {
            return;
        }

        BreachReport.Add(_context, IpvsValidation.Breaches(service, settings), layers, place);
        foreach (string warning in IpvsValidation.Warnings(service, settings))
        {
            _context.Note(place, BreachReport.InTermsOfDocument(warning));
        }
    }

    // One element of realServers: a server, or a list.
    private IEnumerable<Entry> Uses(DocumentPlace item)
    {
        if (item.Node.Kind == DocumentNodeKind.Text && _lists.TryGetValue(item.Node.Text, out DocumentPlace? list))
        {
            _used.Add(item.Node.Text);
            return Entries(list, null, item);
        }

        if (item.Node.Kind == DocumentNodeKind.Map && item.Node.Members.Any(member => _context.Names.Equals(member.Name, "list")))
        {
            DocumentTable use = new(item, DocumentKeys.ListUse, _context);
            if (_context.Text(use.Require("list", _context)) is not { } name)
            {
                return [];
            }

            if (_lists.TryGetValue(name, out DocumentPlace? named))
            {
                _used.Add(name);
                return Entries(named, use, item);
            }

            _context.Problem("ServerListMissing", use["list"]!, $"There is no server list '{name}'.{Suggestion.For(name, _lists.Keys)}");
            return [];
        }

        return ServerOf(item, null, null) is { } entry ? [entry] : [];
    }

    private List<Entry> Entries(DocumentPlace list, DocumentTable? use, DocumentPlace? place) =>
        [.. (_context.Items(list) ?? []).Select(item => ServerOf(item, use, place)).OfType<Entry>()];

    private Entry? ServerOf(DocumentPlace item, DocumentTable? use, DocumentPlace? place)
    {
        ushort? port = use is null ? null : (ushort?)_context.Integer(use["port"], 0, ushort.MaxValue);
        switch (item.Node.Kind)
        {
            case DocumentNodeKind.Text:
                return Identity(item) is { } plain ? new Entry(plain, port, null, use, place ?? item) : null;
            case DocumentNodeKind.Map:
                DocumentTable table = new(item, DocumentKeys.RealServer, _context);
                return Identity(table.Require("realServer", _context)) is { } id ? new Entry(id, port, table, use, place ?? item) : null;
            default:
                _context.WrongType(item, Wanted);
                return null;
        }
    }

    private LvsServerId? Identity(DocumentPlace? place)
    {
        if (_context.Text(place) is not { } text)
        {
            return null;
        }

        if (LvsServerId.TryParse(text, out LvsServerId? id, out string? reason))
        {
            return id;
        }

        bool looksLikeName = text.Length > 0 && char.IsLetter(text[0]) && !text.Contains(':', StringComparison.Ordinal);
        _context.Problem(
            looksLikeName ? "ServerListMissing" : "InvalidRealServer",
            place!,
            looksLikeName ? $"'{text}' is neither a real server nor the name of a server list.{Suggestion.For(text, _lists.Keys)}" : reason);
        return null;
    }

    private RealServerSettings Settings(LvsServerId id, DocumentLayers layers)
    {
        LvsForwardingMethod forwarding = Forwarding(layers["forwarding"]) ?? LvsForwardingMethod.DirectRouting;
        LvsTunnelType type = _context.Word<LvsTunnelType>(Tunnel("tunnelType", true)) ?? LvsTunnelType.Ipip;
        return new RealServerSettings
        {
            RealServer = id,
            Forwarding = forwarding,
            Weight = (int)(_context.Integer(layers["weight"], _context.Judges ? 0 : int.MinValue, RealServerSettings.MaximumWeight) ?? 1),
            UpperThreshold = Threshold(layers["upperThreshold"]),
            LowerThreshold = Threshold(layers["lowerThreshold"]),
            TunnelType = type,
            TunnelPort = (ushort)(_context.Integer(Tunnel("tunnelPort", type == LvsTunnelType.Gue), 0, ushort.MaxValue) ?? 0),
            TunnelChecksum = _context.Word<LvsTunnelChecksum>(Tunnel("tunnelChecksum", type != LvsTunnelType.Ipip)) ?? LvsTunnelChecksum.None,
        };

        // What a service says of tunnels is not meant for the server that says to be reached in another way.
        DocumentPlace? Tunnel(string key, bool fits) =>
            (forwarding != LvsForwardingMethod.Tunnel && layers.IsFarther(key, "forwarding")) || (!fits && layers.IsFarther(key, "tunnelType")) ? null : layers[key];
    }

    private uint Threshold(DocumentPlace? place) => (uint)(_context.Integer(place, 0, _context.Judges ? RealServerSettings.MaximumWeight : uint.MaxValue) ?? 0);

    private LvsForwardingMethod? Forwarding(DocumentPlace? place)
    {
        if (_context.Text(place) is not { } text)
        {
            return null;
        }

        if (LvsForwarding.TryParse(text, out LvsForwardingMethod method) || (!_context.Judges && Enum.TryParse(text, out method)))
        {
            return method;
        }

        string[] names = [.. LvsForwarding.Choices.Select(choice => choice.ToString())];
        _context.Problem(
            "ConfigurationValueInvalid", place!, $"'{text}' is no forwarding method: use {string.Join(", ", names)} (or masq, gate, ipip).{Suggestion.For(text, names)}");
        return null;
    }

    /// <summary>A server as it is named.</summary>
    /// <param name="Id">Which, perhaps without a port.</param>
    /// <param name="Port">The port that the use of its list gives to servers without one.</param>
    /// <param name="Server">What is said of it; null when it is just named.</param>
    /// <param name="Use">What is said where its list is used; null when nothing is, or there is no list.</param>
    /// <param name="Place">Where the service names it.</param>
    private sealed record Entry(LvsServerId Id, ushort? Port, DocumentTable? Server, DocumentTable? Use, DocumentPlace Place);
}
