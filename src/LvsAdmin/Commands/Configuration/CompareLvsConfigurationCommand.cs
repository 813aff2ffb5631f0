using System.Management.Automation;
using LvsAdmin.Core.Configuration;
using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Commands;

/// <summary>Shows what differs between a desired state and directors, as a plan; or, without a desired state, between a director and others.</summary>
[Cmdlet(VerbsData.Compare, "LvsConfiguration")]
[OutputType(typeof(LvsConfigurationChange), typeof(LvsPlan))]
public sealed class CompareLvsConfigurationCommand : ConfigurationCommand
{
    // What the first director has, for the others to be compared with.
    private readonly TaskCompletionSource<LvsConfiguration> _reference = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HostReference? _first;

    /// <summary>Count the services within the scope of the document that it does not name as to be removed.</summary>
    [Parameter]
    public SwitchParameter Prune { get; set; }

    /// <summary>Write one plan for each director, which Sync-LvsConfiguration -Plan carries out, in place of its differences.</summary>
    [Parameter]
    public SwitchParameter AsPlan { get; set; }

    private protected override bool NeedsDocument => false;

    // Of two directors that are compared, everything is meant.
    private protected override bool Prunes => Prune || Document() is null;

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync()
    {
        if (Document() is not { } document)
        {
            if (await ReferenceAsync() is not { } reference)
            {
                return;
            }

            document = reference;
        }

        LvsPlan plan = await PlanAsync(document);
        if (AsPlan)
        {
            await OutputAsync(plan);
            return;
        }

        foreach (LvsConfigurationChange change in plan.Changes)
        {
            await OutputAsync(change);
        }

        foreach (LvsPlanItem item in plan.Items)
        {
            foreach (string warning in item.Refusal is null ? item.Warnings : [item.Refusal.Message])
            {
                await WarningAsync(warning);
            }
        }

        if (plan.Items.Count == 0)
        {
            await VerboseAsync($"{HostText} is in the desired state.");
        }
    }

    /// <inheritdoc/>
    private protected override IReadOnlyCollection<HostReference> ChooseHosts()
    {
        IReadOnlyCollection<HostReference> hosts = base.ChooseHosts();
        if (Document() is null)
        {
            if (hosts.Any(host => host is HostReference.Remote) || (_first is null && hosts.Count < 2))
            {
                // In a session the command sees its own host only.
                ThrowTerminatingError(Errors.DocumentMissing());
            }

            _first ??= hosts.First();
        }

        return hosts;
    }

    private protected override void Lost(HostReference host)
    {
        if (host == _first)
        {
            _reference.TrySetException(new LvsHostException(LvsHostError.Failed, $"{host}, with which the other directors were to be compared, could not be read."));
        }
    }

    private async ValueTask<LvsConfiguration?> ReferenceAsync()
    {
        if (CurrentHost != _first)
        {
            return await _reference.Task.WaitAsync(StopToken);
        }

        LvsConfiguration read = await ConfigurationExport.ReadTableAsync(await ConnectAsync(), [], StopToken);
        // All of the table is meant. Sync daemons of a pair are each other's counterparts, not the same.
        _reference.TrySetResult(read with { Scope = ["*"], SyncDaemons = null });
        return null;
    }
}
