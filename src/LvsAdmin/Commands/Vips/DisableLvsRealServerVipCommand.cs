using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Commands;

/// <summary>Takes virtual IPs from a real server and undoes what enabling them changed.</summary>
[Cmdlet(VerbsLifecycle.Disable, "LvsRealServerVip", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class DisableLvsRealServerVipCommand : RealServerVipCommand
{
    private readonly List<(VipSelection Chosen, string? NetworkNamespace)> _fromDirector = [];

    /// <summary>Take a virtual IP away although another virtual service of the director still sends to this real server by it.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync()
    {
        VipSelection chosen = Require();
        if (chosen.HasDirector)
        {
            // Which services are the last ones of their virtual IP is known when all are named.
            _fromDirector.Add((chosen, NetworkNamespace));
            return;
        }

        foreach (LvsAddress vip in chosen.Vips)
        {
            await AttemptAsync(vip, () => DisableAsync(vip));
        }
    }

    /// <inheritdoc/>
    protected override async Task EndAsync()
    {
        HashSet<(string? Director, LvsServiceId Service)> named = [.. _fromDirector.Select(each => (each.Chosen.DirectorNamespace, each.Chosen.Service!))];
        HashSet<(LvsAddress Vip, string? NetworkNamespace)> done = [];
        foreach ((VipSelection chosen, string? networkNamespace) in _fromDirector)
        {
            NetworkNamespace = networkNamespace;
            LvsAddress vip = chosen.Vips[0];
            await AttemptAsync(vip, async () =>
            {
                if (!await IsForHostAsync(chosen) || !done.Add((vip, networkNamespace)))
                {
                    return;
                }

                if (!Force && await OtherServicesAsync(chosen, vip, named) is { Count: > 0 } others)
                {
                    await WarningAsync($"Virtual IP {vip} stays on {HostText}: {string.Join(", ", others)} still sends to this real server by it. Name {(others.Count == 1 ? "that service" : "those services")} too, or use -Force.");
                    return;
                }

                await DisableAsync(vip);
            });
        }

        await base.EndAsync();
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

    // The services of the same VIP, not among those named, by which the director still sends to one of this host's addresses.
    private async ValueTask<IReadOnlyList<LvsServiceId>> OtherServicesAsync(
        VipSelection chosen, LvsAddress vip, HashSet<(string? Director, LvsServiceId Service)> named)
    {
        IReadOnlySet<LvsAddress> own = await OwnAddressesAsync();
        IpvsClient director = await ConnectAsync(chosen.DirectorNamespace);
        List<LvsServiceId> others = [];
        foreach (LvsVirtualService service in await director.GetServicesAsync(StopToken))
        {
            LvsServiceId id = service.VirtualService;
            if (id.Address == vip
                && !named.Contains((chosen.DirectorNamespace, id))
                && (await director.GetRealServersAsync(id, StopToken)).Any(server => own.Contains(server.Address)))
            {
                others.Add(id);
            }
        }

        return others;
    }
}
