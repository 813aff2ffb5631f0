using System.Globalization;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <content>What a real server's host does with what the director sends.</content>
internal sealed partial class DeploymentHost
{
    // States of sockets in /proc/net/tcp (include/net/tcp_states.h).
    private const string Listen = "0A";

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
    internal async ValueTask<IReadOnlyList<LvsAddress>?> GetListenersAsync(LvsProtocol protocol, LvsAddressFamily family, int port, CancellationToken cancellationToken)
    {
        if (protocol == LvsProtocol.Sctp)
        {
            return null;
        }

        string name = protocol.ToString().ToLowerInvariant();
        bool isKnown = false;
        List<LvsAddress> addresses = [];
        // An IPv6 socket on the wildcard takes IPv4 too, unless its program said otherwise; which, nobody can see from outside.
        foreach (string table in family == LvsAddressFamily.IPv4 ? [name, $"{name}6"] : new[] { $"{name}6" })
        {
            string? text = await ReadAsync($"/proc/net/{table}", cancellationToken).ConfigureAwait(false);
            isKnown |= text is not null;
            foreach (string line in (text ?? string.Empty).Split('\n').Skip(1))
            {
                // "  0: 0100007F:0050 00000000:0000 0A ...": number, own address and port, the other's, state; UDP has no state of listening.
                if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var own, _, var state, ..]
                    && own.Split(':') is [var address, var number]
                    && (protocol == LvsProtocol.Udp || state == Listen)
                    && int.Parse(number, NumberStyles.HexNumber, CultureInfo.InvariantCulture) == port
                    && SocketAddress.Parse(address) is { } bound
                    && (bound.Family == family || bound.IsUnspecified))
                {
                    addresses.Add(bound);
                }
            }
        }

        return isKnown ? addresses : null;
    }
}
