using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>Changes what the user names of virtual services and keeps the rest.</summary>
[Cmdlet(VerbsCommon.Set, "LvsVirtualService", DefaultParameterSetName = ServiceSet, SupportsShouldProcess = true)]
[OutputType(typeof(LvsVirtualService))]
public sealed class SetLvsVirtualServiceCommand : VirtualServiceCommand
{
    /// <summary>The scheduler.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(SchedulerCompleter))]
    public string? Scheduler { get; set; }

    /// <summary>The flags of the scheduler, all of them; none to clear them.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SchedulerFlags]
    [ArgumentCompleter(typeof(SchedulerFlagsCompleter))]
    public LvsSchedulerFlags SchedulerFlags { get; set; }

    /// <summary>For how many seconds, 1 to 4294967, a client stays with its real server; $null to end persistence.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public uint? PersistenceTimeout { get; set; }

    /// <summary>How many leading bits of a client's address make one persistent client; $null for all.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int? PersistencePrefixLength { get; set; }

    /// <summary>The persistence engine, such as sip; $null for none.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? PersistenceEngine { get; set; }

    /// <summary>Schedule every packet by itself; -OnePacket:$false to end it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public SwitchParameter OnePacket { get; set; }

    /// <summary>Write the service as the kernel reports it afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override Task ProcessHostAsync() => ForEachServiceAsync(required: true, ChangeAsync);

    private async ValueTask ChangeAsync(IpvsClient client, LvsVirtualService current)
    {
        VirtualServiceSettings desired = Merge(current.Settings);
        IReadOnlyList<string> changes = SettingsText.Differences(current.Settings, desired);
        string target = $"virtual service {current.VirtualService} on {HostText}";
        if (changes.Count == 0)
        {
            await VerboseAsync($"{target} is already as wanted: nothing is changed.");
        }
        else
        {
            foreach (string warning in IpvsValidation.CheckChange(current.Settings, desired))
            {
                await WarningAsync(warning);
            }

            if (!await ShouldProcessAsync(target, $"Set {string.Join(", ", changes)}"))
            {
                return;
            }

            await client.SetServiceAsync(current, desired, StopToken);
        }

        if (PassThru && await client.FindServiceAsync(current.VirtualService, StopToken) is { } changed)
        {
            await OutputAsync(changed);
        }
    }

    private VirtualServiceSettings Merge(VirtualServiceSettings current)
    {
        VirtualServiceSettings desired = current;
        if (IsNamed(nameof(Scheduler)) && !string.IsNullOrEmpty(Scheduler))
        {
            // The flags mean something else, or nothing, to another scheduler.
            desired = desired with
            {
                Scheduler = Scheduler,
                SchedulerFlags = Scheduler == current.Scheduler ? current.SchedulerFlags : default,
            };
        }

        if (IsNamed(nameof(SchedulerFlags)))
        {
            desired = desired with { SchedulerFlags = SchedulerFlags };
        }

        if (IsNamed(nameof(PersistenceTimeout)))
        {
            desired = PersistenceTimeout is null
                ? desired with { PersistenceTimeout = null, PersistencePrefixLength = null, PersistenceEngine = null }
                : desired with { PersistenceTimeout = PersistenceTimeout };
        }

        if (IsNamed(nameof(PersistencePrefixLength)))
        {
            desired = desired with { PersistencePrefixLength = PersistencePrefixLength };
        }

        if (IsNamed(nameof(PersistenceEngine)))
        {
            desired = desired with { PersistenceEngine = string.IsNullOrEmpty(PersistenceEngine) ? null : PersistenceEngine };
        }

        return IsNamed(nameof(OnePacket)) ? desired with { OnePacket = OnePacket } : desired;
    }
}
