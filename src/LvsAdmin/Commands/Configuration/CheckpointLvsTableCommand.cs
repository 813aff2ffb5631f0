using System.Management.Automation;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Ipvs;

namespace LvsAdmin.Commands;

/// <summary>Keeps directors' whole tables as they are, for Restore-LvsTable.</summary>
[Cmdlet(VerbsData.Checkpoint, "LvsTable")]
[OutputType(typeof(LvsTableCheckpoint))]
public sealed class CheckpointLvsTableCommand : LvsHostCommand
{
    /// <inheritdoc/>
    protected override async Task ProcessHostAsync()
    {
        IpvsClient client = await ConnectAsync();
        LvsConfiguration table = await ConfigurationExport.ReadTableAsync(client, [], StopToken);
        await OutputAsync(new LvsTableCheckpoint(table, DateTimeOffset.Now, TargetHost.Name, TargetHost.NetworkNamespace));
    }
}
