using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Commands;

/// <summary>Reads the counters of a director, its virtual services and their real servers.</summary>
[Cmdlet(VerbsCommon.Get, "LvsStatistics", DefaultParameterSetName = ServiceSet)]
[OutputType(typeof(LvsTrafficStatistics))]
public sealed class GetLvsStatisticsCommand : VirtualServiceCommand
{
    /// <summary>What counters are wanted: Director, VirtualService, RealServer; all unless said otherwise. With a service named, the director's are left out.</summary>
    [Parameter]
    public LvsStatisticsScope[] Scope { get; set; } = Enum.GetValues<LvsStatisticsScope>();

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync()
    {
        if (ChosenServices() is null && InputObject is null && Scope.Contains(LvsStatisticsScope.Director))
        {
            await AttemptAsync(null, async () => await OutputAsync(new LvsTrafficStatistics(
                await DirectorStatistics.ReadAsync(TargetHost, StopToken), TargetHost.Name, TargetHost.NetworkNamespace)));
        }

        if (!Scope.Any(scope => scope != LvsStatisticsScope.Director))
        {
            return;
        }

        await ForEachServiceAsync(required: false, async (client, service) =>
        {
            if (Scope.Contains(LvsStatisticsScope.VirtualService))
            {
                await OutputAsync(new LvsTrafficStatistics(service));
            }

            if (Scope.Contains(LvsStatisticsScope.RealServer))
            {
                foreach (LvsRealServer server in await client.GetRealServersAsync(service.VirtualService, StopToken))
                {
                    await OutputAsync(new LvsTrafficStatistics(server));
                }
            }
        });
    }
}
