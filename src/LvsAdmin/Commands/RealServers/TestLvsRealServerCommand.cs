using System.Collections.Concurrent;
using System.Diagnostics;
using System.Management.Automation;
using LvsAdmin.Core.Diagnosis;
using LvsAdmin.Core.Diagnosis.Health;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>
/// Asks real servers whether they are well, many at once: by their own addresses, from any host, or by the virtual IP as their director would ask. Changes nothing.
/// </summary>
[Cmdlet(VerbsDiagnostic.Test, "LvsRealServer", DefaultParameterSetName = ServiceSet)]
[OutputType(typeof(LvsProbeResult), typeof(bool))]
public sealed class TestLvsRealServerCommand : RealServerCommand, IProbeQuestion
{
    private readonly ConcurrentQueue<Chosen> _chosen = [];
    private readonly QuietAnswer _answer = new();
    private IReadOnlyList<HostReference> _from = [];
    private HealthProbe? _probe;

    /// <summary>Ask as a web client.</summary>
    [Parameter]
    public SwitchParameter Http { get; set; }

    /// <summary>Ask as a web client over TLS, and look at the certificate.</summary>
    [Parameter]
    public SwitchParameter Https { get; set; }

    /// <summary>The method of the request: GET unless said otherwise.</summary>
    [Parameter]
    [ValidateSet("GET", "HEAD", "OPTIONS", "POST")]
    public string Method { get; set; } = "GET";

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

    /// <summary>The name by which to ask for the certificate (SNI): that of the Host header unless said otherwise.</summary>
    [Parameter]
    public string? ServerName { get; set; }

    /// <summary>The name that the certificate must be for.</summary>
    [Parameter]
    public string? CertificateName { get; set; }

    /// <summary>For how many days more the certificate must hold: 0 unless said otherwise.</summary>
    [Parameter]
    [ValidateRange(0, 10_000)]
    public int CertificateDays { get; set; }

    /// <summary>Ask as a client of a name server, for this name.</summary>
    [Parameter]
    public string? Dns { get; set; }

    /// <summary>The type of record to ask for: A unless said otherwise.</summary>
    [Parameter]
    [ValidateSet("A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT")]
    public string DnsType { get; set; } = "A";

    /// <summary>Greet as a mail server's client.</summary>
    [Parameter]
    public SwitchParameter Smtp { get; set; }

    /// <summary>A script that asks: the real server is $_. It fails by an exception, or by writing something false.</summary>
    [Parameter]
    public ScriptBlock? ScriptBlock { get; set; }

    /// <summary>The port to ask in place of the real server's, or, with -ThroughVip, of the service's.</summary>
    [Parameter]
    [ValidateRange(1, ushort.MaxValue)]
    public int ProbePort { get; set; }

    /// <summary>Ask from the director by the virtual IP, as its own packets go: with direct routing in a frame to the real server, with a tunnel wrapped for it.</summary>
    [Parameter]
    public SwitchParameter ThroughVip { get; set; }

    /// <summary>The virtual IP of a service of a firewall mark, which does not tell it, for -ThroughVip.</summary>
    [Parameter]
    public LvsAddress VirtualAddress { get; set; }

    /// <summary>The hosts from which to ask: rs1, netns:client, a session; this machine unless said otherwise.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public LvsHostArgument[]? From { get; set; }

    /// <summary>How long a server may take: seconds, 500ms, or a TimeSpan; 5 seconds unless said otherwise.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Write one Boolean instead of the results: true if something passed and nothing failed.</summary>
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
            ProbeParameters.RequireOne(new[] { nameof(Http), nameof(Https), nameof(Dns), nameof(Smtp), nameof(ScriptBlock) }.Where(IsOnCommandLine));
            _probe = ProbeParameters.Of(this);
            if (ThroughVip && (From is not null || ScriptBlock is not null))
            {
                throw new LvsValidationException("ProbePathUnclear", $"-ThroughVip asks from the director itself: -{(From is null ? nameof(ScriptBlock) : nameof(From))} cannot stand beside it.");
            }

