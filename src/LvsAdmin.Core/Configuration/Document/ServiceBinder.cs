using System.Globalization;
using System.Numerics;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>Reads virtual services and their templates.</summary>
internal sealed class ServiceBinder
{
    // For a template, of which only the shape can be judged by itself.
    private static readonly LvsServiceId Anybody = new(1, LvsAddressFamily.IPv4);

    private readonly DocumentContext _context;
    private readonly ServerBinder _servers;
    private readonly Dictionary<string, DocumentTable> _templates;
    private readonly HashSet<string> _used;

    /// <summary>Knows the templates of a document, each of which is looked at once whether it is used or not.</summary>
    internal ServiceBinder(DocumentContext context, ServerBinder servers, DocumentPlace? templates)
    {
        _context = context;
        _servers = servers;
        _templates = new Dictionary<string, DocumentTable>(context.Names);
        _used = new HashSet<string>(context.Names);
        foreach (DocumentPlace place in NamedPlaces.Of(context, templates, "template"))
        {
            if (context.Table(place, DocumentKeys.Template, "an object with what services have in common") is { } table)
            {
                _templates[place.Path[(templates!.Path.Length + 1)..]] = table;
                _ = Read(new DocumentLayers([table]), null, place);
            }
        }
    }

    /// <summary>Reads the services of a document.</summary>
    internal IReadOnlyList<ServiceConfiguration> Bind(DocumentPlace? place)
    {
        List<ServiceConfiguration> services = [];
        Dictionary<LvsServiceId, DocumentPlace> known = [];
        foreach (DocumentPlace item in _context.Items(place) ?? [])
        {
            if (_context.Table(item, DocumentKeys.VirtualService, "an object with virtualService") is not { } table)
            {
                continue;
            }

            LvsServiceId? id = Identity(table.Require("virtualService", _context));
            ServiceConfiguration service = Read(new DocumentLayers([table, Template(table["template"])]), id, table["virtualService"] ?? item);
            if (id is not null && !known.TryAdd(id, item))
            {
                _context.Problem("VirtualServiceNamedTwice", table["virtualService"]!, $"The virtual service {id} is named twice; first on line {known[id].Line}, at {known[id].Path}.");
            }
            else if (id is not null)
            {
                services.Add(service);
            }
        }

        foreach ((string name, DocumentTable template) in _templates.Where(template => !_used.Contains(template.Key)))
        {
            _context.Note(template.Place, $"No service uses the template '{name}'.");
        }

        return services;
    }

    private LvsServiceId? Identity(DocumentPlace? place)
    {
        if (_context.Text(place) is not { } text)
        {
            return null;
        }

        if (LvsServiceId.TryParse(text, out LvsServiceId? id, out string? reason))
        {
            return id;
        }

        _context.Problem("InvalidVirtualService", place!, reason);
        return null;
    }

    private DocumentTable? Template(DocumentPlace? place)
    {
        if (_context.Text(place) is not { } name)
        {
            return null;
        }

        if (_templates.TryGetValue(name, out DocumentTable? template))
        {
            _used.Add(name);
            return template;
        }

        _context.Problem("TemplateMissing", place!, $"There is no template '{name}'.{Suggestion.For(name, _templates.Keys)}");
        return null;
    }

    private ServiceConfiguration Read(DocumentLayers layers, LvsServiceId? id, DocumentPlace identity)
    {
        VirtualServiceSettings settings = Settings(layers, id ?? Anybody);
        if (id is not null && _context.Judges)
        {
            BreachReport.Add(_context, IpvsValidation.Breaches(settings), layers, identity);
            foreach (string warning in IpvsValidation.Warnings(settings))
            {
                _context.Note(identity, BreachReport.InTermsOfDocument(warning));
            }
        }

        _servers.Check(layers);
        (int? minimum, bool isPercent) = Minimum(layers["minimumAvailable"]);
        return new ServiceConfiguration
        {
            Settings = settings,
            RealServers = layers["realServers"] is { IsNull: false } servers ? _servers.Bind(servers, id, layers) : null,
            MinimumAvailable = minimum,
            MinimumIsPercent = isPercent,
            Quorum = (uint?)_context.Integer(layers["quorum"], 0, uint.MaxValue),
            SorryServer = _servers.BindSorryServer(layers["sorryServer"], id, layers),
            HealthCheck = HealthCheckBinder.Bind(_context, layers["healthCheck"]),
        };
    }

