using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>
/// The device on which a real server receives tunnelled packets. Mostly the one that the tunnel's module makes by itself, which takes packets from any
/// sender; that cannot be altered, so where it is not enough there is one of our own, bound to the real server's address.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">The kernel's name of its kind.</param>
/// <param name="Module">The module that it needs.</param>
/// <param name="Arguments">What follows <c>ip link add NAME</c>; empty where the module makes it.</param>
internal sealed record TunnelDevice(string Name, string Kind, string Module, IReadOnlyList<string> Arguments)
{
    /// <summary>Whether it has to be made by us.</summary>
    internal bool IsOwn => Arguments.Count > 0;

    /// <summary>Chooses the device for what a director sends.</summary>
    /// <param name="settings">The kind of tunnel.</param>
    /// <param name="inner">The family of the VIP.</param>
    /// <param name="outer">The family of the real server's address.</param>
    /// <param name="local">Finds the real server's address where the device has to be bound to it.</param>
    internal static TunnelDevice Choose(LvsVipSettings settings, LvsAddressFamily inner, LvsAddressFamily outer, Func<LvsAddress> local)
    {
        bool overV6 = outer == LvsAddressFamily.IPv6;
        if (settings.TunnelType == LvsTunnelType.Gre)
        {
            (string kind, string module, string name) = overV6 ? ("ip6gre", "ip6_gre", "ip6gre0") : ("gre", "ip_gre", "gre0");
            // A packet with a checksum is dropped by a device that does not expect one (ip_tunnel_rcv, net/ipv4/ip_tunnel.c; __ip6_tnl_rcv, net/ipv6/ip6_tunnel.c).
            return settings.TunnelChecksum == LvsTunnelChecksum.None
                ? new TunnelDevice(name, kind, module, [])
                : new TunnelDevice(overV6 ? "lvsgre6" : "lvsgre", kind, module, ["type", kind, "local", $"{local()}", "remote", "any", "icsum"]);
        }

        // GUE is taken off by the receive port; what is left is a packet of these.
        return (overV6, inner) switch
        {
            (false, LvsAddressFamily.IPv4) => new TunnelDevice("tunl0", "ipip", "ipip", []),
            (false, _) => new TunnelDevice("sit0", "sit", "sit", []),
            (true, LvsAddressFamily.IPv6) => new TunnelDevice("ip6tnl0", "ip6tnl", "ip6_tunnel", []),
            // ip6tnl0 takes IPv6 in IPv6 only (ip6_tnl_init_net, net/ipv6/ip6_tunnel.c).
            (true, _) => new TunnelDevice("lvs4in6", "ip6tnl", "ip6_tunnel", ["type", "ip6tnl", "mode", "any", "local", $"{local()}", "remote", "any"]),
        };
    }

    /// <summary>Whether an interface that exists does what this device is to do, whatever its name.</summary>
    internal bool IsServedBy(HostInterface candidate, LvsAddress? local)
    {
        bool sameKind = candidate.Kind == Kind && candidate.AcceptsAnyRemote && candidate.Local == local;
        return sameKind
            && (Kind != "ip6tnl" || candidate.Protocol == "any")
            && (Kind is not ("gre" or "ip6gre") || candidate.ExpectsChecksum);
    }
}
