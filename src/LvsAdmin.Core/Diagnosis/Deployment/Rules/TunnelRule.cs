using System.Globalization;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>Whether a real server takes off what the director wraps packets in: it has a device for that, which is up, and for GUE a port.</summary>
internal sealed class TunnelRule : RealServerRule
{
    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.TunnelType;

    /// <inheritdoc/>
    private protected override async ValueTask<LvsDeploymentCheck?> CheckAsync(
        DeploymentContext context, DeploymentService service, DeploymentServer server, DeploymentHost host, CancellationToken cancellationToken)
    {
        LvsRealServer sent = server.Server;
        if (service.Vip is not { } vip || sent.Forwarding != LvsForwardingMethod.Tunnel || context.Has(LvsDeploymentCause.VipMissing, host, vip))
        {
            return null;
        }

        string port = sent.TunnelType == LvsTunnelType.Gue ? string.Create(CultureInfo.InvariantCulture, $" on UDP port {sent.TunnelPort}") : string.Empty;
        string expected = $"it receives {sent.TunnelType} over {sent.Address.Family}{port}";
        RealServerState state = await host.GetStateAsync(cancellationToken).ConfigureAwait(false);
        HostInterface[] devices = [.. Tunnels.Receiving(state, sent, vip.Family)];
        HostInterface[] holders = [.. state.Holders(vip).Select(held => held.Interface)];
        HostInterface? device = devices.FirstOrDefault(each => each.IsUp) ?? devices.FirstOrDefault(each => holders.Contains(each));
        LvsDeploymentCheck result = device switch
        {
            null => Failed(host, expected, Found(), Reason(sent)) with { Remedy = Remedies.RenewVip(host.Host, vip, sent) },
            { IsUp: false } => Failed(host, expected, $"{device.Name} is down", Reason(sent), LvsDeploymentCause.TunnelDown) with
            {
                Remedy = Remedies.EnableVip(host.Host, vip, sent),
            },
            _ when sent.TunnelType == LvsTunnelType.Gue
                && await host.GetReceivePortsAsync(cancellationToken).ConfigureAwait(false) is var ports
                && !ports.Contains((sent.Address.Family, sent.TunnelPort, true)) => Failed(host, expected, Ports(ports), Reason(sent), LvsDeploymentCause.TunnelPort) with
                {
                    Remedy = Remedies.RenewVip(host.Host, vip, sent),
                },
            _ => Passed(host, expected, $"{device.Name} receives it{port}"),
        };
        return result with { Vip = vip };

        string Found()
        {
            HostInterface[] others = [.. holders.Where(holder => holder.IsTunnel)];
            return others.Length == 0
                ? devices.Length == 0 ? "there is no device for it" : $"{devices[0].Name}, which is for it, is down"
                : $"{vip} is on {others[0].Name}, which is {(others[0].Kind == "ipip" ? "for IP in IP" : $"a tunnel of the kind {others[0].Kind}")}{(others[0].ExpectsChecksum ? " with checksums" : string.Empty)}";
        }
    }

    private static string Reason(LvsRealServer sent) =>
        $"The director wraps packets in {sent.TunnelType}, which nobody takes off here: they are dropped, and clients that are sent to this server wait in vain.";

    private static string Ports(IReadOnlyList<(LvsAddressFamily Outer, int Port, bool IsGue)> ports) => ports.Count == 0
        ? "GUE is received on no UDP port"
        : $"what it receives is {string.Join(", ", ports.Select(each => string.Create(CultureInfo.InvariantCulture, $"{(each.IsGue ? "GUE" : "another encapsulation")} on UDP port {each.Port} ({each.Outer})")))}";
}
