using System.Management.Automation;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Commands;

/// <summary>Puts back how the kernel treats ARP by default: level 0 of both, on all interfaces or on some.</summary>
[Cmdlet(VerbsCommon.Reset, "LvsArpPolicy", SupportsShouldProcess = true)]
[OutputType(typeof(LvsArpPolicy))]
public sealed class ResetLvsArpPolicyCommand : ArpPolicyCommand
{
    /// <summary>Write the policies as they are afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync() => await AttemptAsync(NetworkNamespace, async () =>
    {
        string[] interfaces = [.. (await ChosenPoliciesAsync(AllInterfaces)).Select(policy => policy.Interface)];
        if (interfaces.Length == 0)
        {
            return;
        }

        IReadOnlyList<HostChange> plan = await ArpPolicies.PlanResetAsync(TargetHost, interfaces, StopToken);
        IReadOnlyList<LvsRealServerVip> vips = plan.Count == 0 ? [] : await RealServerVips.GetAsync(TargetHost, StopToken);
        if (vips.Count > 0)
        {
            await WarningAsync($"{HostText} holds the virtual IPs {string.Join(", ", vips.Select(vip => vip.Address))}: without its policy it may answer ARP for them and draw the director's traffic to itself.");
        }

        if (await ApplyAsync($"ARP policy of {string.Join(", ", interfaces)} on {HostText}", "Reset", plan) && PassThru)
        {
            await OutputPoliciesAsync(interfaces);
        }
    });
}
