using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>Lets a director forward, as NAT needs, without telling hosts of a way past it.</summary>
[Cmdlet(VerbsLifecycle.Enable, "LvsForwarding", SupportsShouldProcess = true)]
[OutputType(typeof(LvsForwardingState))]
public sealed class EnableLvsForwardingCommand : ForwardingCommand
{
    /// <summary>The families of the NAT services: IPv4 unless said otherwise, as a host that forwards IPv6 becomes a router in other ways too.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public LvsAddressFamily[] AddressFamily { get; set; } = [LvsAddressFamily.IPv4];

    /// <summary>The interfaces towards the real servers, on which answers arrive; all unless said otherwise. IPv6 forwards on all in any case.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    public string[]? Interface { get; set; }

    /// <summary>Let it come back after a boot, by a file in /etc/sysctl.d.</summary>
    [Parameter]
    public SwitchParameter Persistent { get; set; }

    /// <summary>Write how the host forwards afterwards, an object for each family.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync()
    {
        foreach (LvsAddressFamily family in AddressFamily.Distinct())
        {
            await AttemptAsync(family, async () =>
            {
                LvsForwardingPlan plan = await ForwardingPolicies.PlanEnableAsync(TargetHost, family, Interface ?? [], Persistent, StopToken);
                if (await ApplyAsync(family, "Enable", plan) && PassThru)
                {
                    await OutputAsync(await ForwardingPolicies.GetAsync(TargetHost, family, StopToken));
                }
            });
        }
    }
}
