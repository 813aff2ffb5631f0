using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>Whether a host forwards packets of one family between its interfaces, as a director must for NAT; as observed.</summary>
public sealed record LvsForwardingState
{
    /// <summary>The family that it is about.</summary>
    public LvsAddressFamily AddressFamily { get; init; }

    /// <summary>Whether the host as a whole forwards: <c>net.ipv4.ip_forward</c>, <c>net.ipv6.conf.all.forwarding</c>.</summary>
    public bool Forwarding { get; init; }

    /// <summary>The interfaces whose incoming packets are forwarded. With IPv6 these are all or none: only the host as a whole decides (ip6_forward, net/ipv6/ip6_output.c).</summary>
    public IReadOnlyList<string> Interfaces { get; init; } = [];

    /// <summary>
    /// The interfaces on which the host tells senders of a shorter way, past the director: send_redirects of <c>all</c> or their own. IPv6 has no such switch,
    /// and none are listed: there the real servers must not listen (accept_redirects), which Enable-LvsRealServerVip -Forwarding Nat sees to.
    /// </summary>
    public IReadOnlyList<string> RedirectingInterfaces { get; init; } = [];

    /// <summary>The interfaces that take addresses and routes from router advertisements although the host forwards (accept_ra 2); IPv6 only.</summary>
    public IReadOnlyList<string> AdvertisedInterfaces { get; init; } = [];

    /// <summary>The host that it was read from; <c>localhost</c> for this machine.</summary>
    public string HostName { get; init; } = string.Empty;

    /// <summary>The network namespace that it was read in; null for the host's own.</summary>
    public string? NetworkNamespace { get; init; }
}