            _from = From is null ? [new HostReference.Local(null)] : Referenced(From);
        }
        catch (LvsValidationException exception)
        {
            ThrowTerminatingError(Errors.ToRecord(exception, null));
        }
    }

    /// <inheritdoc/>
    protected override async Task ProcessHostAsync()
    {
        HostReference director = CurrentHost;
        await ForEachServerAsync(required: false, async (client, service, servers) =>
        {
            IReadOnlySet<LvsAddress> vips = ThroughVip
                ? (await client.GetServicesAsync(StopToken)).Select(each => each.Address).OfType<LvsAddress>().ToHashSet()
                : new HashSet<LvsAddress>();
            foreach (LvsRealServer server in servers)
            {
                _chosen.Enqueue(new Chosen(director, service, server, vips));
            }
        });

        // With all hosts named there is nothing to collect, and a connection that is open stays so.
        if (!MyInvocation.ExpectingInput)
        {
            await TestHereAsync(_chosen.Where(each => each.Director == director));
        }
    }

    /// <inheritdoc/>
    protected override async Task FinishAsync()
    {
        if (MyInvocation.ExpectingInput)
        {
            ILookup<HostReference, Chosen> directors = _chosen.ToLookup(each => each.Director);
            await OnHostsAsync([.. directors.Select(each => each.Key)], () => TestHereAsync(directors[CurrentHost]));
        }

        if (Quiet)
        {
            await OutputAsync(_answer.IsGood);
        }
    }

    private protected override void Lost(HostReference host) => _answer.Fail();

    /// <inheritdoc/>
    // Of what could not be asked nothing good is known: a server that is named and not there, a host that cannot be reached.
    protected override ValueTask ErrorAsync(ErrorRecord record)
    {
        _answer.Fail();
        return base.ErrorAsync(record);
    }

    private protected override bool TakeFromSession(PSObject value)
    {
        _answer.Note(value);
        return Quiet;
    }

    // Many at once, and written in the order in which they were named.
    private async Task TestHereAsync(IEnumerable<Chosen> chosen)
    {
        using SemaphoreSlim places = new(ThrottleLimit);
        (Chosen One, Task<IReadOnlyList<LvsProbeResult>> Results)[] all =
        [
            .. chosen.SelectMany(each => (ThroughVip ? [each.Director] : _from).Select(from => (each, TestInTurnAsync(places, each, from)))),
        ];
        try
        {
            foreach ((Chosen one, Task<IReadOnlyList<LvsProbeResult>> results) in all)
            {
                await AttemptAsync(one.Server.RealServer, async () =>
                {
                    foreach (LvsProbeResult result in await results)
                    {
                        _answer.Note(result.Outcome);
                        if (!Quiet)
                        {
                            await OutputAsync(result);
                        }
                    }
                });
            }
        }
        finally
        {
            // One whose director was lost, or who was stopped, leaves none behind.
            await Task.WhenAll(all.Select(each => each.Results)).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async Task<IReadOnlyList<LvsProbeResult>> TestInTurnAsync(SemaphoreSlim places, Chosen one, HostReference from)
    {
        await places.WaitAsync(StopToken);
        try
        {
            return await TestAsync(one, from);
        }
        catch (LvsConnectionException lost) when (from != one.Director)
        {
            await ErrorAsync(Errors.ToRecord(lost, from.Name));
            return [];
        }
        finally
        {
            places.Release();
        }
    }

    private async ValueTask<IReadOnlyList<LvsProbeResult>> TestAsync(Chosen one, HostReference from)
    {
        IProbePath path = PathTo(one, from);
        IReadOnlyList<HealthFinding> findings = ScriptBlock is not null
            ? [await RunScriptAsync(one.Server)]
            : _probe is null && ProbeParameters.NeedsQuestion(one.Service)
                ? [new HealthFinding($"{one.Service.Protocol}", LvsCheckOutcome.NotChecked, "an answer", $"{one.Service.Protocol} is not asked without a question: -Dns or -ScriptBlock asks one", TimeSpan.Zero)]
                : await ProbeParameters.For(one.Service, _probe, Timeout).ProbeAsync(path, StopToken);
        return
        [
            .. findings.Select(finding => new LvsProbeResult
            {
                VirtualService = one.Service.VirtualService,
                RealServer = one.Server.RealServer,
                Check = finding.Check,
                Outcome = finding.Outcome,
                Expected = finding.Expected,
                Found = finding.Found,
                Duration = finding.Duration,
                Target = path.Target,
                ThroughVip = path.IsThroughVip,
                From = ScriptBlock is null ? path.From : "the script",
                HostName = one.Server.HostName,
                NetworkNamespace = one.Server.NetworkNamespace,
            }),
        ];
    }

    private IProbePath PathTo(Chosen one, HostReference from)
    {
        int port = ProbePort != 0 ? ProbePort : ThroughVip && one.Service.Port is > 0 ? one.Service.Port.Value : one.Server.Port;
        if (port == 0 && ScriptBlock is null)
        {
            throw new LvsValidationException("ProbePortMissing", $"{one.Service.VirtualService} serves every port of {one.Server.Address}: -ProbePort says which one to ask.");
        }

        if (!ThroughVip)
        {
            return new DirectPath(Hosts.Get(from), one.Server.Address, port);
        }

        LvsAddress vip = ProbeParameters.Vip(one.Service, IsOnCommandLine(nameof(VirtualAddress)) ? VirtualAddress : null);
        return new VipProbePath(TargetHost, vip, port, one.Server, one.Vips);
    }

    private async ValueTask<HealthFinding> RunScriptAsync(LvsRealServer server)
    {
        long began = Stopwatch.GetTimestamp();
        const string Expected = "no exception, and nothing false";
        try
        {
            object?[] written = await OnPipelineAsync<object?[]>(() => [.. ScriptBlock!.InvokeWithContext(null, [new PSVariable("_", server)])]);
            bool isGood = written.Length == 0 || LanguagePrimitives.IsTrue(written[^1]);
            string found = written.Length == 0 ? "nothing written" : $"{written[^1]}";
            return new HealthFinding("Script", isGood ? LvsCheckOutcome.Passed : LvsCheckOutcome.Failed, Expected, found, Stopwatch.GetElapsedTime(began));
        }
        catch (RuntimeException exception)
        {
            return new HealthFinding("Script", LvsCheckOutcome.Failed, Expected, exception.Message, Stopwatch.GetElapsedTime(began));
        }
    }

    private sealed record Chosen(HostReference Director, LvsVirtualService Service, LvsRealServer Server, IReadOnlySet<LvsAddress> Vips);
}
