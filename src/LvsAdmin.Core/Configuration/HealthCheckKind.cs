namespace LvsAdmin.Core.Configuration;

/// <summary>What a health check does.</summary>
public enum HealthCheckKind
{
    /// <summary>Nothing: the server always counts as healthy.</summary>
    None,

    /// <summary>Connects by TCP.</summary>
    Tcp,

    /// <summary>Asks for a page by HTTP.</summary>
    Http,

    /// <summary>Asks for a page by HTTPS.</summary>
    Https,

    /// <summary>Asks a name server.</summary>
    Dns,

    /// <summary>Greets a mail server.</summary>
    Smtp,

    /// <summary>Sends a UDP datagram; only an answer that the port is closed is bad.</summary>
    Udp,

    /// <summary>Sends an ICMP echo request.</summary>
    Ping,

    /// <summary>Runs a program, whose exit status tells.</summary>
    Script,
}
