using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;

namespace LvsAdmin.Core.Diagnosis.Health;

/// <summary>Asks a web server (RFC 9112), over TLS where wanted: status and body, and the certificate's names and days.</summary>
public sealed class HttpProbe : HealthProbe
{
    /// <summary>Whether to speak TLS.</summary>
    public bool Secure { get; init; }

    /// <summary>The method.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>The path, with its query.</summary>
    public string Path { get; init; } = "/";

    /// <summary>The value of the Host header; null for the address that is asked.</summary>
    public string? Host { get; init; }

    /// <summary>The statuses that are good, each as a range.</summary>
    public IReadOnlyList<(int First, int Last)> ExpectedStatus { get; init; } = [(200, 399)];

    /// <summary>What the body must contain; null for anything.</summary>
    public Regex? BodyPattern { get; init; }

    /// <summary>The name by which the client asks for its certificate (SNI); null for <see cref="Host"/>, and none where that is an address.</summary>
    public string? ServerName { get; init; }

    /// <summary>The name that the certificate must be for; null for any.</summary>
    public string? CertificateName { get; init; }

    /// <summary>For how many days more the certificate must hold.</summary>
    public int CertificateDays { get; init; }

    private protected override async ValueTask RunAsync(IProbePath path, Course course, CancellationToken cancellationToken)
    {
        Stream connection = await ConnectAsync(path, course, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            if (!Secure)
            {
                await AskAsync(path, connection, course, cancellationToken).ConfigureAwait(false);
                return;
            }

            SslStream secure = new(connection, leaveInnerStreamOpen: true);
            await using (secure.ConfigureAwait(false))
            {
                await CheckCertificateAsync(secure, course, cancellationToken).ConfigureAwait(false);
                await AskAsync(path, secure, course, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask CheckCertificateAsync(SslStream secure, Course course, CancellationToken cancellationToken)
    {
        course.Begin("Tls", "a handshake");
        string name = ServerName ?? NameOf(Host) ?? CertificateName ?? string.Empty;
        await secure.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = System.Net.IPAddress.TryParse(name, out _) ? string.Empty : name,
                // Whom the server's clients trust is theirs to say: here its names and its days count.
#pragma warning disable CA5359 // the certificate is checked below, and nothing secret is sent
                RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
            },
            cancellationToken).ConfigureAwait(false);
        course.Pass($"{secure.SslProtocol}, {secure.NegotiatedCipherSuite}");

        string days = string.Create(CultureInfo.InvariantCulture, $"at least {CertificateDays} days left");
        course.Begin("Certificate", CertificateName is null ? days : $"for {CertificateName}, {days}");
        if (secure.RemoteCertificate is not { } raw)
        {
            throw new LvsProbeException("the server showed no certificate");
        }

        using X509Certificate2 certificate = new(raw);
        DateTime end = certificate.NotAfter.ToUniversalTime();
        int left = (int)Math.Floor((end - DateTime.UtcNow).TotalDays);
        string found = string.Create(CultureInfo.InvariantCulture, $"for {NamesOf(certificate)}, {left} days left (until {end:yyyy-MM-dd}), issued by {certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: true)}");
        bool isEarly = certificate.NotBefore.ToUniversalTime() > DateTime.UtcNow;
        if (isEarly || end < DateTime.UtcNow || left < CertificateDays || (CertificateName is { } wanted && !certificate.MatchesHostname(wanted)))
        {
            throw new LvsProbeException(isEarly ? $"{found}, not valid yet" : found);
        }

        course.Pass(found);
    }

    private async ValueTask AskAsync(IProbePath path, Stream stream, Course course, CancellationToken cancellationToken)
    {
        string statuses = string.Join(", ", ExpectedStatus.Select(range => range.First == range.Last
            ? range.First.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{range.First}-{range.Last}")));
        course.Begin("Http", BodyPattern is null ? $"status {statuses}" : $"status {statuses} and a body that matches '{BodyPattern}'");
        string host = Host ?? path.Target.Split(' ')[0];
        string request = $"{Method} {Path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: LvsAdmin\r\nAccept: */*\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), cancellationToken).ConfigureAwait(false);
        (int status, string line, string body) = await HttpAnswer.ReadAsync(stream, BodyPattern is not null && Method != "HEAD", cancellationToken).ConfigureAwait(false);
        if (!ExpectedStatus.Any(range => status >= range.First && status <= range.Last))
        {
            throw new LvsProbeException($"status {line}");
        }

        if (BodyPattern is { } pattern && !pattern.IsMatch(body))
        {
            throw new LvsProbeException($"status {line} with a body that does not match: {Shorten(body)}");
        }

        course.Pass($"status {line}");
    }

    private static string? NameOf(string? host) => host is null || host.StartsWith('[') ? null : host.Split(':')[0];

    private static string NamesOf(X509Certificate2 certificate)
    {
        X509SubjectAlternativeNameExtension? names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        string[] all = names is null ? [] : [.. names.EnumerateDnsNames(), .. names.EnumerateIPAddresses().Select(address => address.ToString())];
        return all.Length > 0 ? string.Join(", ", all) : certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
    }

    private static string Shorten(string body)
    {
        const int Longest = 60;
        string text = new([.. body.Select(letter => char.IsControl(letter) ? ' ' : letter)]);
        return text.Length == 0 ? "it is empty" : text.Length <= Longest ? $"'{text.Trim()}'" : $"'{text[..Longest].Trim()}...'";
    }
}
