using System.Management.Automation;
using LvsAdmin.Core.Network;

namespace LvsAdmin.Commands;

/// <summary>Reads how a host treats ARP: the configured levels of each interface, the effective ones, and those of the next boot.</summary>
[Cmdlet(VerbsCommon.Get, "LvsArpPolicy")]
[OutputType(typeof(LvsArpPolicy))]
public sealed class GetLvsArpPolicyCommand : ArpPolicyCommand
{
    /// <inheritdoc/>
    protected override async Task ProcessHostAsync() => await AttemptAsync(null, async () =>
    {
        IReadOnlyList<LvsArpPolicy> policies = await ReadPoliciesAsync();
        foreach (string name in await ChosenInterfacesAsync([.. policies.Select(policy => policy.Interface)], "*"))
        {
            await OutputAsync(policies.First(policy => policy.Interface == name));
        }
    });
}
