using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>Cmdlet lines that several rules name.</summary>
internal static class Remedies
{
    /// <summary>Lets a real server serve a VIP as its director sends for it.</summary>
    internal static LvsRemedy EnableVip(ILvsHost host, LvsAddress vip, LvsRealServer server) => LvsRemedy.On(
        host,
        "Enable-LvsRealServerVip",
        server.Forwarding == LvsForwardingMethod.Tunnel
            ? [("Address", vip), ("Forwarding", server.Forwarding), ("RealServerAddress", server.Address), .. TunnelParameters(server)]
            : [("Address", vip)]);

    /// <summary>Takes a VIP that stands in a wrong way from a real server, and gives it back in the right one.</summary>
    internal static LvsRemedy RenewVip(ILvsHost host, LvsAddress vip, LvsRealServer server) =>
        LvsRemedy.On(host, "Disable-LvsRealServerVip", ("Address", vip)) with { Then = EnableVip(host, vip, server) };

    /// <summary>What tells how a director wraps packets, where it is not the usual way.</summary>
    internal static IEnumerable<(string Name, object Value)> TunnelParameters(LvsRealServer server)
    {
        if (server.TunnelType != LvsTunnelType.Ipip)
        {
            yield return ("TunnelType", server.TunnelType);
        }

        if (server.TunnelType == LvsTunnelType.Gue)
        {
            yield return ("TunnelPort", server.TunnelPort);
        }

        if (server.TunnelChecksum != LvsTunnelChecksum.None)
        {
            yield return ("TunnelChecksum", server.TunnelChecksum);
        }
    }
}
