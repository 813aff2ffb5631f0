using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Network;

/// <summary>How a real server shall serve a virtual IP: what is configured, in contrast to <see cref="LvsRealServerVip"/>, which is observed.</summary>
public sealed record LvsVipSettings
{
    /// <summary>How the director forwards to it.</summary>
    public LvsForwardingMethod Forwarding { get; init; } = LvsForwardingMethod.DirectRouting;

    /// <summary>The interface to hold the VIP; null for lo (direct routing), or for the tunnel that the other settings call for.</summary>
    public string? Interface { get; init; }

    /// <summary>The interfaces whose ARP policy is set: those on which requests for an IPv4 VIP can arrive. None for <c>all</c>, which covers later ones too.</summary>
    public IReadOnlyList<string> ArpInterfaces { get; init; } = [];

    /// <summary>The address under which the director knows the real server (RIP); null where it need not be told, or the host has just one.</summary>
    public LvsAddress? RealServerAddress { get; init; }

    /// <summary>What the packets of a tunnel are wrapped in.</summary>
    public LvsTunnelType TunnelType { get; init; }

    /// <summary>The UDP port on which GUE is received, 1 to 65535; 0 for other tunnels.</summary>
    public int TunnelPort { get; init; }

    /// <summary>The checksum that the director puts into GRE and GUE.</summary>
    public LvsTunnelChecksum TunnelChecksum { get; init; }

    /// <summary>The director's address on the link, to which answers go; NAT only.</summary>
    public LvsAddress? Director { get; init; }

    /// <summary>Which answers go there; NAT only.</summary>
    public LvsNatRoute Route { get; init; } = LvsNatRoute.Policy;

    /// <summary>The protocol of the one service whose answers go to the director; null for all that the real server sends. Policy route only.</summary>
    public LvsProtocol? Protocol { get; init; }

    /// <summary>The port of that service on the real server, 1 to 65535; 0 for all.</summary>
    public int Port { get; init; }

    /// <summary>Judges the settings as far as they can be judged without the host.</summary>
    /// <exception cref="LvsValidationException">The VIP can be none, or settings contradict each other; the first breach is thrown.</exception>
    internal void Check(LvsAddress vip)
    {
        RequireVip(vip);
        Refuse(
            "VipIsRealServerAddress",
            vip == RealServerAddress,
            $"{vip} is the real server's own address too: a real server that has the VIP as its own answers ARP for it. Give the service another address, or the real server.");
        bool isTunnel = Forwarding == LvsForwardingMethod.Tunnel;
        bool isNat = Forwarding == LvsForwardingMethod.Nat;
        Refuse(
            "InvalidVipForwarding",
            !LvsForwarding.Choices.Contains(Forwarding),
            $"A real server is not prepared for {Forwarding}, which the kernel sets by itself: choose DirectRouting, Tunnel or Nat.");
        Refuse(
            "TunnelOptionNeedsTunnel",
            !isTunnel && this is not { TunnelType: LvsTunnelType.Ipip, TunnelPort: 0, TunnelChecksum: LvsTunnelChecksum.None },
            $"Tunnel type, port and checksum mean nothing with {Forwarding}. Add -Forwarding Tunnel, or leave them out.");
        Refuse("TunnelPortMissing", TunnelType == LvsTunnelType.Gue && TunnelPort is < 1 or > ushort.MaxValue, "GUE needs the UDP port on which it is received, 1 to 65535. Add -TunnelPort.");
        Refuse("TunnelPortNeedsGue", TunnelType != LvsTunnelType.Gue && TunnelPort != 0, $"Only GUE has a port, and the tunnel is {TunnelType}. Add -TunnelType Gue, or leave the port out.");
        Refuse(
            "TunnelChecksumMismatch",
            this is { TunnelType: LvsTunnelType.Ipip, TunnelChecksum: not LvsTunnelChecksum.None }
                or { TunnelType: not LvsTunnelType.Gue, TunnelChecksum: LvsTunnelChecksum.Remote },
            $"{TunnelType} cannot have the checksum {TunnelChecksum}. Checksum is for Gue and Gre, Remote for Gue.");
        Refuse("DirectorMissing", isNat && Director is null, "NAT needs the answers to go back through the director: name its address on the real server's link by -Director.");
        Refuse("DirectorNeedsNat", !isNat && Director is not null, $"A director to send answers to means nothing with {Forwarding}, whose real servers answer clients themselves. Add -Forwarding Nat, or leave it out.");
        Refuse(
            "MixedFamilyNeedsTunnel",
            !isTunnel && RealServerAddress is { } address && address.Family != vip.Family,
            $"A real server at {RealServerAddress} can serve {vip}, of another family, only through a tunnel. Use -Forwarding Tunnel, or the real server's {vip.Family} address.");
        Refuse(
            "DirectorFamilyMismatch",
            Director is { } director && director.Family != vip.Family,
            $"Answers for {vip} cannot go by way of {Director}, which is of another family: name the director's {vip.Family} address.");
        Refuse("DirectorIsVip", vip == Director, $"{vip} is the VIP. Answers go to the director's own address on the real server's link, which stays with it.");
        Refuse("InterfaceNeedsVip", isNat && Interface is not null, "With NAT no interface of the real server holds the VIP. Leave -Interface out.");
        Refuse("ArpInterfaceNeedsVip", isNat && ArpInterfaces.Count > 0, "With NAT the real server does not hold the VIP, and so cannot answer ARP for it. Leave -ArpInterface out.");
    }

    /// <summary>Refuses addresses that can be no virtual IP (InvalidVip).</summary>
    internal static void RequireVip(LvsAddress vip)
    {
        string? what = vip switch
        {
            { Family: 0 } or { IsUnspecified: true } => "names no host",
            { IsMulticast: true } => "is a multicast address",
            { IsBroadcast: true } => "is the broadcast address",
            { IsLinkLocalV6: true } => "is link-local",
            _ => HostInterface.IsLoopbackAddress(vip) ? "is every host's own" : null,
        };
        Refuse("InvalidVip", what is not null, $"{vip} {what} and can be no virtual IP: a VIP is a unicast address that clients reach.");
    }

    private static void Refuse(string id, bool breach, string message)
    {
        if (breach)
        {
            throw new LvsValidationException(id, message);
        }
    }
}
