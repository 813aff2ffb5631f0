using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using LvsAdmin.Commands.Fleet;
using LvsAdmin.Commands.Jobs;
using LvsAdmin.Core.Fleet;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Core.Network;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>
/// Rolls a change through real servers, batch by batch: drains each at every director, runs a script for it, waits until it is healthy, and gives it back. It
/// stops when too many fail, and in a state that is safe: who failed stays suspended, all others are in service. With -Director it does so with the directors themselves: never
/// two of a pair at once, and none that serves clients.
/// </summary>
[Cmdlet(VerbsLifecycle.Invoke, "LvsRollout", DefaultParameterSetName = ServiceSet, SupportsShouldProcess = true)]
[OutputType(typeof(LvsRolloutResult))]
public sealed class InvokeLvsRolloutCommand : RealServerCommand
{
    private const string DirectorSet = "Director";

    // The directors in the order in which they came, and what was chosen at each.
    private readonly ConcurrentQueue<(HostReference Host, IReadOnlyList<LvsServiceSelector>? Services, IReadOnlyList<LvsServerSelector>? Servers)> _chosen = [];
    private readonly List<RolloutDirector> _directors = [];

    // As they were named: what is asked of several at once comes in any order.
    private readonly List<HostReference> _named = [];
    private volatile bool _failed;

