using System.Management.Automation;
using LvsAdmin.Core.Configuration;

namespace LvsAdmin.Commands;

/// <summary>Tells whether directors are in a desired state.</summary>
[Cmdlet(VerbsDiagnostic.Test, "LvsConfiguration")]
[OutputType(typeof(bool), typeof(LvsConfigurationTest))]
public sealed class TestLvsConfigurationCommand : ConfigurationCommand
{
    private volatile bool _differs;
    private volatile bool _looked;

    /// <summary>Count the services within the scope of the document that it does not name as to be removed.</summary>
    [Parameter]
    public SwitchParameter Prune { get; set; }

    /// <summary>Write an object for each director with what differs, in place of one answer for all.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    private protected override bool Prunes => Prune;

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync()
    {
        LvsPlan plan = await PlanAsync(RequireDocument());
        _looked = true;
        _differs |= !plan.IsInDesiredState;
        if (Detailed)
        {
            await OutputAsync(new LvsConfigurationTest(plan));
        }
    }

    /// <inheritdoc/>
    protected override async Task FinishAsync()
    {
        if (!Detailed)
        {
            await OutputAsync(_looked && !_differs);
        }
    }

    // A director that could not be asked is not known to be as it should.
    private protected override void Lost(HostReference host) => _differs = true;

    private protected override bool TakeFromSession(PSObject value)
    {
        if (value.BaseObject is not bool isDesired)
        {
            return false;
        }

        _looked = true;
        _differs |= !isDesired;
        return true;
    }
}
