using System.Globalization;
using System.Text.RegularExpressions;
using LvsAdmin.Core.Diagnosis.Health;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>Makes probes of what users write.</summary>
internal static class ProbeParameters
{
    /// <summary>The probe that the parameters name.</summary>
    /// <returns>The probe; null where they name none.</returns>
    /// <exception cref="LvsValidationException">One cannot stand in a request (InvalidRequest), or is no status (InvalidStatus), no regular expression (InvalidPattern), or no name (InvalidDnsName).</exception>
    internal static HealthProbe? Of(IProbeQuestion question) => question.Http || question.Https
        ? new HttpProbe
        {
            Secure = question.Https,
            Method = question.Method,
            Path = Word(nameof(question.Path), question.Path.StartsWith('/') ? question.Path : "/" + question.Path),
            Host = question.HostHeader is null ? null : Word(nameof(question.HostHeader), question.HostHeader),
            ExpectedStatus = [.. question.ExpectedStatus.Select(Status)],
            BodyPattern = Pattern(question.BodyPattern),
            ServerName = question.ServerName,
            CertificateName = question.CertificateName,
            CertificateDays = question.CertificateDays,
            Timeout = question.Timeout,
        }
        : question.Dns is not null ? Dns(question.Dns, question.DnsType, overTcp: false, question.Timeout)
        : question.Smtp ? new SmtpProbe { Timeout = question.Timeout }
        : null;

    /// <summary>The probe for a service: a connection where none is named, and a name server asked over what its service carries.</summary>
    internal static HealthProbe For(LvsVirtualService service, HealthProbe? named, TimeSpan timeout) => named switch
    {
        null => new TcpProbe { Timeout = timeout },
        DnsProbe dns when service.Protocol == LvsProtocol.Tcp => Dns(dns.Name, dns.Type, overTcp: true, timeout),
        { } probe => probe,
    };

    /// <summary>Whether a service is of a protocol that answers nothing unasked.</summary>
    internal static bool NeedsQuestion(LvsVirtualService service) => service.Protocol is LvsProtocol.Udp or LvsProtocol.Sctp;

    /// <summary>The virtual IP to ask.</summary>
    /// <param name="service">The service; one of a firewall mark does not tell it.</param>
    /// <param name="named">The one that the user named for that case.</param>
    /// <exception cref="LvsValidationException">It is told nowhere (VirtualAddressMissing).</exception>
    internal static LvsAddress Vip(LvsVirtualService service, LvsAddress? named) => service.Address ?? named
        ?? throw new LvsValidationException("VirtualAddressMissing", $"{service.VirtualService} does not tell its virtual IP: -VirtualAddress says which one to ask.");

    /// <summary>Refuses several ways of asking at once.</summary>
    /// <param name="named">The parameters that name one.</param>
    /// <exception cref="LvsValidationException">They are more than one (ProbeNamedTwice).</exception>
    internal static void RequireOne(IEnumerable<string> named)
    {
        string[] all = [.. named];
        if (all.Length > 1)
        {
            throw new LvsValidationException("ProbeNamedTwice", $"Ask in one way at a time: -{string.Join(" and -", all)} exclude each other.");
        }
    }

    private static Regex? Pattern(string? text)
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

    // What is written into a request: a line break in it would begin another line of the request.
    private static string Word(string parameter, string text) => text.Length > 0 && text.All(letter => letter is > ' ' and < '\x7f')
        ? text
        : throw new LvsValidationException("InvalidRequest", $"-{parameter} '{text}' cannot stand in a request: it is empty, or has blanks or letters beyond ASCII, which are written as %20 and the like.");

    private static DnsProbe Dns(string name, string type, bool overTcp, TimeSpan timeout)
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
