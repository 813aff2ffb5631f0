using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>Adds real servers to virtual services.</summary>
[Cmdlet(VerbsCommon.Add, "LvsRealServer", DefaultParameterSetName = ServiceSet, SupportsShouldProcess = true)]
[OutputType(typeof(LvsRealServer))]
public sealed class AddLvsRealServerCommand : RealServerCommand
{
    /// <summary>How packets reach the server: DirectRouting unless said otherwise, Tunnel or Nat.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ForwardingMethod]
    [ValidateSet(nameof(LvsForwardingMethod.DirectRouting), nameof(LvsForwardingMethod.Tunnel), nameof(LvsForwardingMethod.Nat))]
    public LvsForwardingMethod Forwarding { get; set; } = LvsForwardingMethod.DirectRouting;

    /// <summary>The server's share of new connections, 0 to 2147483647: 1 unless said otherwise; 0 takes none.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long Weight { get; set; } = 1;

    /// <summary>The count of connections at which the server gets no new ones; 0 for no limit.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public uint UpperThreshold { get; set; }

    /// <summary>The count of connections under which the server gets new ones again.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public uint LowerThreshold { get; set; }

    /// <summary>What tunnelled packets are wrapped in: Ipip unless said otherwise, Gue or Gre.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public LvsTunnelType TunnelType { get; set; }

    /// <summary>The UDP port on which the server receives GUE, 1 to 65535.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(0, ushort.MaxValue)]
    public int TunnelPort { get; set; }

    /// <summary>The checksum of a GUE or GRE tunnel: None unless said otherwise, Checksum or Remote.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public LvsTunnelChecksum TunnelChecksum { get; set; }

    /// <summary>Write the added servers as the kernel reports them.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync()
    {
        IReadOnlyList<LvsServerSelector> chosen = RequireServers();
        await ForEachServiceAsync(required: true, (client, service) => AddAsync(client, service.VirtualService, chosen));
    }

    private async ValueTask AddAsync(IpvsClient client, LvsServiceId service, IReadOnlyList<LvsServerSelector> chosen)
    {
        List<RealServerSettings> additions = [];
        foreach (LvsServerSelector selector in chosen)
        {
            if (selector.Id is null)
            {
                await ErrorAsync(selector.IsWildcard ? Errors.WildcardRefused(selector.Text) : Errors.InvalidServer(selector));
                continue;
            }

            LvsServerId id = selector.Id.Within(service);
            await AttemptAsync(id, async () =>
            {
                RealServerSettings settings = Settings(id);
                foreach (string warning in IpvsValidation.Check(service, settings))
                {
                    await WarningAsync(warning);
                }

                if (await ShouldProcessAsync($"real server {settings.RealServer} of {service} on {HostText}", $"Add: {SettingsText.Of(settings)}"))
                {
                    additions.Add(settings);
                }
            });
        }

        if (additions.Count == 0)
        {
            return;
        }

        IReadOnlyList<IpvsException?> failures = await client.AddRealServersAsync(service, additions, StopToken);
        HashSet<LvsServerId> added = [];
        foreach ((RealServerSettings settings, IpvsException? failure) in additions.Zip(failures))
        {
            if (failure is not null)
            {
                await ErrorAsync(Errors.ToRecord(failure, settings.RealServer));
            }
            else
            {
                added.Add(settings.RealServer);
            }
        }

        if (PassThru && added.Count > 0)
        {
            foreach (LvsRealServer server in await client.GetRealServersAsync(service, StopToken))
            {
                if (added.Contains(server.RealServer))
                {
                    await OutputAsync(server);
                }
            }
        }
    }

    private RealServerSettings Settings(LvsServerId id) => new()
    {
        RealServer = id,
        Forwarding = Forwarding,
        Weight = IpvsValidation.ToWeight(id, Weight),
        UpperThreshold = UpperThreshold,
        LowerThreshold = LowerThreshold,
        TunnelType = TunnelType,
        TunnelPort = (ushort)TunnelPort,
        TunnelChecksum = TunnelChecksum,
    };
}
