using System.Globalization;
using System.Management.Automation;
using LvsAdmin.Core.Diagnosis.Health;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>Asks virtual services many times from a host as clients do, and tells who answered, how fast, and how far the spread is from what the scheduler promises.</summary>
[Cmdlet(VerbsDiagnostic.Test, "LvsVirtualService", DefaultParameterSetName = ServiceSet)]
[OutputType(typeof(LvsServiceTest), typeof(bool))]
public sealed class TestLvsVirtualServiceCommand : VirtualServiceCommand, IProbeQuestion
{
    private readonly QuietAnswer _answer = new();
    private IReadOnlyList<HostReference> _from = [];
    private HealthProbe? _probe;

    /// <summary>How often to ask: 20 times unless said otherwise.</summary>
    [Parameter]
    [ValidateRange(1, 20_000)]
    public int Count { get; set; } = 20;

    /// <summary>The hosts from which to ask: client, netns:client, a session; this machine unless said otherwise.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public LvsHostArgument[]? From { get; set; }

    /// <summary>Ask as a web client; otherwise a connection is made and closed.</summary>
    [Parameter]
    public SwitchParameter Http { get; set; }

    /// <summary>Ask as a web client over TLS. The certificate is looked at by Test-LvsRealServer.</summary>
    [Parameter]
    public SwitchParameter Https { get; set; }

    /// <summary>The path of the request, with its query: / unless said otherwise.</summary>
    [Parameter]
    public string Path { get; set; } = "/";

    /// <summary>The statuses that are good: 200, 200-399; the latter unless said otherwise.</summary>
    [Parameter]
    public string[] ExpectedStatus { get; set; } = ["200-399"];

    /// <summary>A regular expression that the body must match.</summary>
    [Parameter]
    public string? BodyPattern { get; set; }

    /// <summary>The value of the Host header; the address that is asked unless said otherwise.</summary>
    [Parameter]
    public string? HostHeader { get; set; }

    /// <summary>Ask as a client of a name server, for this name.</summary>
    [Parameter]
    public string? Dns { get; set; }

    /// <summary>The type of record to ask for: A unless said otherwise.</summary>
    [Parameter]
    [ValidateSet("A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT")]
    public string DnsType { get; set; } = "A";

    /// <summary>The virtual IP of a service of a firewall mark, which does not tell it.</summary>
    [Parameter]
    public LvsAddress VirtualAddress { get; set; }

    /// <summary>The port to ask, where the service is for every port or for a firewall mark.</summary>
    [Parameter]
    [ValidateRange(1, ushort.MaxValue)]
    public int ProbePort { get; set; }

    /// <summary>How long a probe may take: seconds, 500ms, or a TimeSpan; 5 seconds unless said otherwise.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Write one Boolean instead of the results: true if every probe of every service was answered.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    // One answer for all hosts is made here.
    private protected override IReadOnlyCollection<string> LocalParameters => [nameof(Quiet)];

    /// <inheritdoc/>
    protected override async Task BeginAsync()
    {
        await base.BeginAsync();
        try
        {
            ProbeParameters.RequireOne(new[] { nameof(Http), nameof(Https), nameof(Dns) }.Where(IsOnCommandLine));
            _probe = ProbeParameters.Of(this);
            _from = From is null ? [new HostReference.Local(null)] : Referenced(From);
        }
        catch (LvsValidationException exception)
        {
            ThrowTerminatingError(Errors.ToRecord(exception, null));
        }
    }

    /// <inheritdoc/>
    protected override Task ProcessHostAsync() => ForEachServiceAsync(required: false, async (client, service) =>
    {
        foreach (HostReference from in _from)
        {
            try
            {
                await TestAsync(client, service, from);
            }
            catch (LvsConnectionException lost) when (from != CurrentHost)
            {
                await ErrorAsync(Errors.ToRecord(lost, from.Name));
            }
        }
    });

    /// <inheritdoc/>
    protected override async Task FinishAsync()
    {
        if (Quiet)
        {
            await OutputAsync(_answer.IsGood);
        }
    }

    private protected override void Lost(HostReference host) => _answer.Fail();

    /// <inheritdoc/>
    // Of what could not be asked nothing good is known.
    protected override ValueTask ErrorAsync(ErrorRecord record)
    {
        _answer.Fail();
        return base.ErrorAsync(record);
    }

    private protected override bool TakeFromSession(PSObject value)
    {
        if (value.Properties[nameof(LvsServiceTest.Passed)]?.Value is { } passed)
        {
            _answer.Note(LanguagePrimitives.IsTrue(passed));
        }

        return Quiet;
    }

    private async ValueTask TestAsync(IpvsClient client, LvsVirtualService service, HostReference from)
    {
        LvsAddress address = ProbeParameters.Vip(service, IsOnCommandLine(nameof(VirtualAddress)) ? VirtualAddress : null);
        int port = service.Port is > 0 ? service.Port.Value : ProbePort != 0
            ? ProbePort
            : throw new LvsValidationException("ProbePortMissing", $"{service.VirtualService} serves more than one port: -ProbePort says which one to ask.");
        if (_probe is null && ProbeParameters.NeedsQuestion(service))
        {
            throw new LvsValidationException("ProbeMissing", $"{service.VirtualService} is not asked without a question: -Dns asks one, and Test-LvsRealServer -ScriptBlock any.");
        }

        int id = HashCode.Combine(service.VirtualService, from) & int.MaxValue;
        string activity = $"{MyInvocation.MyCommand.Name} {service.VirtualService}";
        ServiceProber prober = new(TargetHost, client, Hosts.Get(from), ProbeParameters.For(service, _probe, Timeout));
        LvsServiceTest result = await prober.RunAsync(service, address, port, Count, ReportAsync, StopToken);
        await ProgressAsync(new ProgressRecord(id, activity, "done") { RecordType = ProgressRecordType.Completed });
        _answer.Note(result.Passed);
        if (!Quiet)
        {
            await OutputAsync(result);
        }

        ValueTask ReportAsync(int done, int failed) => ProgressAsync(new ProgressRecord(
            id, activity, string.Create(CultureInfo.InvariantCulture, $"{done} of {Count} probes, {failed} failed"))
        { PercentComplete = done * 100 / Count });
    }
}
