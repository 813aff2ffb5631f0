using System.Globalization;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>Whether a program takes what arrives: with direct routing and tunnelling that is for the VIP and the service's port, with NAT for the real server's own.</summary>
internal sealed class ListeningRule : RealServerRule
{
    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.NotListening;

    /// <inheritdoc/>
    private protected override async ValueTask<LvsDeploymentCheck?> CheckAsync(
        DeploymentContext context, DeploymentService service, DeploymentServer server, DeploymentHost host, CancellationToken cancellationToken)
    {
        bool isNat = server.Server.Forwarding == LvsForwardingMethod.Nat;
        if (service.Vip is not { } vip
            || service.Id.Protocol is not { } protocol
            || service.Id.Port is not > 0
            || (!isNat && context.Has(LvsDeploymentCause.VipMissing, host, vip)))
        {
            return null;
        }

        LvsAddress address = isNat ? server.Server.Address : vip;
        int port = isNat ? server.Server.Port : service.Id.Port.Value;
        string name = string.Create(CultureInfo.InvariantCulture, $"{protocol.ToString().ToLowerInvariant()} port {port}");
        string expected = $"a program listens on {name} of {address}";
        IReadOnlyList<LvsAddress>? listening = await host.GetListenersAsync(protocol, address.Family, port, cancellationToken).ConfigureAwait(false);
        LvsDeploymentCheck result = listening switch
        {
            null => NotChecked(host, expected, $"which {protocol} ports are listened on cannot be read"),
            _ when listening.Take(address) => Passed(host, expected, $"a program listens on {name}"),
            { Count: 0 } => Failed(host, expected, $"no program listens on {name}", "Clients that are sent to this server are refused.") with
            {
                Advice = $"Start the program, and let it listen on {address} or on all addresses: ss -Hlntup tells which do.",
            },
            _ => Failed(
                host,
                expected,
                $"on {name} only {string.Join(", ", listening.Distinct())} is listened on",
                $"The server answers on its own address, and so seems well, but clients ask for {address}: they are refused.") with
            {
                Advice = $"Let the program listen on {address} too, or on all addresses.",
            },
        };
        return result with { VirtualService = service.Id, RealServer = server.Id };
    }
}
