using System.Management.Automation;
using LvsAdmin.Core.Configuration;

namespace LvsAdmin.Commands;

/// <summary>Brings directors' whole tables back to a checkpoint, by the differences: what is as it was is not touched.</summary>
[Cmdlet(VerbsData.Restore, "LvsTable", SupportsShouldProcess = true)]
[OutputType(typeof(LvsSyncResult))]
public sealed class RestoreLvsTableCommand : SyncCommand
{
    private LvsConfiguration? _kept;

    /// <summary>What Checkpoint-LvsTable gave. It is brought back to the director that it is of, unless hosts are named.</summary>
    [Parameter]
    public PSObject? Checkpoint { get; set; }

    private protected override bool NeedsDocument => Checkpoint is null;

    private protected override bool Prunes => true;

    // As it was, also where a service had no server then.
    private protected override SyncOptions SyncOptions => base.SyncOptions with { MinimumAvailable = base.SyncOptions.MinimumAvailable ?? 0 };

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync() => await ApplyAsync(await PlanAsync(RequireDocument() with { Scope = ["*"] }));

    private protected override LvsConfiguration? Document() => _kept ?? base.Document();

    /// <inheritdoc/>
    private protected override IReadOnlyCollection<HostReference> ChooseHosts()
    {
        PSObject? carrier = Checkpoint ?? InputObject;
        _kept = KeptTable.Of(carrier);
        if (_kept is null || carrier != Checkpoint)
        {
            return base.ChooseHosts();
        }

        InputObject = carrier;
        return base.ChooseHosts();
    }
}
