using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>A packet as a firewall sees it. What is null is not known, and rules that ask for it may or may not match.</summary>
/// <param name="Hook">Where: prerouting, input, forward or output.</param>
/// <param name="Family">The family of its addresses.</param>
/// <param name="Protocol">Its protocol, by the name in /etc/protocols.</param>
internal sealed record FirewallPacket(string Hook, LvsAddressFamily Family, string Protocol)
{
    /// <summary>The interface that it came by.</summary>
    internal string? In { get; init; }

    /// <summary>The interface that it leaves by.</summary>
    internal string? Out { get; init; }

    /// <summary>Its sender.</summary>
    internal LvsAddress? Source { get; init; }

    /// <summary>Its receiver.</summary>
    internal LvsAddress? Destination { get; init; }

    /// <summary>The port that it comes from.</summary>
    internal int? SourcePort { get; init; }

    /// <summary>The port that it goes to.</summary>
    internal int? DestinationPort { get; init; }

    /// <summary>What connection tracking says of it, in small letters: new, established, related, invalid or untracked.</summary>
    internal string? State { get; init; }

    /// <summary>The packet as a person would name it.</summary>
    public override string ToString() =>
        $"{Protocol} {(Source is { } from ? $"{from}{Port(SourcePort)}" : "clients")} -> {(Destination is { } to ? $"{to}{Port(DestinationPort)}" : "clients")}";

    private static string Port(int? port) => port is { } number ? $":{number}" : string.Empty;
}
