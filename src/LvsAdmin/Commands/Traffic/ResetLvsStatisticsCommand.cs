using System.Management.Automation;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>Sets counters to zero: of virtual services with their real servers, or of the whole director.</summary>
[Cmdlet(VerbsCommon.Reset, "LvsStatistics", DefaultParameterSetName = ServiceSet, SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class ResetLvsStatisticsCommand : VirtualServiceCommand
{
    /// <inheritdoc/>
    protected override async Task ProcessHostAsync()
    {
        if (ChosenServices() is not null || InputObject is not null)
        {
            await ForEachServiceAsync(required: true, async (client, service) =>
            {
                if (await ShouldProcessAsync($"counters of virtual service {service.VirtualService} on {HostText}", "Set to zero, with those of its real servers"))
                {
                    await client.ZeroAsync(service.VirtualService, StopToken);
                }
            });
            return;
        }

        await AttemptAsync(null, async () =>
        {
            IpvsClient client = await ConnectAsync();
            if (await ShouldProcessAsync($"counters of {HostText}", "Set all to zero"))
            {
                await client.ZeroAsync(null, StopToken);
            }
        });
    }
}
