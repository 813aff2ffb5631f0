using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Commands;

/// <summary>Lists the virtual IPs that a real server holds, with what keeps them from working.</summary>
[Cmdlet(VerbsCommon.Get, "LvsRealServerVip")]
[OutputType(typeof(LvsRealServerVip))]
public sealed class GetLvsRealServerVipCommand : RealServerVipCommand
{
    /// <inheritdoc/>
    protected override async Task ProcessAsync()
    {
        IReadOnlyList<LvsAddress>? chosen = InputObject is null ? ChosenAddresses() : RequireAddresses();
        await AttemptAsync(NetworkNamespace, async () =>
        {
            IReadOnlyList<LvsRealServerVip> vips = await RealServerVips.GetAsync(TargetHost, StopToken);
            foreach (LvsRealServerVip vip in vips.Where(vip => chosen?.Contains(vip.Address) ?? true))
            {
                await OutputAsync(vip);
            }

            foreach (LvsAddress missing in (chosen ?? []).Where(address => !vips.Any(vip => vip.Address == address)))
            {
                await ErrorAsync(new ErrorRecord(
                    new ItemNotFoundException($"{HostText} holds no virtual IP {missing}. Enable-LvsRealServerVip {missing} gives it."),
                    "VipNotFound", ErrorCategory.ObjectNotFound, missing));
            }
        });
    }
}
