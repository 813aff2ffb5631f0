using System.Globalization;

namespace LvsAdmin.Core.Configuration;

/// <summary>The checkers of a real server (keepalived.conf(5), HTTP_GET to PING_CHECK).</summary>
internal sealed class KeepalivedChecks(List<ConfigurationNote> notes)
{
    private static readonly Dictionary<string, HealthCheckKind> Kinds = new()
    {
        ["HTTP_GET"] = HealthCheckKind.Http,
        ["SSL_GET"] = HealthCheckKind.Https,
        ["TCP_CHECK"] = HealthCheckKind.Tcp,
        ["SMTP_CHECK"] = HealthCheckKind.Smtp,
        ["DNS_CHECK"] = HealthCheckKind.Dns,
        ["MISC_CHECK"] = HealthCheckKind.Script,
        ["UDP_CHECK"] = HealthCheckKind.Udp,
        ["PING_CHECK"] = HealthCheckKind.Ping,
    };

    /// <summary>Reads a checker.</summary>
    /// <returns>The check, and what it says of its own timing; null when the statement is no checker that we have.</returns>
    internal (HealthCheckSettings Check, KeepalivedTiming Timing)? Read(KeepalivedStatement statement)
    {
        if (!Kinds.TryGetValue(statement.Keyword, out HealthCheckKind kind))
        {
            return null;
        }

        HealthCheckSettings check = new() { Kind = kind };
        KeepalivedTiming timing = new();
        bool first = true;
        foreach (KeepalivedStatement part in statement.Block ?? [])
        {
            switch (part.Keyword)
            {
                case "url" or "host" when !first:
                    notes.Add(part.Position.Note($"Only the first '{part.Keyword}' of a {statement.Keyword} is taken over; this one is left out."));
                    break;
                case "url" or "host":
                    first = false;
                    (check, timing) = Inner(check, timing, part);
                    break;
                default:
                    (check, timing) = Part(check, timing, part);
                    break;
            }
        }

        if (kind == HealthCheckKind.Script && check.Command is null)
        {
            throw statement.Position.Error(KeepalivedLine.Invalid, "The MISC_CHECK has no misc_path.");
        }

        return (check, timing);
    }

    private (HealthCheckSettings Check, KeepalivedTiming Timing) Inner(HealthCheckSettings check, KeepalivedTiming timing, KeepalivedStatement block)
    {
        foreach (KeepalivedStatement part in block.Block ?? [])
        {
            (check, timing) = Part(check, timing, part);
        }

        return block.Keyword == "url" && check.Path is null
            ? throw block.Position.Error(KeepalivedLine.Invalid, "The url has no path.")
            : (check, timing);
    }

    private (HealthCheckSettings Check, KeepalivedTiming Timing) Part(HealthCheckSettings check, KeepalivedTiming timing, KeepalivedStatement part)
    {
        if (timing.With(part) is { } changed)
        {
            return (check, changed);
        }

        bool isHttp = check.Kind is HealthCheckKind.Http or HealthCheckKind.Https;
        switch (part.Keyword)
        {
            case "connect_ip":
                return (check with { Address = part.Address(part.Value) }, timing);
            case "connect_port":
                return (check with { Port = (ushort)part.Number(1, ushort.MaxValue) }, timing);
            case "path" when isHttp:
                return (check with { Path = part.Value }, timing);
            case "digest" when isHttp:
                return (check with { Digest = part.Value }, timing);
            case "status_code" when isHttp:
                return (check with { Status = Status(part) }, timing);
            case "regex" when isHttp:
                return (check with { Pattern = Pattern(part) }, timing);
            case "helo_name" when check.Kind == HealthCheckKind.Smtp:
                return (check with { HelloName = part.Value }, timing);
            case "type" when check.Kind == HealthCheckKind.Dns:
                return (check with { QueryType = part.Value }, timing);
            case "name" when check.Kind == HealthCheckKind.Dns:
                return (check with { QueryName = part.Value }, timing);
            case "misc_path" when check.Kind == HealthCheckKind.Script:
                return (check with { Command = Command(part) }, timing);
            case "misc_timeout" when check.Kind == HealthCheckKind.Script:
                return (check with { Timeout = part.Number(0, int.MaxValue) }, timing);
            default:
                notes.Add(part.Position.Note($"'{part.Keyword}' of a check has no counterpart and is left out."));
                return (check, timing);
        }
    }

    private static List<int> Status(KeepalivedStatement statement)
    {
        SortedSet<int> codes = [];
        foreach (string word in statement.Words.Skip(1))
        {
            string[] ends = word.Split('-');
            int low = Code(ends[0]);
            int high = ends.Length == 2 ? Code(ends[1]) : low;
            if (ends.Length > 2 || low > high)
            {
                throw Invalid(word);
            }

            codes.UnionWith(Enumerable.Range(low, high - low + 1));
        }

        // 200 to 299 is what holds when nothing is said (check_http.c, url_check).
        return codes.SetEquals(Enumerable.Range(200, 100)) ? [] : [.. codes];

        int Code(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int code) && code is >= 100 and <= 599 ? code : throw Invalid(text);
        LvsConfigurationException Invalid(string text) => statement.Position.Error(KeepalivedLine.Invalid, $"'{text}' is no HTTP status from 100 to 599.");
    }

    private static string Pattern(KeepalivedStatement statement) => KeepalivedLine.EscapedWords(statement.Text, statement.Position) is [_, var pattern]
        ? pattern
        : throw statement.Position.Error(KeepalivedLine.Invalid, "'regex' needs one value, in quotes if it has spaces.");

    // A command line in quotes as a whole is the same as without them; otherwise its quotes are its own.
    private static string Command(KeepalivedStatement statement) => KeepalivedLine.EscapedWords(statement.Text, statement.Position) switch
    {
        [_] => throw statement.Position.Error(KeepalivedLine.Invalid, "'misc_path' needs a command."),
        [_, var whole] => whole,
        _ => statement.Text["misc_path".Length..].Trim(),
    };
}
