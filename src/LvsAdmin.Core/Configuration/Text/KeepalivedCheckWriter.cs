using System.Buffers;
using System.Globalization;
using System.Text;

namespace LvsAdmin.Core.Configuration;

/// <summary>Writes a check as a checker of keepalived.</summary>
internal sealed class KeepalivedCheckWriter(UnsaidParts unsaid, string subject)
{
    private static readonly SearchValues<char> Special = SearchValues.Create("\"\\#!{}$");

    private readonly List<(int Depth, string Line)> _lines = [];

    internal IReadOnlyList<(int Depth, string Line)> Lines(HealthCheckSettings check)
    {
        // What is written is taken out, so that what is left over has been said by nothing.
        HealthCheckSettings left = check with { Status = [] };
        bool isHttp = check.Kind is HealthCheckKind.Http or HealthCheckKind.Https;
        _lines.Add((0, $"{Keyword(check.Kind)} {{"));
        if (isHttp)
        {
            WriteUrl(check);
            left = left with { Path = null, VirtualHost = null, Pattern = null, Digest = null, Method = check.Method == "GET" ? null : check.Method };
        }
        else if (check.Kind == HealthCheckKind.Script)
        {
            WriteCommand(check.Command ?? "");
            left = left with { Command = null, Timeout = null };
            WriteNumber("misc_timeout", check.Timeout, wholeOnly: true);
        }
        else
        {
            left = WriteNames(check, left);
        }

        if (check.Kind != HealthCheckKind.Script)
        {
            WriteWord(1, "connect_ip", check.Address?.ToString());
            WriteNumber("connect_port", check.Port);
            WriteNumber("connect_timeout", check.Timeout);
            left = left with { Address = null, Port = null, Timeout = null };
        }

        WriteNumber("delay_loop", check.Interval);
        WriteNumber("retry", check.Retries);
        WriteNumber("delay_before_retry", check.RetryDelay, zero: true);
        _lines.Add((0, "}"));
        left = left with { Interval = null, Retries = null, RetryDelay = null };
        if (!HealthChecks.AreEqual(left, new HealthCheckSettings { Kind = check.Kind }) || (!isHttp && check.Status.Count > 0))
        {
            unsaid.Add($"has no place in a {Keyword(check.Kind)} for all that a check says; the rest is left out", subject);
        }

        return _lines;
    }

    private static string Keyword(HealthCheckKind kind) => kind switch
    {
        HealthCheckKind.Http => "HTTP_GET",
        HealthCheckKind.Https => "SSL_GET",
        HealthCheckKind.Dns => "DNS_CHECK",
        HealthCheckKind.Smtp => "SMTP_CHECK",
        HealthCheckKind.Udp => "UDP_CHECK",
        HealthCheckKind.Ping => "PING_CHECK",
        HealthCheckKind.Script => "MISC_CHECK",
        _ => "TCP_CHECK",
    };

    private void WriteUrl(HealthCheckSettings check)
    {
        _lines.Add((1, "url {"));
        WriteWord(2, "path", check.Path ?? "/");
        WriteWord(2, "virtualhost", check.VirtualHost);
        WriteWord(2, "digest", check.Digest);
        if (check.Status.Count > 0)
        {
            _lines.Add((2, $"status_code {Ranges(check.Status)}"));
        }

        if (check.Pattern is { } pattern)
        {
            Write(2, $"regex {Escaped(pattern)}", pattern, statement => KeepalivedLine.EscapedWords(statement.Text, statement.Position)[1]);
        }

        _lines.Add((1, "}"));
    }

    private HealthCheckSettings WriteNames(HealthCheckSettings check, HealthCheckSettings left)
    {
        if (check.Kind == HealthCheckKind.Dns)
        {
            WriteWord(1, "type", check.QueryType);
            WriteWord(1, "name", check.QueryName);
            return left with { QueryType = null, QueryName = null };
        }

        if (check.Kind == HealthCheckKind.Smtp)
        {
            WriteWord(1, "helo_name", check.HelloName);
            return left with { HelloName = null };
        }

        return left;
    }

    // As it is where keepalived leaves it so; otherwise in quotes as a whole, which then has no quotes of its own.
    private void WriteCommand(string command)
    {
        bool plain = !command.AsSpan().ContainsAny(Special);
        string line = plain ? $"misc_path {command}" : $"misc_path {Escaped(command)}";
        bool quotes = !plain && command.AsSpan().ContainsAny("'\"\\");
        Write(1, quotes ? "misc_path" : line, command, statement => KeepalivedLine.EscapedWords(statement.Text, statement.Position) is [_, var whole] ? whole : statement.Text["misc_path".Length..].Trim());
    }

    private void WriteNumber(string keyword, double? value, bool wholeOnly = false, bool zero = false)
    {
        if (value is not { } number)
        {
            return;
        }

        double written = Math.Round(number, wholeOnly ? 0 : 6);
        if (written < (zero ? 0 : 1e-6))
        {
            unsaid.Add($"takes no '{keyword} 0', which is left out", subject);
            return;
        }

        // Times have six digits behind the point.
        if (Math.Abs(written - number) > 1e-9)
        {
            unsaid.Add($"takes whole numbers or six digits for '{keyword}', so it is rounded", subject);
        }

        _lines.Add((1, $"{keyword} {written.ToString("0.######", CultureInfo.InvariantCulture)}"));
    }

    private void WriteWord(int depth, string keyword, string? value)
    {
        if (value is not null)
        {
            bool plain = value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or ':' or '/' or '-' or '_' or '?' or '&' or '=' or '+' or '%' or ',' or '*');
            Write(depth, plain ? $"{keyword} {value}" : $"{keyword} \"{value}\"", value, statement => statement.Value);
        }
    }

    // A line counts only when it is read back as what was meant.
    private void Write(int depth, string line, string value, Func<KeepalivedStatement, string> read)
    {
        try
        {
            if (!line.AsSpan().ContainsAny("\r\n$") && KeepalivedStatement.Parse(line, null, new KeepalivedOptions(), []) is [{ Block: null } statement] && read(statement) == value)
            {
                _lines.Add((depth, line));
                return;
            }
        }
        catch (Exception exception) when (exception is LvsConfigurationException or ArgumentOutOfRangeException)
        {
            // It is noted below.
        }

        unsaid.Add($"cannot write every text behind '{line.Split(' ')[0]}', which is left out", subject);
    }

    // In double quotes; what they do not hold by its octal number, which ends by itself.
    private static string Escaped(string text)
    {
        StringBuilder escaped = new("\"");
        foreach (char c in text)
        {
            escaped.Append(c switch
            {
                '\\' => "\\\\",
                '"' or '$' or < ' ' => "\\" + Convert.ToString(c, 8).PadLeft(3, '0'),
                _ => c.ToString(),
            });
        }

        return escaped.Append('"').ToString();
    }

    private static string Ranges(IReadOnlyList<int> codes)
    {
        List<(int Low, int High)> ranges = [];
        foreach (int code in codes.Order())
        {
            if (ranges.Count > 0 && ranges[^1].High >= code - 1)
            {
                ranges[^1] = (ranges[^1].Low, code);
            }
            else
            {
                ranges.Add((code, code));
            }
        }

        return string.Join(' ', ranges.Select(range => range.Low == range.High
            ? range.Low.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{range.Low}-{range.High}")));
    }
}
