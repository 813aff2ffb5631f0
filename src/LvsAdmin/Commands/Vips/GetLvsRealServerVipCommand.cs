using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Commands;

/// <summary>Lists the virtual IPs that a real server serves, with what keeps them from working.</summary>
[Cmdlet(VerbsCommon.Get, "LvsRealServerVip")]
[OutputType(typeof(LvsRealServerVip))]
public sealed class GetLvsRealServerVipCommand : RealServerVipCommand
{
    private protected override async Task ProcessVipsAsync(VipSelection chosen)
    {
        _ = InputObject is null || OnRealServer ? chosen : Required(chosen);
        await AttemptAsync(null, async () =>
        {
            IReadOnlyList<LvsRealServerVip> vips = await RealServerVips.GetAsync(TargetHost, StopToken);
            foreach (LvsRealServerVip vip in vips.Where(vip => chosen.Vips.Count == 0 || chosen.Vips.Contains(vip.Address)))
            {
                await OutputAsync(vip);
            }

            foreach (LvsAddress missing in chosen.Vips.Where(address => !vips.Any(vip => vip.Address == address)))
            {
                await ErrorAsync(new ErrorRecord(
                    new ItemNotFoundException($"{HostText} serves no virtual IP {missing}. Enable-LvsRealServerVip {missing} gives it."),
                    "VipNotFound", ErrorCategory.ObjectNotFound, missing));
            }
        });
    }
}
