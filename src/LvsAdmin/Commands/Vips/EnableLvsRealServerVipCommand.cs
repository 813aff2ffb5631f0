using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>Lets a real server accept virtual IPs for direct routing or tunnelling, without ever answering ARP for them.</summary>
[Cmdlet(VerbsLifecycle.Enable, "LvsRealServerVip", SupportsShouldProcess = true)]
[OutputType(typeof(LvsRealServerVip))]
public sealed class EnableLvsRealServerVipCommand : RealServerVipCommand
{
    private bool _forwardingOnCommandLine;

    /// <summary>DirectRouting unless said otherwise, or Tunnel; a real server from the pipeline brings its own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ForwardingMethod]
    [ValidateSet(nameof(LvsForwardingMethod.DirectRouting), nameof(LvsForwardingMethod.Tunnel), nameof(LvsForwardingMethod.Nat))]
    public LvsForwardingMethod Forwarding { get; set; } = LvsForwardingMethod.DirectRouting;

    /// <summary>The interface that holds the virtual IP: lo, or tunl0 and ip6tnl0 for a tunnel, unless said otherwise.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    public string? Interface { get; set; }

    /// <summary>Write the virtual IPs as they are afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override Task BeginAsync()
    {
        _forwardingOnCommandLine = MyInvocation.BoundParameters.ContainsKey(nameof(Forwarding));
        return base.BeginAsync();
    }

    /// <inheritdoc/>
    protected override async Task ProcessAsync()
    {
        LvsForwardingMethod method = !_forwardingOnCommandLine && InputObject?.BaseObject is LvsRealServer server ? server.Forwarding : Forwarding;
        foreach (LvsAddress vip in RequireAddresses())
        {
            await AttemptAsync(vip, async () =>
            {
                string? holder = string.IsNullOrEmpty(Interface) ? null : Interface;
                IReadOnlyList<HostChange> plan = await RealServerVips.PlanEnableAsync(TargetHost, vip, method, holder, StopToken);
                if (await ApplyAsync($"virtual IP {vip} on {HostText}", $"Enable for {method}", plan) && PassThru)
                {
                    foreach (LvsRealServerVip enabled in (await RealServerVips.GetAsync(TargetHost, StopToken)).Where(enabled => enabled.Address == vip))
                    {
                        await OutputAsync(enabled);
                    }
                }
            });
        }
    }
}