    private VirtualServiceSettings Settings(DocumentLayers layers, LvsServiceId id)
    {
        string scheduler = _context.Text(layers["scheduler"]) ?? VirtualServiceSettings.DefaultScheduler;
        LvsSchedulerFlags flags = Flags(layers["schedulerFlags"]);
        if (layers.IsFarther("schedulerFlags", "scheduler") && flags.Scheduler is { } owner && owner != scheduler)
        {
            // The template's scheduler had flags; the service's own has not.
            flags = default;
        }

        uint longest = _context.Judges ? VirtualServiceSettings.MaximumPersistenceTimeout : uint.MaxValue;
        uint? timeout = (uint?)_context.Integer(layers["persistenceTimeout"], _context.Judges ? 1 : 0, longest);
        VirtualServiceSettings settings = new()
        {
            VirtualService = id,
            Scheduler = scheduler,
            SchedulerFlags = flags,
            OnePacket = _context.Flag(layers["onePacket"]) ?? false,
            PersistenceTimeout = timeout,
            PersistencePrefixLength = (int?)_context.Integer(Persistence("persistencePrefixLength"), 1, 128),
            PersistenceEngine = _context.Text(Persistence("persistenceEngine")),
        };
        return Persistence("persistenceNetmask") is { IsNull: false } netmask ? WithNetmask(settings, netmask, layers) : settings;

        // A service that says to be without persistence does not have what its template says of persistence.
        DocumentPlace? Persistence(string key) => timeout is null && layers.IsFarther(key, "persistenceTimeout") ? null : layers[key];
    }

    private VirtualServiceSettings WithNetmask(VirtualServiceSettings settings, DocumentPlace place, DocumentLayers layers)
    {
        if (_context.Address(place) is not { } address)
        {
            return settings;
        }

        if (address.Family != LvsAddressFamily.IPv4 || settings.VirtualService.AddressFamily != LvsAddressFamily.IPv4)
        {
            _context.Problem("ConfigurationValueInvalid", place, "Only an IPv4 service has a persistence netmask, such as 255.255.255.0; an IPv6 service has a persistencePrefixLength.");
            return settings;
        }

        if (layers["persistencePrefixLength"] is { IsNull: false })
        {
            _context.Problem("ConfigurationValueInvalid", place, "persistenceNetmask and persistencePrefixLength say the same: leave one out.");
            return settings;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.WriteBytes(bytes);
        uint mask = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (mask == 0)
        {
            _context.Problem("ConfigurationValueInvalid", place, "A persistence netmask of 0.0.0.0 would make all clients one.");
            return settings;
        }

        int length = BitOperations.LeadingZeroCount(~mask);
        return BitOperations.PopCount(mask) == length
            ? settings with { PersistencePrefixLength = length }
            : settings with { IrregularNetmask = mask };
    }

    private LvsSchedulerFlags Flags(DocumentPlace? place)
    {
        string[] names = [.. (_context.Items(place) ?? []).Select(_context.Text).OfType<string>()];
        try
        {
            return LvsSchedulerFlags.Parse(string.Join(',', names));
        }
        catch (FormatException exception)
        {
            _context.Problem("ConfigurationValueInvalid", place!, exception.Message);
            return default;
        }
    }

    private (int? Minimum, bool IsPercent) Minimum(DocumentPlace? place)
    {
        if (place is not { Node: { Kind: DocumentNodeKind.Text, Text: var text } })
        {
            return ((int?)_context.Integer(place, 0, int.MaxValue), false);
        }

        if (text.EndsWith('%') && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int percent) && percent <= 100)
        {
            return (percent, true);
        }

        _context.Problem("ConfigurationValueInvalid", place, $"'{text}' is no minimum: it is a count of real servers such as 2, or a share of them from '0%' to '100%'.");
        return (null, false);
    }
}
