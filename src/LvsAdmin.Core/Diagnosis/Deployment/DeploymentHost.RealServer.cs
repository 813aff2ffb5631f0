using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <content>What a real server's host does with what the director sends.</content>
internal sealed partial class DeploymentHost
{
    /// <summary>The VIPs that it serves, with what is wrong with each.</summary>
    internal async ValueTask<IReadOnlyList<LvsRealServerVip>> GetVipsAsync(CancellationToken cancellationToken)
    {
        RealServerState state = await GetStateAsync(cancellationToken).ConfigureAwait(false);
        return (await FactAsync("vips", stop => VipObservation.ReadAsync(host, state, stop), cancellationToken).ConfigureAwait(false))!;
    }

    /// <summary>The UDP ports on which it receives encapsulated packets; none where the kernel has nothing loaded for it.</summary>
    internal async ValueTask<IReadOnlyList<(LvsAddressFamily Outer, int Port, bool IsGue)>> GetReceivePortsAsync(CancellationToken cancellationToken) =>
        await FactAsync("fou", stop => TunnelSteps.ReadPortsAsync(host, stop), cancellationToken).ConfigureAwait(false) ?? [];

    /// <summary>The addresses on which programs take what comes to a port; null where it cannot be known.</summary>
    /// <param name="protocol">TCP or UDP; of SCTP nothing is known.</param>
    /// <param name="family">The family of the packets.</param>
    /// <param name="port">The port.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    internal ValueTask<IReadOnlyList<LvsAddress>?> GetListenersAsync(LvsProtocol protocol, LvsAddressFamily family, int port, CancellationToken cancellationToken) =>
        Listeners.ReadAsync(path => ReadAsync(path, cancellationToken), protocol, family, port);
}
