using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>Makes virtual services.</summary>
[Cmdlet(VerbsCommon.New, "LvsVirtualService", DefaultParameterSetName = ServiceSet, SupportsShouldProcess = true)]
[OutputType(typeof(LvsVirtualService))]
public sealed class NewLvsVirtualServiceCommand : LvsHostCommand
{
    private const string ServiceSet = "Service";
    private const string AddressSet = "Address";
    private const string FirewallMarkSet = "FirewallMark";

    /// <summary>The virtual services: tcp/192.0.2.10:80, udp/[2001:db8::10]:53, fwmark/7. Without a protocol, tcp is meant.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ServiceSet, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public LvsServiceSelector[] VirtualService { get; set; } = [];

    /// <summary>The virtual IP.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AddressSet)]
    public LvsAddress Address { get; set; }

    /// <summary>The port, 0 to 65535; 0 is a service for every port and must be persistent.</summary>
    [Parameter(Mandatory = true, ParameterSetName = AddressSet)]
    [ValidateRange(0, ushort.MaxValue)]
    public int Port { get; set; }

    /// <summary>The port of the SSH server, 1 to 65535, where the host's name does not say it.</summary>
    [Parameter]
    [ValidateRange(1, ushort.MaxValue)]
    public override int HostPort { get; set; }

    /// <summary>The protocol: Tcp unless said otherwise.</summary>
    [Parameter(ParameterSetName = AddressSet)]
    public LvsProtocol Protocol { get; set; } = LvsProtocol.Tcp;

    /// <summary>The mark, 1 to 4294967295, that a firewall rule sets on the packets of the service.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FirewallMarkSet)]
    [ValidateRange(1, uint.MaxValue)]
    public uint FirewallMark { get; set; }

    /// <summary>The address family of the marked packets: IPv4 unless said otherwise.</summary>
    [Parameter(ParameterSetName = FirewallMarkSet)]
    public LvsAddressFamily AddressFamily { get; set; } = LvsAddressFamily.IPv4;

    /// <summary>The scheduler: wlc unless said otherwise.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(SchedulerCompleter))]
    public string? Scheduler { get; set; }

    /// <summary>The flags of the scheduler, such as mh-port.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SchedulerFlags]
    [ArgumentCompleter(typeof(SchedulerFlagsCompleter))]
    public LvsSchedulerFlags SchedulerFlags { get; set; }

    /// <summary>For how many seconds, 1 to 4294967, a client stays with its real server. Without it the service is not persistent.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public uint? PersistenceTimeout { get; set; }

    /// <summary>How many leading bits of a client's address make one persistent client.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int? PersistencePrefixLength { get; set; }

    /// <summary>The persistence engine, such as sip.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? PersistenceEngine { get; set; }

    /// <summary>Schedule every packet by itself (for UDP).</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public SwitchParameter OnePacket { get; set; }

    /// <summary>Write the new service as the kernel reports it.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync()
    {
        foreach (LvsServiceSelector selector in Chosen())
        {
            if (selector.Id is null)
            {
                await ErrorAsync(selector.IsWildcard ? Errors.WildcardRefused(selector.Text) : Errors.InvalidService(selector));
                continue;
            }

            VirtualServiceSettings settings = new()
            {
                VirtualService = selector.Id,
                Scheduler = string.IsNullOrEmpty(Scheduler) ? VirtualServiceSettings.DefaultScheduler : Scheduler,
                SchedulerFlags = SchedulerFlags,
                OnePacket = OnePacket,
                PersistenceTimeout = PersistenceTimeout,
                PersistencePrefixLength = PersistencePrefixLength,
                PersistenceEngine = string.IsNullOrEmpty(PersistenceEngine) ? null : PersistenceEngine,
            };
            await AttemptAsync(selector.Id, () => MakeAsync(settings));
        }
    }

    private LvsServiceSelector[] Chosen() => ParameterSetName switch
    {
        AddressSet => [new LvsServiceSelector(new LvsServiceId(Protocol, Address, (ushort)Port))],
        FirewallMarkSet => [new LvsServiceSelector(new LvsServiceId(FirewallMark, AddressFamily))],
        _ => VirtualService,
    };

    private async ValueTask MakeAsync(VirtualServiceSettings settings)
    {
        foreach (string warning in IpvsValidation.Check(settings))
        {
            await WarningAsync(warning);
        }

        IpvsClient client = await ConnectAsync();
        if (!await ShouldProcessAsync($"virtual service {settings.VirtualService} on {HostText}", $"New: {SettingsText.Of(settings)}"))
        {
            return;
        }

        await client.AddServiceAsync(settings, StopToken);
        if (PassThru && await client.FindServiceAsync(settings.VirtualService, StopToken) is { } service)
        {
            await OutputAsync(service);
        }
    }
}
