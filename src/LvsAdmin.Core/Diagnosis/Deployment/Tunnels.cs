using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>What receives the tunnel of a director.</summary>
internal static class Tunnels
{
    /// <summary>How a real server is to be prepared for what a director sends it.</summary>
    internal static LvsVipSettings SettingsFor(LvsRealServer server) => new()
    {
        Forwarding = LvsForwardingMethod.Tunnel,
        RealServerAddress = server.Address,
        TunnelType = server.TunnelType,
        TunnelPort = server.TunnelPort,
        TunnelChecksum = server.TunnelChecksum,
    };

    /// <summary>The devices of a host that take off what a director wraps packets in, up or not.</summary>
    /// <param name="state">The host's interfaces.</param>
    /// <param name="server">The real server as the director has it.</param>
    /// <param name="inner">The family of the VIP.</param>
    internal static IEnumerable<HostInterface> Receiving(RealServerState state, LvsRealServer server, LvsAddressFamily inner)
    {
        TunnelDevice wanted = TunnelDevice.Choose(SettingsFor(server), inner, server.Address.Family, () => server.Address);
        return state.Interfaces.Where(each =>
            each.Kind == wanted.Kind
            && each.AcceptsAnyRemote
            && (each.Local is null || each.Local == server.Address)
            && each.Kind switch
            {
                "ip6tnl" => each.Protocol == "any" || each.Protocol == (inner == LvsAddressFamily.IPv6 ? "ip6ip6" : "ipip6"),
                "gre" or "ip6gre" => each.ExpectsChecksum == (server.TunnelChecksum != LvsTunnelChecksum.None),
                _ => true,
            });
    }
}
