using System.Management.Automation;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>A cmdlet by which operators take real servers out of their services, and give them back.</summary>
public abstract class HoldCommand : RealServerCommand
{
    /// <summary>Write the servers as the kernel reports them afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync() => await AttemptAsync(null, async () =>
    {
        IReadOnlyList<LvsHold> holds = await HoldStore.ReadAsync(TargetHost, StopToken);
        await ForEachServerAsync(required: true, async (client, service, servers) =>
        {
            HashSet<LvsServerId> done = [];
            foreach (LvsRealServer server in servers)
            {
                LvsHold? hold = holds.FirstOrDefault(each => each.VirtualService == service.VirtualService && each.RealServer == server.RealServer);
                await AttemptAsync(server.RealServer, async () =>
                {
                    if (await ChangeAsync(client, server, hold))
                    {
                        done.Add(server.RealServer);
                    }
                });
            }

            foreach (LvsRealServer server in PassThru && done.Count > 0 ? await client.GetRealServersAsync(service.VirtualService, StopToken) : [])
            {
                if (done.Contains(server.RealServer))
                {
                    await OutputAsync(server);
                }
            }
        });
    });

    /// <summary>Does the work for one server.</summary>
    /// <param name="client">The director's IPVS.</param>
    /// <param name="server">The server.</param>
    /// <param name="hold">How it is held at present; null when it is not.</param>
    /// <returns>Whether it is as wanted now.</returns>
    private protected abstract ValueTask<bool> ChangeAsync(IpvsClient client, LvsRealServer server, LvsHold? hold);

    /// <summary>The server as messages name it.</summary>
    private protected string TargetText(LvsRealServer server) => $"real server {server.RealServer} of {server.VirtualService} on {HostText}";
}
