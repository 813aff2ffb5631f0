using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>Changes what the user names of real servers and keeps the rest.</summary>
[Cmdlet(VerbsCommon.Set, "LvsRealServer", DefaultParameterSetName = ServiceSet, SupportsShouldProcess = true)]
[OutputType(typeof(LvsRealServer))]
public sealed class SetLvsRealServerCommand : RealServerCommand
{
    /// <summary>How packets of new connections reach the server: DirectRouting, Tunnel or Nat.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ForwardingMethod]
    [ValidateSet(nameof(LvsForwardingMethod.DirectRouting), nameof(LvsForwardingMethod.Tunnel), nameof(LvsForwardingMethod.Nat))]
    public LvsForwardingMethod Forwarding { get; set; }

    /// <summary>The server's share of new connections, 0 to 2147483647; 0 takes none.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long Weight { get; set; }

    /// <summary>The count of connections at which the server gets no new ones; 0 for no limit.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public uint UpperThreshold { get; set; }

    /// <summary>The count of connections under which the server gets new ones again.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public uint LowerThreshold { get; set; }

    /// <summary>What tunnelled packets are wrapped in: Ipip, Gue or Gre.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public LvsTunnelType TunnelType { get; set; }

    /// <summary>The UDP port on which the server receives GUE, 1 to 65535.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(0, ushort.MaxValue)]
    public int TunnelPort { get; set; }

    /// <summary>The checksum of a GUE or GRE tunnel: None, Checksum or Remote.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public LvsTunnelChecksum TunnelChecksum { get; set; }

    /// <summary>Write the servers as the kernel reports them afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override Task ProcessHostAsync() => ForEachServerAsync(required: true, async (client, service, servers) =>
    {
        HashSet<LvsServerId> done = [];
        foreach (LvsRealServer server in servers)
        {
            if (await AttemptAsync(server.RealServer, () => ChangeAsync(client, server)))
            {
                done.Add(server.RealServer);
            }
        }

        if (PassThru && done.Count > 0)
        {
            foreach (LvsRealServer server in await client.GetRealServersAsync(service.VirtualService, StopToken))
            {
                if (done.Contains(server.RealServer))
                {
                    await OutputAsync(server);
                }
            }
        }
    });

    private async ValueTask ChangeAsync(IpvsClient client, LvsRealServer current)
    {
        RealServerSettings desired = Merge(current.Settings);
        IReadOnlyList<string> changes = SettingsText.Differences(current.Settings, desired);
        string target = $"real server {current.RealServer} of {current.VirtualService} on {HostText}";
        if (changes.Count == 0)
        {
            await VerboseAsync($"{target} is already as wanted: nothing is changed.");
            return;
        }

        foreach (string warning in IpvsValidation.CheckChange(current.VirtualService, current.Settings, desired))
        {
            await WarningAsync(warning);
        }

        if (desired.Forwarding != current.Forwarding && current.ActiveConnections + current.InactiveConnections > 0)
        {
            // See Reroute in ServicePlanner: the kernel keeps one route a server for all of its connections, whatever their method.
            await WarningAsync(
                $"{target} has {current.ActiveConnections} active and {current.InactiveConnections} inactive connections, and changes from {current.Forwarding} to {desired.Forwarding}: they, or new ones, may be cut. Sync-LvsConfiguration waits for them first.");
        }

        if (await ShouldProcessAsync(target, $"Set {string.Join(", ", changes)}"))
        {
            await client.SetRealServerAsync(current, desired, StopToken);
        }
    }

    private RealServerSettings Merge(RealServerSettings current)
    {
        RealServerSettings desired = current with
        {
            Forwarding = IsNamed(nameof(Forwarding)) ? Forwarding : current.Forwarding,
            Weight = IsNamed(nameof(Weight)) ? IpvsValidation.ToWeight(current.RealServer, Weight) : current.Weight,
            UpperThreshold = IsNamed(nameof(UpperThreshold)) ? UpperThreshold : current.UpperThreshold,
            LowerThreshold = IsNamed(nameof(LowerThreshold)) ? LowerThreshold : current.LowerThreshold,
        };
        if (desired.Forwarding != LvsForwardingMethod.Tunnel && current.Forwarding == LvsForwardingMethod.Tunnel)
        {
            // What belongs to the tunnel goes with it, or the kernel would keep values that mean nothing any more.
            desired = desired with { TunnelType = LvsTunnelType.Ipip, TunnelPort = 0, TunnelChecksum = LvsTunnelChecksum.None };
        }

        return desired with
        {
            TunnelType = IsNamed(nameof(TunnelType)) ? TunnelType : desired.TunnelType,
            TunnelPort = IsNamed(nameof(TunnelPort)) ? (ushort)TunnelPort : desired.TunnelPort,
            TunnelChecksum = IsNamed(nameof(TunnelChecksum)) ? TunnelChecksum : desired.TunnelChecksum,
        };
    }
}
