using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Commands;

/// <summary>Takes virtual IPs from a real server and undoes what enabling them changed.</summary>
[Cmdlet(VerbsLifecycle.Disable, "LvsRealServerVip", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class DisableLvsRealServerVipCommand : RealServerVipCommand
{
    /// <inheritdoc/>
    protected override async Task ProcessAsync()
    {
        foreach (LvsAddress vip in RequireAddresses())
        {
            await AttemptAsync(vip, async () =>
            {
                IReadOnlyList<HostChange> plan = await RealServerVips.PlanDisableAsync(TargetHost, vip, StopToken);
                await ApplyAsync($"virtual IP {vip} on {HostText}", "Disable", plan);
            });
        }
    }
}
