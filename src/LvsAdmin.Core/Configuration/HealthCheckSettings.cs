using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>How a real server is checked. What is null is not said, and the check's own default holds.</summary>
public sealed record HealthCheckSettings
{
    /// <summary>What is done.</summary>
    public required HealthCheckKind Kind { get; init; }

    /// <summary>The address to ask, where it is not the server's.</summary>
    public LvsAddress? Address { get; init; }

    /// <summary>The port to ask, where it is not the server's.</summary>
    public ushort? Port { get; init; }

    /// <summary>Seconds between two checks.</summary>
    public double? Interval { get; init; }

    /// <summary>Seconds to wait for an answer.</summary>
    public double? Timeout { get; init; }

    /// <summary>How many more times to ask before a server counts as failed.</summary>
    public int? Retries { get; init; }

    /// <summary>Seconds before asking again.</summary>
    public double? RetryDelay { get; init; }

    /// <summary>The path that HTTP asks for, with its query.</summary>
    public string? Path { get; init; }

    /// <summary>The name that HTTP asks for (Host), and TLS too.</summary>
    public string? VirtualHost { get; init; }

    /// <summary>The HTTP method; null for GET.</summary>
    public string? Method { get; init; }

    /// <summary>The HTTP status codes that are good; empty for any of 200 to 299.</summary>
    public IReadOnlyList<int> Status { get; init; } = [];

    /// <summary>A regular expression that the answer has to match.</summary>
    public string? Pattern { get; init; }

    /// <summary>The MD5 digest of the page, 32 hexadecimal digits (genhash(1)).</summary>
    public string? Digest { get; init; }

    /// <summary>The name that DNS asks for.</summary>
    public string? QueryName { get; init; }

    /// <summary>The type of record that DNS asks for, such as A or SOA.</summary>
    public string? QueryType { get; init; }

    /// <summary>The name by which SMTP greets.</summary>
    public string? HelloName { get; init; }

    /// <summary>The command line of a script, as the one who runs it reads it.</summary>
    public string? Command { get; init; }
}
