using System.Runtime.CompilerServices;
using System.Text.Json;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>
/// Whether the host that clients ask from knows the VIP under the MAC address of a director that holds it. One that learned it from a real server before that was
/// silenced, or from the director before, keeps it for as long as it is answered there.
/// </summary>
internal sealed class NeighbourRule : DeploymentRule
{
    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.NeighbourStale;

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<LvsDeploymentCheck> CheckAsync(DeploymentContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (context.Client is not { } client || context.Directors.Contains(client))
        {
            yield break;
        }

        foreach (LvsAddress vip in context.Vips)
        {
            // Whoever answers although he should not is the cause then.
            if (context.Hosts.Any(host => context.Has(LvsDeploymentCause.ArpPolicy, host, vip) || context.Has(LvsDeploymentCause.VipOnTwoDirectors, host, vip)))
            {
                continue;
            }

            List<(DeploymentHost Director, string Mac)> holders = [];
            foreach (DeploymentHost director in context.Directors)
            {
                RealServerState state = await director.GetStateAsync(cancellationToken).ConfigureAwait(false);
                if (state.Holders(vip).Any())
                {
                    holders.AddRange(state.Interfaces.Select(each => each.MacAddress).OfType<string>().Select(mac => (director, mac)));
                }
            }

            if (holders.Count == 0
                || await client.RouteToAsync(vip, cancellationToken).ConfigureAwait(false) is not { } route
                || IpCommand.Text(route, "gateway") is not null
                || IpCommand.Text(route, "dev") is not { } device)
            {
                continue;
            }

            string expected = $"{vip} is known under the director's MAC address";
            IReadOnlyList<JsonElement> neighbours = await client.GetNeighboursAsync(cancellationToken).ConfigureAwait(false);
            string? mac = neighbours.Where(each => IpCommand.Text(each, "dst") == $"{vip}" && IpCommand.Text(each, "dev") == device).Select(each => IpCommand.Text(each, "lladdr")).FirstOrDefault();
            yield return (mac is null || holders.Any(each => each.Mac == mac)
                ? Passed(client, expected, mac is null ? $"{vip} is not known now: it is asked for when it is needed" : $"{vip} is at {mac}")
                : Failed(
                    client,
                    expected,
                    $"{vip} is at {mac}{(await context.FindByMacAsync(mac, cancellationToken).ConfigureAwait(false) is { } owner ? $", which is {owner.Name}" : string.Empty)}",
                    "What is sent from here goes past the director, though nobody else answers for the VIP now: it was learned earlier, and stays while it is used.") with
                {
                    Remedy = vip.Family == LvsAddressFamily.IPv4
                        ? LvsRemedy.On(holders[0].Director.Host, "Enable-LvsDirectorVip", ("Address", vip), ("Announce", true))
                        : LvsRemedy.On(holders[0].Director.Host, "Disable-LvsDirectorVip", ("Address", vip)) with { Then = LvsRemedy.On(holders[0].Director.Host, "Enable-LvsDirectorVip", ("Address", vip)) },
                }) with
            { Vip = vip };
        }
    }
}