    /// <summary>The real servers: 192.0.2.21, 192.0.2.21:8080, [2001:db8::21]:80, or wildcards such as 192.0.2.2?.</summary>
    [Parameter(Position = 1, ParameterSetName = ServiceSet, ValueFromPipelineByPropertyName = true)]
    [Parameter(Position = 1, ParameterSetName = AddressSet, ValueFromPipelineByPropertyName = true)]
    [Parameter(Position = 1, ParameterSetName = FirewallMarkSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RealServerCompleter))]
    public override LvsServerSelector[]? RealServer { get; set; }

    /// <summary>
    /// The directors, which are changed themselves: names as -HostName takes them, netns:lb1 for network namespaces of this machine, sessions of New-LvsSession, or tables of host
    /// parameters. Name all of a pair: those that share a virtual service, or exchange connections by a sync id.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = DirectorSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public LvsHostArgument[]? Director { get; set; }

    /// <summary>
    /// How a director that holds virtual IPs gives them to another one of its pair, with the director as $_ (HostName, HeldVips, Peers): it fails over, or lowers the priority of
    /// VRRP. Then they are waited for, up to -DrainTimeout. Without it, a director that holds some has failed when its turn comes.
    /// </summary>
    [Parameter(ParameterSetName = DirectorSet)]
    public ScriptBlock? Evacuate { get; set; }

    /// <summary>
    /// What to do for each host, here, with the host as $_ (HostName, Addresses, VirtualServices, RealServers). Variables of the session are $using:NAME. Its first
    /// error ends it, and the host has failed; so does the exit status of a program that is not 0.
    /// </summary>
    [Parameter(Mandatory = true, Position = 2)]
    public ScriptBlock ScriptBlock { get; set; } = null!;

    /// <summary>Arguments for the script, which takes them by param().</summary>
    [Parameter]
    [Alias("Args")]
    [AllowNull]
    [AllowEmptyCollection]
    public object?[]? ArgumentList { get; set; }

    /// <summary>
    /// Whether a host may get traffic again: a script with the host as $_, run again and again until it writes nothing that is false and makes no error, or
    /// -HealthTimeout is over.
    /// </summary>
    [Parameter]
    public ScriptBlock? HealthCheck { get; set; }

    /// <summary>How long a host may take to become healthy: seconds, 5m, or a TimeSpan; 60 s unless said otherwise.</summary>
    [Parameter]
    [Duration]
    public TimeSpan HealthTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How many hosts to work on at once: counts, or shares of all, one after the other, of which the last repeats. 1 unless said otherwise.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] BatchSize { get; set; } = ["1"];

    /// <summary>How long to wait until a host is drained: seconds, 5m, or a TimeSpan; 5 minutes unless said otherwise. One that is not has failed, and is given back untouched.</summary>
    [Parameter]
    [Duration]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Work on hosts too that are not drained in time: their connections may break; on directors that hold virtual IPs; and where another roll-out seems to be at work.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Give the weight back in equal steps over this time: seconds, 5m, or a TimeSpan; at once unless said otherwise.</summary>
    [Parameter(ParameterSetName = ServiceSet)]
    [Parameter(ParameterSetName = AddressSet)]
    [Parameter(ParameterSetName = FirewallMarkSet)]
    [Duration]
    public TimeSpan RampUp { get; set; }

    /// <summary>In how many steps, 2 to 100; 10 unless said otherwise.</summary>
    [Parameter(ParameterSetName = ServiceSet)]
    [Parameter(ParameterSetName = AddressSet)]
    [Parameter(ParameterSetName = FirewallMarkSet)]
    [ValidateRange(2, 100)]
    public int RampUpSteps { get; set; } = 10;

    /// <summary>How long to wait between two batches: seconds, 5m, or a TimeSpan.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Pause { get; set; }

    /// <summary>How many hosts may fail, as a count or a share of all, before no further batch is begun; 0 unless said otherwise.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string MaxFailures { get; set; } = "0";

    /// <summary>How many real servers of each service at each director go on taking new connections, as a count or a share of its servers; 1 unless said otherwise. Batches get smaller for it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string MinimumAvailable { get; set; } = "1";

    /// <summary>How often to try again after an error of a connection, to a director or in the script, 0 to 100; 2 unless said otherwise. Other errors are not tried again.</summary>
    [Parameter]
    [ValidateRange(0, 100)]
    public int RetryCount { get; set; } = 2;

    /// <summary>The results of an earlier roll-out: the hosts that succeeded are left out. Without any other choice, the others of it are worked on.</summary>
    [Parameter]
    [Alias("From")]
    [ValidateNotNullOrEmpty]
    public PSObject[]? ResumeFrom { get; set; }

    /// <summary>
    /// The real servers' own hosts: names as -HostName takes them, netns:rs1 for network namespaces of this machine, sessions of New-LvsSession, or tables of host
    /// parameters. Which of them is which real server, their addresses tell: several real servers may be one host. Without any other choice, these hosts are worked on. Without it,
    /// each address is a host.
    /// </summary>
    [Parameter(ParameterSetName = ServiceSet)]
    [Parameter(ParameterSetName = AddressSet)]
    [Parameter(ParameterSetName = FirewallMarkSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public LvsHostArgument[]? RealServerHost { get; set; }

    /// <summary>Why, for those who find a server suspended.</summary>
    [Parameter(ParameterSetName = ServiceSet)]
    [Parameter(ParameterSetName = AddressSet)]
    [Parameter(ParameterSetName = FirewallMarkSet)]
    [ValidateNotNullOrEmpty]
    public string? Reason { get; set; }

    // A roll-out is one for all directors: it cannot be divided among sessions or jobs for each. Without the attribute these are no parameters.

    /// <summary>No parameter of this cmdlet.</summary>
    public override PSSession[]? Session { get; set; }

    /// <summary>No parameter of this cmdlet.</summary>
    public override SwitchParameter AsJob { get; set; }

    /// <summary>No parameter of this cmdlet.</summary>
    public override string? JobName { get; set; }

    private protected override void Lost(HostReference host) => _failed = true;

    /// <inheritdoc/>
    protected override ValueTask ErrorAsync(ErrorRecord record)
    {
        _failed = true;
        return base.ErrorAsync(record);
    }

    /// <inheritdoc/>
    protected override Task ProcessHostAsync()
    {
        if (ParameterSetName == DirectorSet)
        {
            _chosen.Enqueue((CurrentHost, null, null));
            return Task.CompletedTask;
        }

        IReadOnlyList<LvsServiceSelector>? services = ChosenServices();
        IReadOnlyList<LvsServerSelector>? servers = ChosenServers();
        if (services is null && servers is null && ResumeFrom is null && RealServerHost is null)
        {
            ThrowTerminatingError(Errors.ServerMissing(InputObject));
        }

        _chosen.Enqueue((CurrentHost, services, servers ?? (services is null && ResumeFrom is not null ? [.. RolloutSelection.AddressesOf(ResumeFrom!).Select(address => new LvsServerSelector(address))] : null)));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task FinishAsync()
    {
        try
        {
            // Off the pipeline's thread, which has to be free for what the hosts in work write.
            await Task.Run(RunAsync);
        }
        catch (Exception exception) when (Errors.IsExpected(exception))
        {
            ThrowTerminatingError(Errors.ToRecord(exception, null));
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _directors.ForEach(director => director.Dispose());
        }

        base.Dispose(disposing);
    }

    private protected override IReadOnlyCollection<HostReference> ChooseHosts()
    {
        RefuseHostsBeside(ParameterSetName == DirectorSet, nameof(Director));
        IReadOnlyCollection<HostReference> hosts = ParameterSetName == DirectorSet ? Referenced(Director) : base.ChooseHosts();
        _named.AddRange(hosts);
        return hosts.OfType<HostReference.Remote>().FirstOrDefault() is { } remote
            ? throw new LvsValidationException("InvalidHost", $"{remote} is known by a PowerShell session, and a roll-out cannot be divided among sessions. Name the directors by -HostName or -LvsSession.")
            : hosts;
    }

    private async Task RunAsync()
    {
        RolloutOptions options = ReadOptions();
        Dictionary<HostReference, RolloutDirector> directors = [];
        foreach (HostReference host in _chosen.Select(each => each.Host).Distinct().OrderBy(_named.IndexOf))
        {
            directors.Add(host, new RolloutDirector($"{host}", (isAgain, stop) => OpenAsync(host, isAgain, stop)));
        }

        _directors.AddRange(directors.Values);
        using RolloutScripts scripts = Scripts();
        bool isWhatIf = LanguagePrimitives.IsTrue(MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? whatIf) ? whatIf : GetVariableValue("WhatIfPreference"));
        RolloutWork work = new(this, scripts, options, isWhatIf, Names)
        {
            Script = RolloutScript.Of(ScriptBlock, GetVariableValue),
            Check = HealthCheck is null ? null : RolloutScript.Of(HealthCheck, GetVariableValue),
            Evacuation = Evacuate is null ? null : RolloutScript.Of(Evacuate, GetVariableValue),
        };
        (RolloutCourse course, IReadOnlyList<LvsRolloutTarget> targets) = ParameterSetName == DirectorSet
            ? await ReadDirectorsAsync(directors, options, work)
            : await ReadRealServersAsync(directors, options, work);
        IReadOnlyList<LvsRolloutTarget> done = ResumeFrom is null ? [] : [.. targets.Where(target => RolloutSelection.IsDone(target, ResumeFrom))];
        targets = [.. targets.Except(done)];
        Rollout rollout = new(course, options, work);
        _ = rollout.Plan(targets);
        foreach (LvsRolloutTarget target in done)
        {
            await work.ReportAsync(
                new LvsRolloutResult
                {
                    HostName = target.HostName,
                    NetworkNamespace = target.NetworkNamespace,
                    Addresses = target.Addresses,
                    State = LvsRolloutState.Skipped,
                    Error = "An earlier roll-out has done it.",
                },
                null);
        }

        try
        {
            await rollout.RunAsync(targets, StopToken);
        }
        catch (LvsRolloutException stopped)
        {
            // Not one that ends the line: the results, by which to go on, would be lost with it ($result = Invoke-LvsRollout ...).
            await ErrorAsync(Errors.ToRecord(stopped, null));
        }

        await work.EndAsync();
    }

    private string Names => string.Join(", ", _directors.Select(director => director.Name));

    private async Task<(RolloutCourse Course, IReadOnlyList<LvsRolloutTarget> Targets)> ReadDirectorsAsync(
        Dictionary<HostReference, RolloutDirector> directors, RolloutOptions options, RolloutWork work)
    {
        await OnHostsAsync(directors.Keys, async () => await directors[CurrentHost].ReadFactsAsync(options, StopToken));
        RequireAll();
        RolloutSelection.RequireDirectors(ResumeFrom ?? []);
        DirectorCourse course = new(_directors, options, work);
        return (course, course.Targets);
    }

    private async Task<(RolloutCourse Course, IReadOnlyList<LvsRolloutTarget> Targets)> ReadRealServersAsync(
        Dictionary<HostReference, RolloutDirector> directors, RolloutOptions options, RolloutWork work)
    {
        RolloutSelection selection = new();
        await OnHostsAsync(directors.Keys, async () => await directors[CurrentHost].ReadAsync(options, StopToken));
        IReadOnlyList<HostReference> serverHosts = Referenced(RealServerHost);
        await OnHostsAsync(serverHosts, async () => selection.Add(CurrentHost, await RealServerVips.GetOwnAddressesAsync(TargetHost, StopToken)));
        foreach ((HostReference host, IReadOnlyList<LvsServiceSelector>? services, IReadOnlyList<LvsServerSelector>? servers) in _chosen.OrderBy(each => _named.IndexOf(each.Host)))
        {
            selection.Choose(directors[host], services, servers);
        }

        foreach (ErrorRecord missing in selection.Missing(Names))
        {
            await ErrorAsync(missing);
        }

        RequireAll();
        _ = RolloutSelection.AddressesOf(ResumeFrom ?? []).Count();
        return (new RealServerCourse(_directors, options, work), selection.Targets(_directors, serverHosts, isByHosts: _chosen.All(each => each is { Services: null, Servers: null })));
    }

    private void RequireAll()
    {
        if (_failed)
        {
            throw new LvsRolloutException("RolloutNotBegun", "Nothing was begun: all directors must be reached, and all that is named must be there.");
        }
    }

    private RolloutOptions ReadOptions() => new()
    {
        BatchSizes = [.. BatchSize.SelectMany(text => text.Split(',')).Select(text => RequireSome(RolloutQuantity.Parse(text, "size of a batch")))],
        DrainTimeout = DrainTimeout,
        Force = Force,
        HealthTimeout = HealthTimeout,
        RampUp = RampUp,
        RampUpSteps = RampUpSteps,
        Pause = Pause,
        MaxFailures = RolloutQuantity.Parse(MaxFailures, "number of failures"),
        MinimumAvailable = RolloutQuantity.Parse(MinimumAvailable, "minimum"),
        RetryCount = RetryCount,
        Reason = Reason,
        By = $"{Environment.UserName}@{Environment.MachineName}",
    };

    private static RolloutQuantity RequireSome(RolloutQuantity size) =>
        size.Value > 0 ? size : throw new LvsValidationException("InvalidQuantity", "A batch of no hosts never ends: -BatchSize is a count from 1, or a share such as 25%.");

    private async ValueTask<(ILvsHost Host, IpvsClient Client)> OpenAsync(HostReference reference, bool isAgain, CancellationToken stop)
    {
        if (isAgain)
        {
            await Hosts.RestAsync(reference, isLast: true);
        }

        return (Hosts.Get(reference), await Hosts.ConnectAsync(reference, stop));
    }

    // As many as hosts are in work at once: those are not known yet.
    private RolloutScripts Scripts() => new(
        new JobCall(this, new HashSet<string>(), null).CreatePool(int.MaxValue), SessionState.Path.CurrentFileSystemLocation?.ProviderPath, ArgumentList ?? [], ThrottleLimit)
    {
        Tell = (target, told) => _ = TellAsync(target, told),
    };

    private async Task TellAsync(LvsRolloutTarget target, object told)
    {
        try
        {
            await (told switch
            {
                WarningRecord warning => WarningAsync($"{target}: {warning.Message}"),
                VerboseRecord verbose => VerboseAsync($"{target}: {verbose.Message}"),
                _ => InvokeAsync(() => WriteInformation((InformationRecord)told)),
            });
        }
        catch (OperationCanceledException)
        {
            // The pipeline has stopped: nobody hears it.
        }
    }

    /// <summary>What a roll-out asks of this cmdlet.</summary>
    private sealed class RolloutWork(InvokeLvsRolloutCommand command, RolloutScripts scripts, RolloutOptions options, bool isWhatIf, string directors) : IRolloutWork
    {
        internal required RolloutScript Script { get; init; }

        internal required RolloutScript? Check { get; init; }

        internal required RolloutScript? Evacuation { get; init; }

        public bool HasHealthCheck => Check is not null;

        public bool HasEvacuation => Evacuation is not null;

        public ValueTask<bool> ApproveAsync(int batch, int batches, IReadOnlyList<LvsRolloutTarget> targets)
        {
            string which = string.Create(CultureInfo.InvariantCulture, $"batch {batch} of {batches}: {string.Join(", ", targets)}");
            if (command.ParameterSetName == DirectorSet)
            {
                string active = string.Join(", ", targets.Where(target => target.HeldVips.Count > 0));
                string move = active.Length == 0 ? string.Empty
                    : HasEvacuation ? string.Create(CultureInfo.InvariantCulture, $"Move the virtual IPs of {active} away (up to {options.DrainTimeout.TotalSeconds:0.#} s), ")
                    : $"Require that {active} {(targets.Count(target => target.HeldVips.Count > 0) > 1 ? "hold" : "holds")} no virtual IPs any more, ";
                string first = move.Length == 0 ? "Run" : "run";
                return command.ShouldProcessAsync(which, string.Create(
                    CultureInfo.InvariantCulture, $"{move}{first} the script, wait until its table is back{(HasHealthCheck ? " and it is healthy" : string.Empty)} (up to {options.HealthTimeout.TotalSeconds:0.#} s)"));
            }

            string check = HasHealthCheck ? string.Create(CultureInfo.InvariantCulture, $", wait until healthy (up to {options.HealthTimeout.TotalSeconds:0.#} s)") : string.Empty;
            string over = options.RampUp > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $" in {options.RampUpSteps} steps over {options.RampUp.TotalSeconds:0.#} s") : string.Empty;
            return command.ShouldProcessAsync(
                which,
                string.Create(CultureInfo.InvariantCulture, $"Drain at {directors} (up to {options.DrainTimeout.TotalSeconds:0.#} s), run the script{check}, resume{over}"));
        }

        public async ValueTask EvacuateAsync(LvsRolloutTarget target, CancellationToken cancellationToken) =>
            _ = await scripts.RunAsync(Evacuation!, target, cancellationToken);

        public async ValueTask<IReadOnlyList<object>> RunScriptAsync(LvsRolloutTarget target, CancellationToken cancellationToken) =>
            await scripts.RunAsync(Script, target, cancellationToken);

        public async ValueTask<string?> CheckHealthAsync(LvsRolloutTarget target, CancellationToken cancellationToken)
        {
            try
            {
                IReadOnlyList<PSObject> output = await scripts.CheckAsync(Check!, target, cancellationToken);
                return output.FirstOrDefault(value => !LanguagePrimitives.IsTrue(value)) is { } bad ? $"the health check wrote '{bad}'" : null;
            }
            catch (RuntimeException failure)
            {
                return failure.Message;
            }
        }

        public bool IsConnectionError(Exception exception) => RolloutScripts.IsConnectionError(exception);

        public async ValueTask ReportAsync(LvsRolloutResult result, Exception? failure)
        {
            if (isWhatIf)
            {
                return;
            }

            await command.OutputAsync(result);
            if (result.State == LvsRolloutState.Failed)
            {
                string text = $"{result.NetworkNamespace ?? result.HostName}: {result.Error}";
                // What has a name of its own keeps it.
                LvsRolloutException told = failure is LvsRolloutException named ? new(named.Id, text, failure) : new LvsRolloutException("RolloutHostFailed", text, failure);
                await command.ErrorAsync(new ErrorRecord(told, told.Id, ErrorCategory.OperationStopped, result));
            }
        }

        public ValueTask WarnAsync(string message) => command.WarningAsync(message);

        public ValueTask ShowAsync(RolloutProgress progress) => command.ProgressAsync(Record(
            string.Create(CultureInfo.InvariantCulture, $"{progress.Done} of {progress.Total} hosts, batch {progress.Batch} of {progress.Batches}: {progress.Text}"),
            progress.Total == 0 ? 100 : progress.Done * 100 / progress.Total));

        // The streams are closed by now, but not the screen.
        public void Interrupted(IReadOnlyList<LvsRolloutResult> results, IReadOnlyList<LvsRolloutTarget> remaining)
        {
            foreach (LvsRolloutResult result in results)
            {
                command.Host.UI?.WriteWarningLine($"{result.NetworkNamespace ?? result.HostName}: {result.Error}");
            }

            if (remaining.Count > 0)
            {
                command.Host.UI?.WriteWarningLine($"Not attempted: {string.Join(", ", remaining)}.");
            }
        }

        internal ValueTask EndAsync()
        {
            ProgressRecord record = Record("done", 100);
            record.RecordType = ProgressRecordType.Completed;
            return command.ProgressAsync(record);
        }

        private ProgressRecord Record(string status, int percent) => new(command.GetHashCode() & int.MaxValue, command.MyInvocation.MyCommand.Name, status) { PercentComplete = percent };
    }
}
