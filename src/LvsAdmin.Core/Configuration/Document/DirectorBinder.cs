using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Configuration;

/// <summary>Reads what a document says of the director itself.</summary>
internal sealed class DirectorBinder(DocumentContext context)
{
    // How the text form of a service can begin; other protocols than these have a number (proto47).
    private static readonly string[] Beginnings = ["tcp/", "udp/", "sctp/", "fwmark/", "fwmark6/", "proto"];

    internal IReadOnlyList<string> Scope(DocumentPlace? place)
    {
        List<string> patterns = [];
        foreach (DocumentPlace item in context.Items(place) ?? [])
        {
            if (context.Text(item) is { } text && Pattern(item, text) is { } pattern)
            {
                if (patterns.Contains(pattern))
                {
                    context.Problem("ConfigurationValueInvalid", item, $"'{pattern}' is in the scope twice.");
                }

                patterns.Add(pattern);
            }
        }

        return patterns;
    }

    internal LvsTimeout? Timeouts(DocumentPlace? place)
    {
        if (context.Table(place, DocumentKeys.Timeouts, "an object with tcp, tcpFin and udp") is not { } table)
        {
            return null;
        }

        // 0 would leave the director's value, which is said by leaving it out.
        return new LvsTimeout
        {
            Tcp = (uint?)context.Integer(table["tcp"], 1, LvsTimeout.MaximumSeconds),
            TcpFin = (uint?)context.Integer(table["tcpFin"], 1, LvsTimeout.MaximumSeconds),
            Udp = (uint?)context.Integer(table["udp"], 1, LvsTimeout.MaximumSeconds),
        };
    }

    internal IReadOnlyList<LvsSyncDaemon>? SyncDaemons(DocumentPlace? place)
    {
        if (context.Items(place) is not { } items)
        {
            return null;
        }

        List<LvsSyncDaemon> daemons = [];
        Dictionary<LvsSyncRole, DocumentPlace> known = [];
        foreach (DocumentPlace item in items)
        {
            if (context.Table(item, DocumentKeys.SyncDaemon, "an object with role and interface") is not { } table)
            {
                continue;
            }

            LvsSyncRole? role = context.Word<LvsSyncRole>(table.Require("role", context));
            string? link = context.Text(table.Require("interface", context));
            LvsSyncDaemon daemon = new()
            {
                Role = role ?? LvsSyncRole.Master,
                Interface = link ?? string.Empty,
                SyncId = (byte)(context.Integer(table["syncId"], 0, byte.MaxValue) ?? 0),
                MaximumLength = (ushort?)context.Integer(table["maximumLength"], 1, ushort.MaxValue),
                MulticastGroup = context.Address(table["multicastGroup"]),
                MulticastPort = (ushort?)context.Integer(table["multicastPort"], 1, ushort.MaxValue),
                MulticastTtl = (byte?)context.Integer(table["multicastTtl"], 1, byte.MaxValue),
            };
            if (role is null || link is null)
            {
                continue;
            }

            if (!known.TryAdd(daemon.Role, item))
            {
                context.Problem("SyncDaemonNamedTwice", item, $"A director runs one {daemon.Role} daemon, and this is the second; first on line {known[daemon.Role].Line}.");
                continue;
            }

            Attempt(item, () => IpvsValidation.Check(daemon));
            daemons.Add(daemon);
        }

        return daemons;
    }

    internal IReadOnlyList<DirectorVipSettings> Vips(DocumentPlace? place)
    {
        List<DirectorVipSettings> vips = [];
        foreach (DocumentPlace item in context.Items(place) ?? [])
        {
            DocumentTable? table = null;
            if (item.Node.Kind != DocumentNodeKind.Text)
            {
                table = context.Table(item, DocumentKeys.DirectorVip, "an address, or an object with address");
                if (table is null)
                {
                    continue;
                }
            }

            string? link = context.Text(table?["interface"]);
            long? length = context.Integer(table?["prefixLength"], 1, 128);
            if (context.Address(table is null ? item : table.Require("address", context)) is not { } address)
            {
                continue;
            }

            if (address.IsUnspecified || address.IsMulticast || address.IsBroadcast)
            {
                context.Problem("AddressNotUnicast", item, $"{address} can be no virtual IP: it is no unicast address.");
            }
            else if (length > address.BitLength)
            {
                context.Problem("ConfigurationValueInvalid", table!["prefixLength"]!, $"{length} is out of range: it is 1 to {address.BitLength} for {address}.");
            }
            else if (vips.Exists(vip => vip.Address == address))
            {
                context.Problem("DirectorVipNamedTwice", item, $"The virtual IP {address} is there twice.");
            }
            else
            {
                vips.Add(new DirectorVipSettings { Address = address, Interface = link, PrefixLength = (int?)length });
            }
        }

        return vips;
    }

