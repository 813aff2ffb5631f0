using System.Management.Automation;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>Removes virtual services with their real servers.</summary>
[Cmdlet(VerbsCommon.Remove, "LvsVirtualService", DefaultParameterSetName = ServiceSet, SupportsShouldProcess = true)]
[OutputType(typeof(LvsVirtualService))]
public sealed class RemoveLvsVirtualServiceCommand : VirtualServiceCommand
{
    /// <summary>Write the service as it was.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override Task ProcessHostAsync() => ForEachServiceAsync(required: true, async (client, service) =>
    {
        IReadOnlyList<LvsRealServer> servers = await client.GetRealServersAsync(service.VirtualService, StopToken);
        if (!await ShouldProcessAsync(
            $"virtual service {service.VirtualService} on {HostText}",
            $"Remove with {servers.Count} real servers"))
        {
            return;
        }

        await client.RemoveServiceAsync(service.VirtualService, StopToken);
        if (PassThru)
        {
            await OutputAsync(service);
        }
    });
}
