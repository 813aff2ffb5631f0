using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Commands;

/// <summary>Puts back how a director forwarded before Enable-LvsForwarding.</summary>
[Cmdlet(VerbsLifecycle.Disable, "LvsForwarding", SupportsShouldProcess = true)]
[OutputType(typeof(LvsForwardingState))]
public sealed class DisableLvsForwardingCommand : ForwardingCommand
{
    /// <summary>The families; all that were enabled unless said otherwise.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public LvsAddressFamily[]? AddressFamily { get; set; }

    /// <summary>Write how the host forwards afterwards, an object for each family.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync()
    {
        foreach (LvsAddressFamily family in AddressFamily?.Distinct() ?? await FamiliesAsync())
        {
            await AttemptAsync(family, async () =>
            {
                LvsForwardingPlan plan = await ForwardingPolicies.PlanDisableAsync(TargetHost, family, StopToken);
                if (await ApplyAsync(family, "Disable", plan) && PassThru)
                {
                    await OutputAsync(await ForwardingPolicies.GetAsync(TargetHost, family, StopToken));
                }
            });
        }
    }

    // A host without IPv6 has nothing of it to be put back.
    private async ValueTask<IEnumerable<LvsAddressFamily>> FamiliesAsync()
    {
        IReadOnlyList<string> settings = [];
        await AttemptAsync(null, async () => settings = await TargetHost.ListDirectoryAsync("/proc/sys/net", StopToken));
        return settings.Contains("ipv6") ? [LvsAddressFamily.IPv4, LvsAddressFamily.IPv6] : [LvsAddressFamily.IPv4];
    }
}
