using System.Management.Automation;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>Removes every virtual service of a director.</summary>
[Cmdlet(VerbsCommon.Clear, "LvsTable", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class ClearLvsTableCommand : LvsHostCommand
{
    /// <inheritdoc/>
    protected override async Task ProcessHostAsync() => await AttemptAsync(null, async () =>
    {
        IpvsClient client = await ConnectAsync();
        IReadOnlyList<LvsVirtualService> services = await client.GetServicesAsync(StopToken);
        if (services.Count == 0)
        {
            await VerboseAsync($"The IPVS table of {HostText} is empty already: nothing is changed.");
        }
        else if (await ShouldProcessAsync($"IPVS table of {HostText}", $"Remove all {services.Count} virtual services with their real servers"))
        {
            await client.FlushAsync(StopToken);
        }
    });
}
