using System.Management.Automation;
using LvsAdmin.Core.Configuration;

namespace LvsAdmin.Commands;

/// <summary>Brings directors to a desired state, by the differences from their live tables, without dropping a connection that can be kept.</summary>
[Cmdlet(VerbsData.Sync, "LvsConfiguration", SupportsShouldProcess = true)]
[OutputType(typeof(LvsSyncResult))]
public sealed class SyncLvsConfigurationCommand : SyncCommand
{
    private readonly Dictionary<HostReference, ApprovedPlan> _approved = [];

    /// <summary>Remove the services within the scope of the document that it does not name.</summary>
    [Parameter]
    public SwitchParameter Prune { get; set; }

    /// <summary>Plans of Compare-LvsConfiguration -AsPlan, each for the director that it was made for. They are carried out only while that is as it was then.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public PSObject[]? Plan { get; set; }

    /// <summary>
    /// Let what belongs to the document come back after a boot of the director, which then needs systemd and ipvsadm for it, but not PowerShell.
    /// </summary>
    [Parameter]
    public SwitchParameter Persistent { get; set; }

    private protected override bool Prunes => Prune;

    private protected override SyncOptions SyncOptions => base.SyncOptions with { Persistent = Persistent };

    private protected override bool NeedsDocument => Plan is null;

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync()
    {
        if (!_approved.TryGetValue(CurrentHost, out ApprovedPlan? approved))
        {
            await ApplyAsync(await PlanAsync(RequireDocument()));
            return;
        }

        LvsPlan plan = await PlanAsync(approved.Configuration, SyncOptions with
        {
            Prune = approved.Prune,
            MinimumAvailable = approved.MinimumAvailable,
            MinimumIsPercent = approved.MinimumIsPercent,
        });
        if (plan.Fingerprint != approved.Fingerprint)
        {
            throw new LvsSyncException(
                LvsSyncError.PlanOutdated,
                $"{HostText} is no longer as it was when the plan was made, so nothing is changed. Make a new plan by Compare-LvsConfiguration -AsPlan, and look at it again.");
        }

        await ApplyAsync(plan);
    }

    /// <inheritdoc/>
    private protected override IReadOnlyCollection<HostReference> ChooseHosts()
    {
        PSObject[] plans = Plan ?? (ApprovedPlan.IsPlan(InputObject) ? [InputObject!] : []);
        if (plans.Length == 0)
        {
            return base.ChooseHosts();
        }

        List<HostReference> hosts = [];
        foreach (PSObject plan in plans)
        {
            ApprovedPlan approved = ApprovedPlan.Of(plan);
            HostReference host = OriginOf(plan) ?? new HostReference.Local(null);
            RefuseHostsBeside(isSet: true, nameof(Plan));
            _approved[host] = approved;
            hosts.Add(host);
        }

        return hosts;
    }
}
