using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>Lets a real server serve virtual IPs, for direct routing, through a tunnel or by NAT, without ever answering ARP for them.</summary>
[Cmdlet(VerbsLifecycle.Enable, "LvsRealServerVip", SupportsShouldProcess = true)]
[OutputType(typeof(LvsRealServerVip))]
public sealed class EnableLvsRealServerVipCommand : RealServerVipCommand
{
    /// <summary>DirectRouting unless said otherwise, Tunnel or Nat; a real server from the pipeline brings its own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ForwardingMethod]
    [ValidateSet(nameof(LvsForwardingMethod.DirectRouting), nameof(LvsForwardingMethod.Tunnel), nameof(LvsForwardingMethod.Nat))]
    public LvsForwardingMethod Forwarding { get; set; } = LvsForwardingMethod.DirectRouting;

    /// <summary>The interface that holds the virtual IP: lo, or the tunnel that the other parameters call for, unless said otherwise.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    public string? Interface { get; set; }

    /// <summary>The interfaces on which ARP requests for the virtual IP arrive, whose policy is set; all of them unless said otherwise.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    public string[]? ArpInterface { get; set; }

    /// <summary>The address under which the director knows this real server; needed where a tunnel's family or device depends on it and the host has several.</summary>
    [Parameter]
    public LvsAddress? RealServerAddress { get; set; }

    /// <summary>What tunnelled packets are wrapped in: Ipip unless said otherwise, Gre or Gue.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public LvsTunnelType? TunnelType { get; set; }

    /// <summary>The UDP port on which Gue is received, 1 to 65535.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public ushort? TunnelPort { get; set; }

    /// <summary>The checksum that the director puts into Gre and Gue.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public LvsTunnelChecksum? TunnelChecksum { get; set; }

    /// <summary>The director's address on the real server's link, to which Nat's answers go.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public LvsAddress? Director { get; set; }

    /// <summary>Which answers go there: Policy, those from the real server's address or from the service's port; or Default, all that leaves the host's networks.</summary>
    [Parameter]
    public LvsNatRoute Route { get; set; } = LvsNatRoute.Policy;

    /// <summary>Let it come back after a boot, by files that the host's own network manager reads.</summary>
    [Parameter]
    public SwitchParameter Persistent { get; set; }

    /// <summary>Let it come back after a boot by this manager, where the one found on the host is not the right one.</summary>
    [Parameter]
    public LvsPersistence? PersistenceMethod { get; set; }

    /// <summary>Write the virtual IPs as they are afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override async Task ProcessVipsAsync(VipSelection chosen)
    {
        foreach (LvsAddress vip in Required(chosen).Vips)
        {
            await AttemptAsync(vip, async () =>
            {
                if (!await IsForHostAsync(chosen))
                {
                    return;
                }

                LvsVipSettings settings = SettingsFor(chosen.Server);
                LvsVipPlan plan = await RealServerVips.PlanEnableAsync(TargetHost, vip, settings, Persistent || PersistenceMethod is not null, PersistenceMethod, StopToken);
                if (await ApplyAsync($"virtual IP {vip} on {HostText}", $"Enable for {settings.Forwarding}", plan.Changes) && PassThru)
                {
                    foreach (LvsRealServerVip enabled in (await RealServerVips.GetAsync(TargetHost, StopToken)).Where(enabled => enabled.Address == vip))
                    {
                        await OutputAsync(enabled);
                    }
                }
            });
        }
    }

    /// <inheritdoc/>
    protected override async Task FinishAsync()
    {
        await base.FinishAsync();
        await ReportStrangersAsync();
    }

    // What stands on the command line holds for all; what does not, each real server from the pipeline brings along.
    private LvsVipSettings SettingsFor(LvsRealServer? server)
    {
        LvsForwardingMethod method = server is null || IsOnCommandLine(nameof(Forwarding)) ? Forwarding : server.Forwarding;
        bool isTunnel = method == LvsForwardingMethod.Tunnel;
        return new LvsVipSettings
        {
            Forwarding = method,
            Interface = string.IsNullOrEmpty(Interface) ? null : Interface,
            ArpInterfaces = ArpInterface ?? [],
            RealServerAddress = RealServerAddress ?? server?.Address,
            TunnelType = TunnelOption(nameof(TunnelType), TunnelType, server?.TunnelType),
            TunnelPort = TunnelOption(nameof(TunnelPort), TunnelPort, server?.TunnelPort),
            TunnelChecksum = TunnelOption(nameof(TunnelChecksum), TunnelChecksum, server?.TunnelChecksum),
            Director = Director,
            Route = Route,
            Protocol = server?.VirtualService.Protocol,
            Port = method == LvsForwardingMethod.Nat && server?.VirtualService.Protocol is not null ? server.Port : 0,
        };

        TOption TunnelOption<TOption>(string name, TOption? given, TOption? brought)
            where TOption : struct =>
            server is null || IsOnCommandLine(name) ? given ?? default : isTunnel ? brought ?? default : default;
    }
}
