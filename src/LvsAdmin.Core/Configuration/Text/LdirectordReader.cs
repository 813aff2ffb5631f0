using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>Reads the lines of ldirectord (ldirectord, read_config): a virtual service goes on as long as lines are indented by a tab or four spaces.</summary>
internal sealed class LdirectordReader(string? source, TextNames names)
{
    private static readonly string[] Idle =
    [
        "autoreload", "callback", "cleanstop", "emailalert", "emailalertfreq", "emailalertfrom", "emailalertstatus", "execute", "fallbackcommand", "logfile",
        "maintenancedir", "quiescent", "readdquiescent", "smtp", "supervised", "checkcount",
    ];

    private readonly List<ConfigurationNote> _notes = [];
    private readonly List<LdirectordVirtual> _virtuals = [];
    private readonly Dictionary<LvsAddressFamily, LdirectordLine> _fallbacks = [];
    private LdirectordTiming _timing = new();

    internal ConfigurationReading Read(string text)
    {
        LdirectordVirtual? current = null;
        int number = 0;
        foreach (string raw in text.Split('\n'))
        {
            TextPosition position = new(source, ++number);
            string line = raw.TrimEnd('\r');
            if (line.TrimStart().StartsWith('#'))
            {
                continue;
            }

            // Within a service a # begins a comment wherever it stands, even in quotes.
            string inner = line.Split('#')[0].Replace("\t", "    ", StringComparison.Ordinal);
            if (current is not null && inner.StartsWith("    ", StringComparison.Ordinal) && inner.Trim().Length > 0)
            {
                current.Add(Directive(inner.Trim(), position));
                continue;
            }

            current = null;
            if (line.Trim().Length == 0)
            {
                continue;
            }

            if (char.IsWhiteSpace(line[0]))
            {
                throw position.Error(LdirectordLine.Invalid, "The line is indented but belongs to no virtual service: one ends with an empty line.");
            }

            LdirectordLine directive = Directive(line, position);
            if (directive.Name is "virtual" or "virtual6")
            {
                _virtuals.Add(current = new LdirectordVirtual(directive, names, _notes));
            }
            else
            {
                ReadGlobal(directive);
            }
        }

        return new ConfigurationReading(new LvsConfiguration { VirtualServices = Services() }, [.. _notes]);
    }

    private static LdirectordLine Directive(string line, TextPosition position) =>
        LdirectordLine.Parse(line, position) ?? throw position.Error(LdirectordLine.Invalid, $"'{line.Trim()}' is no directive, which is written NAME=VALUE.");

    private void ReadGlobal(LdirectordLine directive)
    {
        if (_timing.With(directive) is { } timing)
        {
            _timing = timing;
        }
        else if (directive.Name is "fallback" or "fallback6")
        {
            _fallbacks[directive.Name == "fallback6" ? LvsAddressFamily.IPv6 : LvsAddressFamily.IPv4] = directive;
        }
        else if (directive.Name == "fork")
        {
            // It says how ldirectord does its work, not what.
            directive.YesOrNo();
        }
        else if (Idle.Contains(directive.Name))
        {
            _notes.Add(directive.Position.Note($"'{directive.Name}' has no counterpart and is left out."));
        }
        else
        {
            throw directive.Error($"ldirectord has no directive '{directive.Name}' outside of a virtual service.");
        }
    }

    // The directives for all services hold wherever in the file they stand.
    private List<ServiceConfiguration> Services()
    {
        List<ServiceConfiguration> services = [];
        foreach (LdirectordVirtual each in _virtuals)
        {
            ServiceConfiguration service = each.ToService(_timing, _fallbacks);
            if (services.Exists(other => other.VirtualService == service.VirtualService))
            {
                throw each.Line.Error($"{service.VirtualService} is there twice.");
            }

            services.Add(service);
        }

        return services;
    }
}
