using System.Management.Automation;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Commands;

/// <summary>Puts back how the kernel treats ARP by default: level 0 of both, on all interfaces or on some.</summary>
[Cmdlet(VerbsCommon.Reset, "LvsArpPolicy", SupportsShouldProcess = true)]
[OutputType(typeof(LvsArpPolicy))]
public sealed class ResetLvsArpPolicyCommand : ArpPolicyCommand
{
    /// <summary>Take the levels out of LvsAdmin's file in /etc/sysctl.d too, so that the next boot does not set them again.</summary>
    [Parameter]
    public SwitchParameter Persistent { get; set; }

    /// <summary>Write the policies as they are afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync() => await AttemptAsync(null, async () =>
    {
        IReadOnlyList<LvsArpPolicy> policies = await ReadPoliciesAsync();
        // An interface that is gone may still have its lines in the file.
        string[] kept = [.. Persistent ? await ArpPolicies.ListKeptAsync(TargetHost, StopToken) : []];
        IReadOnlyList<string> interfaces = await ChosenInterfacesAsync([.. policies.Select(policy => policy.Interface).Union(kept)], AllInterfaces);
        if (interfaces.Count == 0)
        {
            return;
        }

        ArpPolicyPlan plan = await ArpPolicies.PlanResetAsync(TargetHost, interfaces, Persistent, StopToken);
        IReadOnlyList<LvsRealServerVip> vips = plan.Changes.Count == 0 ? [] : await RealServerVips.GetAsync(TargetHost, StopToken);
        if (vips.Count > 0)
        {
            await WarningAsync($"{HostText} holds the virtual IPs {string.Join(", ", vips.Select(vip => vip.Address))}: without its policy it may answer ARP for them and draw the director's traffic to itself.");
        }

        string[] others = Interface is null ? [.. Others(policies, kept)] : [];
        if (others.Length > 0)
        {
            await WarningAsync($"Only {AllInterfaces} is reset. {string.Join(", ", others)} on {HostText} keep levels of their own: Reset-LvsArpPolicy *{(Persistent ? " -Persistent" : string.Empty)} resets these too.");
        }

        await WarnAsync(plan.Warnings);
        if (await ApplyAsync($"ARP policy of {string.Join(", ", interfaces)} on {HostText}", "Reset", plan.Changes) && PassThru)
        {
            await OutputPoliciesAsync(interfaces);
        }
    });

    private static IEnumerable<string> Others(IReadOnlyList<LvsArpPolicy> policies, string[] kept) =>
        policies.Where(policy => policy is not { Ignore: LvsArpIgnore.AnyLocal, Announce: LvsArpAnnounce.AnyLocal }).Select(policy => policy.Interface)
            .Union(kept).Where(name => name != AllInterfaces);
}
