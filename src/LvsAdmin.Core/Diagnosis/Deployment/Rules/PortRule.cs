using System.Globalization;
using System.Runtime.CompilerServices;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>
/// Whether real servers have the port of their service where no port is rewritten: with direct routing and tunnelling a packet arrives as the client sent it
/// (ip_vs_dr_xmit, net/netfilter/ipvs/ip_vs_xmit.c), whatever port the table names.
/// </summary>
internal sealed class PortRule : DeploymentRule
{
    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.PortDiffers;

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<LvsDeploymentCheck> CheckAsync(DeploymentContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (DeploymentService service in context.Services.Where(service => service.Id.Port is > 0))
        {
            ushort port = service.Id.Port!.Value;
            string expected = string.Create(CultureInfo.InvariantCulture, $"port {port}, as the service has it");
            DeploymentServer[] unwritten =
                [.. service.Servers.Where(server => server.Server.Forwarding is LvsForwardingMethod.DirectRouting or LvsForwardingMethod.Tunnel && server.Server.Port != port)];
            foreach (DeploymentServer server in unwritten)
            {
                yield return Failed(
                    context.Director,
                    expected,
                    string.Create(CultureInfo.InvariantCulture, $"{server.Id}, which is asked on port {port} all the same"),
                    $"{server.Server.Forwarding} rewrites no port: the server gets every packet on port {port.ToString(CultureInfo.InvariantCulture)}, and one that listens on {server.Server.Port.ToString(CultureInfo.InvariantCulture)} alone refuses it.") with
                {
                    VirtualService = service.Id,
                    RealServer = server.Id,
                    Remedy = Mend(context, service, server, port),
                };
            }

            if (unwritten.Length == 0 && service.Servers.Any(server => server.Server.Forwarding != LvsForwardingMethod.Nat))
            {
                yield return Passed(context.Director, expected, string.Create(CultureInfo.InvariantCulture, $"all servers have port {port}")) with { VirtualService = service.Id };
            }
        }
    }

    // The port is part of what a real server is: the right one comes before the wrong one goes.
    private static LvsRemedy Mend(DeploymentContext context, DeploymentService service, DeploymentServer server, ushort port)
    {
        LvsServerId right = new(server.Server.Address, port);
        LvsRemedy remove = LvsRemedy.On(context.Director.Host, "Remove-LvsRealServer", ("VirtualService", service.Id), ("RealServer", server.Id));
        if (service.Servers.Any(each => each.Id == right))
        {
            return remove;
        }

        RealServerSettings settings = server.Server.Settings;
        List<(string, object)> parameters = [("VirtualService", service.Id), ("RealServer", right), ("Forwarding", settings.Forwarding), ("Weight", settings.Weight)];
        if (settings.UpperThreshold > 0)
        {
            parameters.Add(("UpperThreshold", settings.UpperThreshold));
            parameters.Add(("LowerThreshold", settings.LowerThreshold));
        }

        if (settings.Forwarding == LvsForwardingMethod.Tunnel)
        {
            parameters.AddRange(Remedies.TunnelParameters(server.Server));
        }

        return LvsRemedy.On(context.Director.Host, "Add-LvsRealServer", [.. parameters]) with { Then = remove };
    }
}
