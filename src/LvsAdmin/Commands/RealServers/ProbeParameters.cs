using System.Globalization;
using System.Text.RegularExpressions;
using LvsAdmin.Core.Diagnosis.Health;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>Reads what users write for a probe.</summary>
internal static class ProbeParameters
{
    /// <summary>Statuses as a user names them: 200, 200-399.</summary>
    /// <exception cref="LvsValidationException">One is no status (InvalidStatus).</exception>
    internal static IReadOnlyList<(int First, int Last)> Statuses(IEnumerable<string> texts) => [.. texts.Select(Status)];

    /// <summary>A pattern for a body.</summary>
    /// <exception cref="LvsValidationException">It is no regular expression (InvalidPattern).</exception>
    internal static Regex? Pattern(string? text)
    {
        try
        {
            return text is null ? null : new Regex(text, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (ArgumentException exception)
        {
            throw new LvsValidationException("InvalidPattern", $"-BodyPattern '{text}' is no regular expression: {exception.Message}");
        }
    }

    /// <summary>What is written into a request: a line break in it would begin another line of the request.</summary>
    /// <exception cref="LvsValidationException">It has what cannot stand there (InvalidRequest).</exception>
    internal static string Word(string parameter, string text) => text.Length > 0 && text.All(letter => letter is > ' ' and < '\x7f')
        ? text
        : throw new LvsValidationException("InvalidRequest", $"-{parameter} '{text}' cannot stand in a request: it is empty, or has blanks or letters beyond ASCII, which are written as %20 and the like.");

    /// <summary>A name to ask a name server for.</summary>
    /// <exception cref="LvsValidationException">It is none (InvalidDnsName).</exception>
    internal static DnsProbe Dns(string name, string type, bool overTcp, TimeSpan timeout)
    {
        bool isName;
        try
        {
            string ascii = new IdnMapping().GetAscii(name.TrimEnd('.'));
            isName = ascii.Length is > 0 and < 254 && ascii.Split('.').All(label => label.Length is > 0 and < 64);
        }
        catch (ArgumentException)
        {
            isName = false;
        }

        return isName
            ? new DnsProbe { Name = name, Type = type.ToUpperInvariant(), OverTcp = overTcp, Timeout = timeout }
            : throw new LvsValidationException("InvalidDnsName", $"-Dns '{name}' is no name that a name server can be asked for.");
    }

    private static (int First, int Last) Status(string text)
    {
        string[] ends = text.Split('-');
        return ends.Length is 1 or 2 && Number(ends[0]) is { } first && Number(ends[^1]) is { } last && first <= last
            ? (first, last)
            : throw new LvsValidationException("InvalidStatus", $"-ExpectedStatus '{text}' is no status of a web server: write 200 or 200-399.");
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 100 and <= 999 ? number : null;
}
