using System.Runtime.CompilerServices;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>
/// Whether a firewall on a director or a real server drops what belongs to a service: its clients' packets where IPVS takes them (input of the director), what
/// IPVS sends on (output), the answers of NAT (forward), and both on the real server. Only what is dropped for certain is told. Where a firewall follows
/// connections and IPVS hides them from it (conntrack 0), the answers of NAT are invalid to it (ip_vs_notrack, include/net/ip_vs.h).
/// </summary>
internal sealed class FirewallDropRule : DeploymentRule
{
    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.Firewall;

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<LvsDeploymentCheck> CheckAsync(DeploymentContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (DeploymentHost host in context.RealServerHosts.Prepend(context.Director).Distinct())
        {
            const string Expected = "its firewall lets the services pass";
            (Firewall? firewall, string? trouble) = await host.GetFirewallAsync(cancellationToken).ConfigureAwait(false);
            if (firewall is null)
            {
                yield return NotChecked(host, Expected, trouble ?? "its rules cannot be read");
                continue;
            }

            bool isGood = true;
            foreach (DeploymentService service in firewall.Chains.Count == 0 ? [] : context.Services.Where(service => service.Vip is not null))
            {
                if (await CheckServiceAsync(context, service, host, firewall, cancellationToken).ConfigureAwait(false) is { } failed)
                {
                    isGood = false;
                    yield return failed with { VirtualService = service.Id };
                }
            }

            if (isGood)
            {
                yield return Passed(host, Expected, firewall.Chains.Values.Sum(chain => chain.Rules.Count) is > 0 and var rules ? $"none of {rules} rules drops their packets for certain" : "it has no rules");
            }
        }
    }

    private async ValueTask<LvsDeploymentCheck?> CheckServiceAsync(
        DeploymentContext context, DeploymentService service, DeploymentHost host, Firewall firewall, CancellationToken cancellationToken)
    {
        LvsAddress? client = await NatPaths.FindClientAsync(context, service, cancellationToken).ConfigureAwait(false);
        bool isDirector = host == context.Director;
        IEnumerable<FirewallPacket> packets = isDirector
            ? await OnDirectorAsync(context, service, client, cancellationToken).ConfigureAwait(false)
            : await OnServerAsync(context, service, host, client, cancellationToken).ConfigureAwait(false);
        foreach (FirewallPacket packet in packets)
        {
            if (firewall.Drops(packet) is not { } rule)
            {
                continue;
            }

            return packet.Hook == "forward" && packet.State != "established" && firewall.Drops(packet with { State = "established" }) is null
                ? Failed(
                    host,
                    "its firewall knows the connections of IPVS",
                    $"conntrack is 0, and {rule} drops answers ({packet}), which would pass as established",
                    "The firewall follows connections, but IPVS hides its own: the answers of real servers are dropped.",
                    LvsDeploymentCause.ConntrackOff) with
                {
                    Remedy = LvsRemedy.On(host.Host, "Set-LvsKernelParameter", ("Name", "conntrack"), ("Value", 1)),
                }
                : Failed(host, $"its firewall lets {service.Id} pass", $"{rule} drops {packet}", "What is dropped on its way gets no answer: clients wait in vain, or are refused.") with
                {
                    Advice = $"Let whoever keeps this firewall accept {packet} at {packet.Hook}, before the rule that drops it.",
                };
        }

        return null;
    }

