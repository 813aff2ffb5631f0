using System.Management.Automation;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Commands;

/// <summary>Reads how a host treats ARP: the configured levels of each interface and the effective ones.</summary>
[Cmdlet(VerbsCommon.Get, "LvsArpPolicy")]
[OutputType(typeof(LvsArpPolicy))]
public sealed class GetLvsArpPolicyCommand : ArpPolicyCommand
{
    /// <inheritdoc/>
    protected override async Task ProcessAsync() => await AttemptAsync(NetworkNamespace, async () =>
    {
        foreach (LvsArpPolicy policy in await ChosenPoliciesAsync("*"))
        {
            await OutputAsync(policy);
        }
    });
}