    internal (bool? IPv4, bool? IPv6) Forwarding(DocumentPlace? place)
    {
        DocumentTable? table = context.Table(place, DocumentKeys.Forwarding, "an object with ipv4 and ipv6");
        return (context.Flag(table?["ipv4"]), context.Flag(table?["ipv6"]));
    }

    internal IReadOnlyDictionary<string, object> KernelParameters(DocumentPlace? place)
    {
        SortedDictionary<string, object> parameters = new(StringComparer.Ordinal);
        if (place is null || place.IsNull)
        {
            return parameters;
        }

        if (place.Node.Kind != DocumentNodeKind.Map)
        {
            context.WrongType(place, "an object with names of net.ipv4.vs");
            return parameters;
        }

        foreach (DocumentMember member in place.Node.Members)
        {
            const string Prefix = "net.ipv4.vs.";
            string name = member.Name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? member.Name[Prefix.Length..] : member.Name;
            name = KernelParameterCatalogue.All.FirstOrDefault(known => context.Names.Equals(known.Name, name))?.Name ?? name;
            DocumentPlace value = place.Member(member, name);
            if (name.Length == 0 || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_'))
            {
                context.Problem("ConfigurationValueInvalid", value, $"'{member.Name}' is no name of a parameter in net.ipv4.vs.");
            }
            else if (parameters.ContainsKey(name))
            {
                context.Problem("ConfigurationKeyTwice", value, $"The parameter '{name}' is there twice.");
            }
            else if (Parameter(value, name) is { } typed)
            {
                parameters[name] = typed;
            }
        }

        return parameters;
    }

    /// <summary>A value in the one form in which it is compared and written: a bool where the parameter is a switch, a long, or a text.</summary>
    internal static object Canonical(string name, object value)
    {
        _ = KernelParameterCatalogue.TryGet(name, out LvsKernelParameterDefinition? definition);
        return KernelParameterText.Typed(definition, KernelParameterText.Format(name, definition, value));
    }

    private object? Parameter(DocumentPlace place, string name)
    {
        object? given = place.Node.Kind switch
        {
            DocumentNodeKind.Boolean => place.Node.Flag,
            DocumentNodeKind.Number => place.Node.Whole,
            DocumentNodeKind.Text => place.Node.Text,
            _ => null,
        };
        if (given is null)
        {
            if (!place.IsNull)
            {
                context.WrongType(place, "true or false, a whole number or a text");
            }

            return null;
        }

        if (!KernelParameterCatalogue.TryGet(name, out _))
        {
            context.Note(place, $"No kernel that is known has the parameter net.ipv4.vs.{name}.{Suggestion.For(name, KernelParameterCatalogue.All.Select(known => known.Name))}");
        }

        object? typed = null;
        Attempt(place, () => typed = Canonical(name, given));
        return typed;
    }

    // A pattern that no service could fit would make the document own less than its writer believes.
    private string? Pattern(DocumentPlace place, string text)
    {
        if (!text.AsSpan().ContainsAny('*', '?'))
        {
            if (LvsServiceId.TryParse(text, out LvsServiceId? id, out string? reason))
            {
                return id.ToString();
            }

            context.Problem("ConfigurationValueInvalid", place, $"'{text}' is no pattern of services, such as tcp/192.0.2.10:* or *. {reason}");
            return null;
        }

        string start = text[..text.AsSpan().IndexOfAny('*', '?')];
        if (Beginnings.Any(each => each.StartsWith(start, StringComparison.OrdinalIgnoreCase) || start.StartsWith(each, StringComparison.OrdinalIgnoreCase)))
        {
            return text;
        }

        context.Problem("ConfigurationValueInvalid", place, $"'{text}' fits no service: patterns begin with {string.Join(", ", Beginnings)} or *, as in tcp/192.0.2.10:*.");
        return null;
    }

    private void Attempt(DocumentPlace place, Action check)
    {
        try
        {
            check();
        }
        catch (LvsValidationException refused)
        {
            context.Problem(refused.Id, place, BreachReport.InTermsOfDocument(refused.Message));
        }
    }
}
