using System.Management.Automation;

namespace LvsAdmin.Commands;

/// <summary>A cmdlet by whose parameters a user says what to ask a server or a service.</summary>
internal interface IProbeQuestion
{
    /// <summary>Whether to ask as a web client.</summary>
    SwitchParameter Http { get; }

    /// <summary>Whether to ask as a web client over TLS.</summary>
    SwitchParameter Https { get; }

    /// <summary>The method of the request.</summary>
    string Method => "GET";

    /// <summary>The path of the request, with its query.</summary>
    string Path { get; }

    /// <summary>The statuses that are good: 200, 200-399.</summary>
    string[] ExpectedStatus { get; }

    /// <summary>A regular expression that the body must match.</summary>
    string? BodyPattern { get; }

    /// <summary>The value of the Host header; null for the address that is asked.</summary>
    string? HostHeader { get; }

    /// <summary>The name by which to ask for the certificate (SNI); null for that of the Host header.</summary>
    string? ServerName => null;

    /// <summary>The name that the certificate must be for; null for any.</summary>
    string? CertificateName => null;

    /// <summary>For how many days more the certificate must hold.</summary>
    int CertificateDays => 0;

    /// <summary>The name to ask a name server for.</summary>
    string? Dns { get; }

    /// <summary>The type of record to ask for.</summary>
    string DnsType { get; }

    /// <summary>Whether to greet as a mail server's client.</summary>
    SwitchParameter Smtp => false;

    /// <summary>How long it may take.</summary>
    TimeSpan Timeout { get; }
}
