using System.Runtime.CompilerServices;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Core.Diagnosis;

/// <summary>Whether just one director holds each VIP: none would get its clients' packets, of two the link chooses one at random.</summary>
internal sealed class DirectorVipRule : DeploymentRule
{
    /// <inheritdoc/>
    internal override LvsDeploymentCause Cause => LvsDeploymentCause.DirectorVipMissing;

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<LvsDeploymentCheck> CheckAsync(DeploymentContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Task<LvsDeploymentCheck[]>[] checks = [.. context.Vips.Select(vip => CheckAsync(context, vip, cancellationToken).AsTask())];
        foreach (Task<LvsDeploymentCheck[]> check in checks)
        {
            foreach (LvsDeploymentCheck result in await check.ConfigureAwait(false))
            {
                yield return result with { HostName = result.Place!.Host.Name, NetworkNamespace = result.Place.Host.NetworkNamespace };
            }
        }
    }

    /// <summary>Begins to ask the links of a director's VIPs who answers for them, so that listening for it takes no time of its own.</summary>
    internal static async ValueTask BeginAskingAsync(DeploymentHost director, IEnumerable<LvsAddress> vips, CancellationToken cancellationToken)
    {
        RealServerState state = await director.GetStateAsync(cancellationToken).ConfigureAwait(false);
        foreach (LvsAddress vip in vips)
        {
            if (state.Holders(vip).Select(each => each.Interface).FirstOrDefault() is { HearsArp: true } holder)
            {
                _ = AskAsync(director, vip, holder.Name, isOwn: true, cancellationToken).AsTask();
            }
        }
    }

    private static async ValueTask<LinkAnswer> AskAsync(DeploymentHost director, LvsAddress vip, string device, bool isOwn, CancellationToken cancellationToken) =>
        (await director.FactAsync($"who answers for {vip} on {device}", stop => director.Link.AskAsync(vip, device, isOwn, stop), cancellationToken).ConfigureAwait(false))!;

    private async ValueTask<LvsDeploymentCheck[]> CheckAsync(DeploymentContext context, LvsAddress vip, CancellationToken cancellationToken)
    {
        List<DeploymentHost> holders = [];
        foreach (DeploymentHost director in context.Directors)
        {
            if (await director.IsLocalAsync(vip, cancellationToken).ConfigureAwait(false))
            {
                holders.Add(director);
            }
        }

        string expected = $"a director holds {vip}";
        if (holders.Count == 0)
        {
            // Once, for all that take turns.
            return context.Director == context.Directors[0] ? [await MissingAsync(context, vip, expected, cancellationToken).ConfigureAwait(false) with { Vip = vip }] : [];
        }

        if (!holders.Contains(context.Director))
        {
            return [Passed(context.Director, expected, $"{vip} is on {holders[0].Name}") with { Vip = vip }];
        }

        HostInterface? holder = (await context.Director.GetStateAsync(cancellationToken).ConfigureAwait(false)).Holders(vip).Select(each => each.Interface).FirstOrDefault();
        List<LvsDeploymentCheck> results = [Passed(context.Director, expected, holder is null ? $"a local route for {vip}" : $"{vip} is on {holder.Name}") with { Vip = vip }];
        if (holders.IndexOf(context.Director) > 0)
        {
            results.Add(Failed(
                context.Director,
                $"{vip} is on one director",
                $"{vip} is on {string.Join(" and on ", holders.Select(each => each.Name))}",
                "Both answer for it: each client gets the one that was faster, and its connections break when that changes.",
                LvsDeploymentCause.VipOnTwoDirectors) with
            {
                Vip = vip,
                Remedy = LvsRemedy.On(context.Director.Host, "Disable-LvsDirectorVip", ("Address", vip), ("Force", true)),
            });
        }
        else if (holder is { HearsArp: true } && await FindStrangersAsync(context, vip, holder, cancellationToken).ConfigureAwait(false) is { } strangers)
        {
            results.Add(strangers with { Vip = vip });
        }

        return [.. results];
    }

    private async ValueTask<LvsDeploymentCheck> MissingAsync(DeploymentContext context, LvsAddress vip, string expected, CancellationToken cancellationToken)
    {
        DeploymentHost director = context.Director;
        RealServerState state = await director.GetStateAsync(cancellationToken).ConfigureAwait(false);
        LvsDeploymentCheck missing = Failed(director, expected, $"{vip} is on no interface", "Nobody takes what clients send: they wait in vain.") with
        {
            Remedy = LvsRemedy.On(director.Host, "Enable-LvsDirectorVip", ("Address", vip)),
        };
        if (state.Holders(vip).Select(each => each.Interface).FirstOrDefault() is { } down)
        {
            return missing with
            {
                Found = $"{vip} is on {down.Name}, which is down",
                Remedy = null,
                Advice = $"ip link set dev {down.Name} up",
            };
        }

        if (await director.RouteToAsync(vip, cancellationToken).ConfigureAwait(false) is not { } route
            || IpCommand.Text(route, "gateway") is not null
            || IpCommand.Text(route, "dev") is not { } device
            || state.Find(device) is not { HearsArp: true })
        {
            return missing;
        }

        LinkAnswer answer = await AskAsync(director, vip, device, isOwn: false, cancellationToken).ConfigureAwait(false);
        foreach (string mac in answer.MacAddresses)
        {
            if (await context.FindByMacAsync(mac, cancellationToken).ConfigureAwait(false) is null)
            {
                return NotChecked(director, expected, $"{mac} on the link of {device} answers for {vip}: if that is the other director, name it too");
            }
        }

        return missing;
    }

    // Who else on the link answers for a VIP that the director holds: a second director that nobody named, or a real server that is not silent.
    private async ValueTask<LvsDeploymentCheck?> FindStrangersAsync(DeploymentContext context, LvsAddress vip, HostInterface holder, CancellationToken cancellationToken)
    {
        LinkAnswer answer = await AskAsync(context.Director, vip, holder.Name, isOwn: true, cancellationToken).ConfigureAwait(false);
        foreach (string mac in answer.MacAddresses)
        {
            DeploymentHost? known = await context.FindByMacAsync(mac, cancellationToken).ConfigureAwait(false);
            if (known is not null && (context.Directors.Contains(known) || context.Has(LvsDeploymentCause.ArpPolicy, known, vip)))
            {
                continue;
            }

            return known is null || !context.RealServerHosts.Contains(known)
                ? Failed(
                    context.Director,
                    $"{vip} is on one director",
                    $"{(known is null ? mac : $"{known.Name} ({mac})")} on the link of {holder.Name} answers for {vip} too",
                    "Each client gets the one that was faster: the other director, or a real server that answers for the VIP.",
                    LvsDeploymentCause.VipOnTwoDirectors) with
                {
                    Advice = "Find the host with that MAC address. A second director gives the VIP up (Disable-LvsDirectorVip); a real server gets Set-LvsArpPolicy -Ignore TargetOnInterface -Announce BestLocal.",
                }
                : Failed(
                    known, $"silence about {vip}", $"it answers on the link for {vip}", "Neighbours take this host for the director: whoever asks at the wrong moment gets past it.", LvsDeploymentCause.ArpPolicy) with
                {
                    Advice = "Its ARP policy is in order, so something else answers: a proxy (ip neigh show proxy, proxy_arp), or a firewall that rewrites.",
                };
        }

        return null;
    }
}
