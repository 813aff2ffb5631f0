using System.Collections.Concurrent;
using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Commands;

/// <summary>Takes virtual IPs from a real server and undoes what enabling them changed.</summary>
[Cmdlet(VerbsLifecycle.Disable, "LvsRealServerVip", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class DisableLvsRealServerVipCommand : RealServerVipCommand
{
    private readonly ConcurrentQueue<(VipSelection Chosen, HostReference Host)> _fromDirector = [];

    /// <summary>Take a virtual IP away although another virtual service of the director still sends to this real server by it.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override async Task ProcessVipsAsync(VipSelection chosen)
    {
        if (Required(chosen).Director is not null)
        {
            // Which services are the last ones of their virtual IP is known when all are named.
            _fromDirector.Enqueue((chosen, CurrentHost));
            return;
        }

        foreach (LvsAddress vip in chosen.Vips)
        {
            await AttemptAsync(vip, () => DisableAsync(vip));
        }
    }

    /// <inheritdoc/>
    protected override async Task FinishAsync()
    {
        await base.FinishAsync();
        IReadOnlyDictionary<HostReference, DirectorTable> directors = await ReadDirectorsAsync();
        ILookup<HostReference, VipSelection> hosts = _fromDirector.ToLookup(each => each.Host, each => each.Chosen);
        await OnHostsAsync([.. hosts.Select(each => each.Key)], async () =>
        {
            HashSet<LvsAddress> done = [];
            foreach (VipSelection chosen in hosts[CurrentHost])
            {
                LvsAddress vip = chosen.Vips[0];
                // Of a director that could not be asked nobody knows whether it still sends here.
                if (directors.TryGetValue(chosen.Director!, out DirectorTable? director))
                {
                    await AttemptAsync(vip, () => DisableAsync(chosen, director, vip, done));
                }
            }
        });
        await ReportStrangersAsync();
    }

    private async ValueTask DisableAsync(VipSelection chosen, DirectorTable director, LvsAddress vip, HashSet<LvsAddress> done)
    {
        if (!await IsForHostAsync(chosen) || !done.Add(vip))
        {
            return;
        }

        LvsServiceId[] others = Force ? [] : director.OthersOf(vip, await OwnAddressesAsync());
        if (others.Length > 0)
        {
            await WarningAsync($"Virtual IP {vip} stays on {HostText}: {string.Join<LvsServiceId>(", ", others)} still sends to this real server by it. Name {(others.Length == 1 ? "that service" : "those services")} too, or use -Force.");
            return;
        }

        await DisableAsync(vip);
    }

    private async ValueTask DisableAsync(LvsAddress vip)
    {
        LvsVipPlan plan = await RealServerVips.PlanDisableAsync(TargetHost, vip, StopToken);
        foreach (string warning in plan.Warnings)
        {
            await WarningAsync(warning);
        }

        await ApplyAsync($"virtual IP {vip} on {HostText}", "Disable", plan.Changes);
    }

    // What each director still sends where, apart from the services that were named.
    private async ValueTask<IReadOnlyDictionary<HostReference, DirectorTable>> ReadDirectorsAsync()
    {
        ConcurrentDictionary<HostReference, DirectorTable> tables = [];
        ILookup<HostReference, VipSelection> directors = _fromDirector.ToLookup(each => each.Chosen.Director!, each => each.Chosen);
        await OnHostsAsync([.. directors.Select(each => each.Key)], async () => await AttemptAsync(null, async () =>
        {
            List<(LvsServiceId Service, LvsAddress Server)> rest = [];
            if (!Force)
            {
                HashSet<LvsServiceId> named = [.. directors[CurrentHost].Select(chosen => chosen.Service!)];
                HashSet<LvsAddress> vips = [.. directors[CurrentHost].SelectMany(chosen => chosen.Vips)];
                rest.AddRange(
                    from each in await IpvsTable.ReadAsync(await ConnectAsync(), id => id.Address is { } vip && vips.Contains(vip) && !named.Contains(id), StopToken)
                    from server in each.Servers
                    select (each.Service.VirtualService, server.Address));
            }

            tables[CurrentHost] = new DirectorTable(rest);
        }));
        return tables;
    }

    private sealed record DirectorTable(IReadOnlyList<(LvsServiceId Service, LvsAddress Server)> Rest)
    {
        /// <summary>The services of a VIP by which the director sends to one of these addresses.</summary>
        internal LvsServiceId[] OthersOf(LvsAddress vip, IReadOnlySet<LvsAddress> addresses) =>
            [.. Rest.Where(each => each.Service.Address == vip && addresses.Contains(each.Server)).Select(each => each.Service).Distinct()];
    }
}
