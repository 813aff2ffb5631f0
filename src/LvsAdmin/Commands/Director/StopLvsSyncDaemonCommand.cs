using System.Management.Automation;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>Stops a connection synchronisation daemon of a director.</summary>
[Cmdlet(VerbsLifecycle.Stop, "LvsSyncDaemon", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class StopLvsSyncDaemonCommand : LvsHostCommand
{
    /// <summary>Master or Backup.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public LvsSyncRole Role { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync() => await AttemptAsync(Role, async () =>
    {
        IpvsClient client = await ConnectAsync();
        if (await ShouldProcessAsync($"{Role} sync daemon of {HostText}", "Stop"))
        {
            await client.StopSyncDaemonAsync(Role, StopToken);
        }
    });
}
