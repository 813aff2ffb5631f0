using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>Writes the check of a service, of which a real server can differ only in what HTTP asks for and expects.</summary>
internal sealed class LdirectordCheckWriter
{
    private readonly UnsaidParts _unsaid;
    private readonly LvsServiceId _service;
    private readonly HealthCheckSettings? _check;

    internal LdirectordCheckWriter(ServiceConfiguration service, UnsaidParts unsaid)
    {
        (_unsaid, _service) = (unsaid, service.VirtualService);
        _check = Common(service);
        foreach (ServerConfiguration server in service.RealServers ?? [])
        {
            HealthCheckSettings? own = HealthChecks.Of(service, server);
            bool same = own is null ? _check is null : _check is not null && HealthChecks.AreEqual(own, _check);
            if (!same && !IsRequest(own))
            {
                _unsaid.Add("checks all real servers of a service alike, so what differs is left out", $"{server.RealServer} in {_service}");
            }
        }
    }

    /// <summary>What is written of the service: its own check, or the first one that a real server has.</summary>
    internal static HealthCheckSettings? Common(ServiceConfiguration service) => service.HealthCheck is { Kind: not HealthCheckKind.None } check
        ? check
        : (service.RealServers ?? []).Select(server => HealthChecks.Of(service, server)).FirstOrDefault(each => each is not null);

    /// <summary>What a real server is asked for and has to answer, when it is another thing than of the service.</summary>
    internal string Request(ServerConfiguration server) =>
        server.HealthCheck is { } own && IsRequest(own) && !HealthChecks.AreEqual(own, _check!) ? $" \"{own.Path}\", \"{own.Pattern}\"" : "";

    internal IEnumerable<string> Lines()
    {
        if (_check is null)
        {
            return ["service=none", "checktype=on"];
        }

        HealthCheckSettings left = _check with { Status = [] };
        List<string> lines = [.. Kind(ref left)];
        if (left.Port is { } port && _check.Kind is not (HealthCheckKind.Ping or HealthCheckKind.Script))
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"checkport={port}"));
            left = left with { Port = null };
        }

        AddNumber(lines, "checktimeout", _check.Timeout);
        AddNumber(lines, "checkinterval", _check.Interval);
        AddNumber(lines, "failurecount", _check.Retries + 1);
        left = left with { Timeout = null, Interval = null, Retries = null };
        if (_check.Status.Count > 0 || !HealthChecks.AreEqual(left, new HealthCheckSettings { Kind = left.Kind }))
        {
            _unsaid.Add("cannot say all of a check; the rest is left out", _service.ToString());
        }

        return lines;
    }

    private List<string> Kind(ref HealthCheckSettings left)
    {
        HealthCheckSettings check = left;
        switch (check.Kind)
        {
            case HealthCheckKind.Http or HealthCheckKind.Https:
                left = left with { Path = null, Pattern = null, VirtualHost = null, Method = null };
                List<string> lines = [$"service={(check.Kind == HealthCheckKind.Http ? "http" : "https")}", "checktype=negotiate"];
                AddText(lines, "request", check.Path ?? "/");
                AddText(lines, "receive", check.Pattern);
                AddText(lines, "virtualhost", check.VirtualHost);
                if (check.Method is not (null or "GET" or "HEAD"))
                {
                    left = left with { Method = check.Method };
                }
                else if (check.Method is { } method)
                {
                    lines.Add($"httpmethod={method}");
                }

                return lines;
            case HealthCheckKind.Dns:
                left = left with { QueryName = null };
                List<string> dns = ["service=dns", "checktype=negotiate"];
                AddText(dns, "request", check.QueryName);
                return dns;
            case HealthCheckKind.Smtp:
                return ["service=smtp", "checktype=negotiate"];
            case HealthCheckKind.Script:
                left = left with { Command = null };
                List<string> script = ["service=none", "checktype=external"];
                AddText(script, "checkcommand", check.Command);
                return script;
            case HealthCheckKind.Ping:
                return ["service=none", "checktype=ping"];
            case HealthCheckKind.Tcp when _service.Protocol != LvsProtocol.Udp:
                return ["service=none", "checktype=connect"];
            default:
                _unsaid.Add("cannot connect by this protocol to check, and sends a ping instead", _service.ToString());
                left = left with { Port = null };
                return ["service=none", "checktype=ping"];
        }
    }

    // A text stands in double quotes, and ends at the last one of its line; a # begins a comment even there.
    private void AddText(List<string> lines, string name, string? text)
    {
        if (text is null)
        {
            return;
        }

        bool unsayable = text.Length == 0 || text.AsSpan().ContainsAny("#\r\n\t") || (name == "virtualhost" && text.Contains('"', StringComparison.Ordinal))
            || (name == "request" && _check!.Kind != HealthCheckKind.Dns && text[0] != '/') || (name == "request" && _check!.Kind == HealthCheckKind.Dns && text[0] == '/');
        if (unsayable)
        {
            _unsaid.Add($"cannot write every text behind '{name}', which is left out", _service.ToString());
            return;
        }

        lines.Add($"{name}=\"{text}\"");
    }

    private void AddNumber(List<string> lines, string name, double? value)
    {
        if (value is not { } number)
        {
            return;
        }

        double rounded = Math.Max(1, Math.Round(number));
        if (Math.Abs(rounded - number) > 1e-9)
        {
            _unsaid.Add($"takes whole numbers from 1 for '{name}', so it is rounded", _service.ToString());
        }

        lines.Add($"{name}={rounded.ToString("0", CultureInfo.InvariantCulture)}");
    }

    private bool IsRequest(HealthCheckSettings? own) =>
        own is { Kind: HealthCheckKind.Http or HealthCheckKind.Https } && _check is not null
        && HealthChecks.AreEqual(own with { Path = _check.Path, Pattern = _check.Pattern }, _check)
        && own.Path is ['/', ..] && !own.Path.AsSpan().ContainsAny("\"#") && own.Pattern?.AsSpan().ContainsAny("\"#\r\n\t") is not true;
}
