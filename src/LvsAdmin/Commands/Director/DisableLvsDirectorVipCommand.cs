using System.Collections.Concurrent;
using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Commands;

/// <summary>Takes virtual IPs from a director, unless a virtual service still uses them.</summary>
[Cmdlet(VerbsLifecycle.Disable, "LvsDirectorVip", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class DisableLvsDirectorVipCommand : DirectorVipCommand
{
    private readonly ConcurrentQueue<(VipSelection Chosen, HostReference Host)> _chosen = [];

    /// <summary>Take a virtual IP away although a virtual service of this director still uses it.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override Task ProcessHostAsync()
    {
        // Which services are the last ones of their virtual IP is known when all are named.
        _chosen.Enqueue((Require(), CurrentHost));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task FinishAsync()
    {
        ILookup<HostReference, VipSelection> hosts = _chosen.ToLookup(each => each.Host, each => each.Chosen);
        await OnHostsAsync([.. hosts.Select(each => each.Key)], async () =>
        {
            HashSet<LvsServiceId> named = [.. hosts[CurrentHost].Select(each => each.Service).OfType<LvsServiceId>()];
            IReadOnlyList<LvsServiceId>? others = null;
            foreach (LvsAddress vip in hosts[CurrentHost].SelectMany(each => each.Vips).Distinct())
            {
                await AttemptAsync(vip, async () =>
                {
                    others ??= Force ? [] : await OtherServicesAsync(named);
                    LvsServiceId[] users = [.. others.Where(service => service.Address == vip)];
                    if (users.Length > 0)
                    {
                        await WarningAsync($"Virtual IP {vip} stays on {HostText}: {(users.Length == 1 ? "the service" : "the services")} {string.Join<LvsServiceId>(", ", users)} of this director {(users.Length == 1 ? "uses" : "use")} it. Remove {(users.Length == 1 ? "it" : "them")} first, or use -Force.");
                        return;
                    }

                    await ApplyAsync($"director's virtual IP {vip} on {HostText}", "Disable", await DirectorVips.PlanDisableAsync(TargetHost, vip, StopToken));
                });
            }
        });
    }

    // Asking IPVS would load it, and who has none has no services.
    private async ValueTask<IReadOnlyList<LvsServiceId>> OtherServicesAsync(HashSet<LvsServiceId> named)
    {
        if (!await KernelModules.IsIpvsLoadedAsync(TargetHost, StopToken))
        {
            return [];
        }

        IpvsClient client = await ConnectAsync();
        return [.. (await client.GetServicesAsync(StopToken)).Select(service => service.VirtualService).Where(id => !named.Contains(id))];
    }
}
