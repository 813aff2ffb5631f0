using System.Runtime.CompilerServices;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>Whether a director with NAT forwards: the answers of real servers are for clients, not for the director, and one that forwards nothing drops them before IPVS sees them.</summary>
internal sealed class ForwardingRule : DeploymentRule
{
    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.ForwardingOff;

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<LvsDeploymentCheck> CheckAsync(DeploymentContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DeploymentHost director = context.Director;
        foreach (DeploymentService service in context.Services.Where(service => service.Vip is not null).DistinctBy(service => service.Vip))
        {
            LvsAddress vip = service.Vip!.Value;
            LvsAddress[] servers =
            [
                .. context.Servers.Where(each => each.Service.Vip == vip && each.Server.Server.Forwarding == LvsForwardingMethod.Nat && each.Server.Host != director)
                    .Select(each => each.Server.Server.Address).Distinct(),
            ];
            foreach (LvsAddressFamily family in servers.Select(address => address.Family).Distinct())
            {
                yield return await CheckAsync(director, family, servers.Where(address => address.Family == family), cancellationToken).ConfigureAwait(false) with { Vip = vip };
            }
        }
    }

    private async ValueTask<LvsDeploymentCheck> CheckAsync(
        DeploymentHost director, LvsAddressFamily family, IEnumerable<LvsAddress> servers, CancellationToken cancellationToken)
    {
        string expected = $"the director forwards {family}";
        string parameter = family == LvsAddressFamily.IPv6 ? "net.ipv6.conf.all.forwarding" : "net.ipv4.ip_forward";
        const string Reason = "With NAT the answers of real servers pass through the director, which drops them: clients wait in vain.";
        if (await director.GetForwardingAsync(family, cancellationToken).ConfigureAwait(false) is not { } state)
        {
            return NotChecked(director, expected, $"its kernel has no {family}");
        }

        if (!state.Forwarding)
        {
            return Failed(director, expected, $"{parameter} is 0", Reason) with { Remedy = LvsRemedy.On(director.Host, "Enable-LvsForwarding", ("AddressFamily", family)) };
        }

        foreach (LvsAddress server in servers)
        {
            if (await NatPaths.LinkToAsync(director, server, cancellationToken).ConfigureAwait(false) is { } link && !state.Interfaces.Contains(link))
            {
                return Failed(director, expected, $"{parameter} is 1, but {link}, where answers arrive, does not forward", Reason) with
                {
                    Remedy = LvsRemedy.On(director.Host, "Enable-LvsForwarding", ("AddressFamily", family), ("Interface", link)),
                };
            }
        }

        return Passed(director, expected, $"{parameter} is 1");
    }
}