    private static async ValueTask<IEnumerable<FirewallPacket>> OnDirectorAsync(
        DeploymentContext context, DeploymentService service, LvsAddress? client, CancellationToken cancellationToken)
    {
        RealServerState state = await context.Director.GetStateAsync(cancellationToken).ConfigureAwait(false);
        string? towardsClient = client is { } known ? await NatPaths.LinkToAsync(context.Director, known, cancellationToken).ConfigureAwait(false)
            : state.Holders(service.Vip!.Value).Select(held => held.Interface).FirstOrDefault(each => !each.IsSilent)?.Name;
        bool tracks = await context.Director.ParameterAsync("conntrack", cancellationToken).ConfigureAwait(false) is "1";
        FirewallPacket asking = Asking(service, "prerouting", client, service.Vip!.Value, service.Id.Port) with { In = towardsClient };
        List<FirewallPacket> packets = [asking, asking with { Hook = "input" }];
        foreach (LvsRealServer server in service.Servers.Where(each => each.Host != context.Director).Select(each => each.Server))
        {
            string? link = await NatPaths.LinkToAsync(context.Director, server.Address, cancellationToken).ConfigureAwait(false);
            switch (server.Forwarding)
            {
                case LvsForwardingMethod.Nat when server.Address.Family == service.Vip.Value.Family:
                    packets.Add(Asking(service, "output", client, server.Address, server.Port) with { Out = link, State = tracks ? "new" : "untracked" });
                    packets.Add(Answer(service, "forward", server.Address, server.Port, client) with
                    {
                        In = link,
                        Out = towardsClient,
                        // The answer to a connection that it did not see begin.
                        State = tracks ? "established" : service.Id.Protocol == LvsProtocol.Tcp ? "invalid" : "new",
                    });
                    break;
                case LvsForwardingMethod.DirectRouting:
                    packets.Add(asking with { Hook = "output", In = null, Out = link, State = tracks ? "new" : "untracked" });
                    break;
            }
        }

        return packets;
    }

    private static async ValueTask<IEnumerable<FirewallPacket>> OnServerAsync(
        DeploymentContext context, DeploymentService service, DeploymentHost host, LvsAddress? client, CancellationToken cancellationToken)
    {
        RealServerState state = await host.GetStateAsync(cancellationToken).ConfigureAwait(false);
        List<FirewallPacket> packets = [];
        foreach (LvsRealServer server in service.Servers.Where(each => each.Host == host).Select(each => each.Server))
        {
            string? link = state.Holders(server.Address).Select(held => held.Interface.Name).FirstOrDefault();
            LvsAddress local = server.Forwarding == LvsForwardingMethod.Nat ? server.Address : service.Vip!.Value;
            ushort? port = server.Forwarding == LvsForwardingMethod.Nat ? server.Port : service.Id.Port;
            bool isTunnel = server.Forwarding == LvsForwardingMethod.Tunnel;
            if (isTunnel && Wrapped(service, server) is { } outer)
            {
                packets.Add(outer with { Hook = "prerouting", In = link });
                packets.Add(outer with { In = link });
            }

            FirewallPacket asking = Asking(service, "input", client, local, port) with
            {
                In = isTunnel ? Tunnels.Receiving(state, server, service.Vip!.Value.Family).FirstOrDefault()?.Name : link,
            };
            packets.Add(asking with { Hook = "prerouting" });
            packets.Add(asking);
            packets.Add(Answer(service, "output", local, port, client) with { State = "established" });
        }

        return packets;
    }

    private static FirewallPacket Asking(DeploymentService service, string hook, LvsAddress? client, LvsAddress to, ushort? port) => new(hook, to.Family, Protocol(service))
    {
        Source = client,
        Destination = to,
        DestinationPort = port is > 0 ? port : null,
        State = "new",
    };

    private static FirewallPacket Answer(DeploymentService service, string hook, LvsAddress from, ushort? port, LvsAddress? client) => new(hook, from.Family, Protocol(service))
    {
        Source = from,
        Destination = client,
        SourcePort = port is > 0 ? port : null,
    };

    // What the director wraps packets in, as it arrives.
    private static FirewallPacket? Wrapped(DeploymentService service, LvsRealServer server) => server.TunnelType switch
    {
        LvsTunnelType.Ipip => new FirewallPacket("input", server.Address.Family, service.Vip!.Value.Family == LvsAddressFamily.IPv6 ? "ipv6" : "ipencap") { Destination = server.Address, State = "new" },
        LvsTunnelType.Gre => new FirewallPacket("input", server.Address.Family, "gre") { Destination = server.Address, State = "new" },
        LvsTunnelType.Gue => new FirewallPacket("input", server.Address.Family, "udp") { Destination = server.Address, DestinationPort = server.TunnelPort, State = "new" },
        _ => null,
    };

    private static string Protocol(DeploymentService service) => (service.Id.Protocol ?? LvsProtocol.Tcp).ToString().ToLowerInvariant();
}
