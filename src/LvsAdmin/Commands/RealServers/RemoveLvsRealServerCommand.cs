using System.Management.Automation;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>Removes real servers from virtual services.</summary>
[Cmdlet(VerbsCommon.Remove, "LvsRealServer", DefaultParameterSetName = ServiceSet, SupportsShouldProcess = true)]
[OutputType(typeof(LvsRealServer))]
public sealed class RemoveLvsRealServerCommand : RealServerCommand
{
    /// <summary>Write the servers as they were.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override Task ProcessHostAsync() => ForEachServerAsync(required: true, async (client, service, servers) =>
    {
        List<LvsRealServer> removals = [];
        foreach (LvsRealServer server in servers)
        {
            string connections = $"{server.ActiveConnections} active and {server.InactiveConnections} inactive connections";
            if (await ShouldProcessAsync($"real server {server.RealServer} of {service.VirtualService} on {HostText}", $"Remove with {connections}"))
            {
                removals.Add(server);
            }
        }

        if (removals.Count == 0)
        {
            return;
        }

        IReadOnlyList<IpvsException?> failures = await client.RemoveRealServersAsync(
            service.VirtualService, [.. removals.Select(server => server.RealServer)], StopToken);
        foreach ((LvsRealServer server, IpvsException? failure) in removals.Zip(failures))
        {
            if (failure is not null)
            {
                await ErrorAsync(Errors.ToRecord(failure, server.RealServer));
            }
            else if (PassThru)
            {
                await OutputAsync(server);
            }
        }
    });
}
