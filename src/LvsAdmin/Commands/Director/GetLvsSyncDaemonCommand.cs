using System.Management.Automation;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>Lists the connection synchronisation daemons of a director.</summary>
[Cmdlet(VerbsCommon.Get, "LvsSyncDaemon")]
[OutputType(typeof(LvsSyncDaemon))]
public sealed class GetLvsSyncDaemonCommand : LvsHostCommand
{
    /// <summary>Master or Backup; both unless said otherwise.</summary>
    [Parameter(Position = 0)]
    public LvsSyncRole? Role { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync() => await AttemptAsync(null, async () =>
    {
        IpvsClient client = await ConnectAsync();
        foreach (LvsSyncDaemon daemon in await client.GetSyncDaemonsAsync(StopToken))
        {
            if (Role is null || daemon.Role == Role)
            {
                await OutputAsync(daemon);
            }
        }
    });
}
