using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>Cmdlet lines that several rules name.</summary>
internal static class Remedies
{
    /// <summary>Lets a real server serve a VIP as its director sends for it.</summary>
    internal static LvsRemedy EnableVip(ILvsHost host, LvsAddress vip, LvsRealServer server)
    {
        List<(string, object)> parameters = [("Address", vip)];
        if (server.Forwarding == LvsForwardingMethod.Tunnel)
        {
            parameters.Add(("Forwarding", server.Forwarding));
            parameters.Add(("RealServerAddress", server.Address));
            if (server.TunnelType != LvsTunnelType.Ipip)
            {
                parameters.Add(("TunnelType", server.TunnelType));
            }

            if (server.TunnelType == LvsTunnelType.Gue)
            {
                parameters.Add(("TunnelPort", server.TunnelPort));
            }

            if (server.TunnelChecksum != LvsTunnelChecksum.None)
            {
                parameters.Add(("TunnelChecksum", server.TunnelChecksum));
            }
        }

        return LvsRemedy.On(host, "Enable-LvsRealServerVip", [.. parameters]);
    }
}
