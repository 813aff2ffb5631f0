using System.Runtime.CompilerServices;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>
/// Whether an IPv6 VIP of a director is deprecated, so that the kernel does not take it as the source of what the director says itself (RFC 6724 section 5, rule 3).
/// Real servers hold the VIP too, and drop what claims to come from it: tunnels, and questions for their MAC address.
/// </summary>
internal sealed class VipDeprecationRule : DeploymentRule
{
    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.VipNotDeprecated;

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<LvsDeploymentCheck> CheckAsync(DeploymentContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DeploymentHost director = context.Director;
        RealServerState state = await director.GetStateAsync(cancellationToken).ConfigureAwait(false);
        foreach (LvsAddress vip in context.Vips.Where(vip => vip.Family == LvsAddressFamily.IPv6))
        {
            // An interface without another address has only this one to speak by; what lo holds is taken for no other link.
            (HostInterface Interface, InterfaceAddress Address)[] held =
            [
                .. state.Holders(vip).Where(each => !each.Interface.IsSilent
                    && each.Interface.Addresses.Any(other => other.Address != vip && other.Address.Family == vip.Family && other.Scope == "global" && !other.IsDeprecated)),
            ];
            if (held.Length == 0)
            {
                continue;
            }

            string expected = $"{vip} is deprecated";
            yield return (held.FirstOrDefault(each => !each.Address.IsDeprecated) is { Interface: { } link }
                ? Failed(
                    director,
                    expected,
                    $"{vip} on {link.Name} is preferred (preferred_lft is not 0)",
                    "The director speaks by it to real servers, which hold it too and drop that: tunnels, and questions for their MAC address.") with
                {
                    Remedy = LvsRemedy.On(director.Host, "Disable-LvsDirectorVip", ("Address", vip)) with
                    {
                        Then = LvsRemedy.On(director.Host, "Enable-LvsDirectorVip", ("Address", vip), ("Interface", link.Name)),
                    },
                }
                : Passed(director, expected, $"{vip} on {held[0].Interface.Name} is deprecated")) with
            { Vip = vip };
        }
    }
}
