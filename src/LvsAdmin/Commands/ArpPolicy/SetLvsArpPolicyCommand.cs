using System.Management.Automation;
using LvsAdmin.Core.Network;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>Sets how a host treats ARP, on all interfaces or on some.</summary>
[Cmdlet(VerbsCommon.Set, "LvsArpPolicy", SupportsShouldProcess = true)]
[OutputType(typeof(LvsArpPolicy))]
public sealed class SetLvsArpPolicyCommand : ArpPolicyCommand
{
    /// <summary>The level of arp_ignore: which requests are answered.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArpLevel(typeof(LvsArpIgnore))]
    public LvsArpIgnore? Ignore { get; set; }

    /// <summary>The level of arp_announce: which address requests of the host's own carry.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArpLevel(typeof(LvsArpAnnounce))]
    public LvsArpAnnounce? Announce { get; set; }

    /// <summary>Keep the levels over a boot too, in a file of LvsAdmin's in /etc/sysctl.d.</summary>
    [Parameter]
    public SwitchParameter Persistent { get; set; }

    /// <summary>Write the policies as they are afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync()
    {
        if (Ignore is null && Announce is null)
        {
            ThrowTerminatingError(new ErrorRecord(
                new PSArgumentException("Name a level: -Ignore TargetOnInterface -Announce BestLocal is what a real server needs."),
                "LevelMissing", ErrorCategory.InvalidArgument, null));
        }

        await AttemptAsync(null, async () =>
        {
            IReadOnlyList<string> interfaces = await ChosenInterfacesAsync(await ArpPolicies.ListAsync(TargetHost, StopToken), AllInterfaces);
            if (interfaces is ["lo"])
            {
                await WarningAsync("The kernel judges ARP by the interface on which a request arrives, which is never lo: set there alone, the policy does nothing. Name all, or the interfaces towards the director.");
            }

            if (interfaces.Count == 0)
            {
                return;
            }

            ArpPolicyPlan plan = await ArpPolicies.PlanSetAsync(TargetHost, interfaces, Ignore, Announce, Persistent, StopToken);
            await WarnAsync(plan.Warnings);
            if (await ApplyAsync($"ARP policy of {string.Join(", ", interfaces)} on {HostText}", "Set", plan.Changes) && PassThru)
            {
                await OutputPoliciesAsync(interfaces);
            }
        });
    }
}
