namespace LvsAdmin.Core.Network;

/// <summary>How a real server for NAT sends its answers back through the director, which has to give them the VIP as source again.</summary>
public enum LvsNatRoute
{
    /// <summary>A rule and a routing table of their own: only what the real server sends from its own address, or from one service's port, goes to the director.</summary>
    Policy,

    /// <summary>The default route: all that the host sends beyond its own networks goes to the director.</summary>
    Default,
}
