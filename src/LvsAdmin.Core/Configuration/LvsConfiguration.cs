using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Configuration;

/// <summary>
/// The desired state of a director: a document. It says only what it wants to have a say in: what is null is left as it is on the director, and services
/// that are neither named nor within the scope belong to somebody else. Immutable.
/// </summary>
public sealed record LvsConfiguration
{
    /// <summary>Who is responsible for what the document describes, for people; null where it is not said.</summary>
    public string? Owner { get; init; }

    /// <summary>
    /// Which services belong to the document, besides those that it names: patterns of their text form with * and ?, such as <c>tcp/192.0.2.10:*</c>,
    /// or <c>*</c> for the whole table. A service within the scope that the document does not name is one too many.
    /// </summary>
    public IReadOnlyList<string> Scope { get; init; } = [];

    /// <summary>How long idle connections are remembered; null values, or null, leave the director's.</summary>
    public LvsTimeout? Timeout { get; init; }

    /// <summary>The connection synchronisation daemons that run: these and no others. Null leaves them alone.</summary>
    public IReadOnlyList<LvsSyncDaemon>? SyncDaemons { get; init; }

    /// <summary>The virtual IPs that the director holds. Others that it holds are left alone.</summary>
    public IReadOnlyList<DirectorVipSettings> DirectorVips { get; init; } = [];

    /// <summary>Whether the director forwards IPv4 packets, which NAT needs; null leaves it.</summary>
    public bool? ForwardingIPv4 { get; init; }

    /// <summary>Whether the director forwards IPv6 packets; null leaves it.</summary>
    public bool? ForwardingIPv6 { get; init; }

    /// <summary>Parameters of IPVS by their name within net.ipv4.vs, each a bool, a long or a text. Others are left alone.</summary>
    public IReadOnlyDictionary<string, object> KernelParameters { get; init; } = new Dictionary<string, object>();

    /// <summary>The virtual services, each of another identity.</summary>
    public IReadOnlyList<ServiceConfiguration> VirtualServices { get; init; } = [];

    /// <summary>The service of an identity that the document names; null when it names none.</summary>
    public ServiceConfiguration? Find(LvsServiceId service) => VirtualServices.FirstOrDefault(each => each.VirtualService == service);

    /// <summary>Whether a service belongs to the document: named, or within the scope.</summary>
    public bool Owns(LvsServiceId service)
    {
        ArgumentNullException.ThrowIfNull(service);
        return Scope.Any(pattern => ServicePattern.Matches(pattern, service)) || Find(service) is not null;
    }

    /// <summary>The desired state as JSON, which outlives a file or another session. Two desired states that ask for the same have the same.</summary>
    public string Document => JsonText.Write(this).Text;

    /// <summary>What it is about, in words.</summary>
    public override string ToString()
    {
        string services = VirtualServices.Count switch
        {
            0 => "no virtual services",
            1 => VirtualServices[0].VirtualService.ToString(),
            var count => string.Create(CultureInfo.InvariantCulture, $"{count} virtual services"),
        };
        return Owner is null ? services : $"{services} of {Owner}";
    }
}
