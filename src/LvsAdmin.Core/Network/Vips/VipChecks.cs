namespace LvsAdmin.Core.Network;

/// <summary>The names of what is looked at in a real server's VIP. They do not change: scripts test them.</summary>
internal static class VipChecks
{
    /// <summary>The VIP is there; for NAT, its way back.</summary>
    internal const string Present = "Present";

    /// <summary>The prefix is that of one address.</summary>
    internal const string Prefix = "Prefix";

    /// <summary>The interface that holds it is up.</summary>
    internal const string InterfaceUp = "InterfaceUp";

    /// <summary>The host neither answers ARP for it nor names it in its own requests.</summary>
    internal const string ArpSilence = "ArpSilence";

    /// <summary>Packets out of the tunnel pass the reverse path filter.</summary>
    internal const string ReversePathFilter = "ReversePathFilter";

    /// <summary>The tunnel takes what the director sends.</summary>
    internal const string TunnelReceives = "TunnelReceives";

    /// <summary>Answers go back through the director.</summary>
    internal const string ReturnRoute = "ReturnRoute";

    /// <summary>The kernel takes packets for the VIP in.</summary>
    internal const string LocalDelivery = "LocalDelivery";

    /// <summary>A program listens on the service's port for the VIP.</summary>
    internal const string Listening = "Listening";

    /// <summary>It comes back after a boot.</summary>
    internal const string Persistence = "Persistence";
}
