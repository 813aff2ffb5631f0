using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>What <see cref="ArpPolicyChecks"/> checks, and how.</summary>
public sealed record ArpPolicyCheckOptions
{
    private readonly IReadOnlyList<string> _macAddresses = [];

    /// <summary>The virtual IPs; none for all that the host holds as a real server or, if it holds none, for whether it is fit to hold one.</summary>
    public IReadOnlyList<LvsAddress> Addresses { get; init; } = [];

    /// <summary>The interfaces that face the director and the clients; none for all that hear ARP, and for those by which a VIP is on link.</summary>
    public IReadOnlyList<string> Interfaces { get; init; } = [];

    /// <summary>The MAC addresses of the director, or of directors that take turns, with colons, dashes, dots or nothing between the digits; none when they are not known.</summary>
    /// <exception cref="LvsValidationException">One is none of six bytes (InvalidMacAddress).</exception>
    public IReadOnlyList<string> MacAddresses
    {
        get => _macAddresses;
        init => _macAddresses = [.. value.Select(Normalize)];
    }

    /// <summary>How long answers of others are waited for, in seconds; a request is sent each second.</summary>
    public int TimeoutSeconds { get; init; } = 3;

    private static string Normalize(string text)
    {
        string digits = new([.. text.Where(character => character is not (':' or '-' or '.'))]);
        return digits.Length == 12 && digits.All(char.IsAsciiHexDigit)
            ? string.Join(':', digits.ToLowerInvariant().Chunk(2).Select(pair => new string(pair)))
            : throw new LvsValidationException("InvalidMacAddress", $"'{text}' is no MAC address, such as 02:00:5e:00:53:01.");
    }
}
