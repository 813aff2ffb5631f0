using System.Collections.Concurrent;
using System.Management.Automation;
using LvsAdmin.Core.Diagnosis;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>
/// Finds out why virtual services do not answer: looks at their directors, at the hosts of the real servers and at a client, and tells of each cause where it
/// is, why it matters and the line that mends it.
/// </summary>
[Cmdlet(VerbsDiagnostic.Test, "LvsDeployment", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = ServiceSet)]
[OutputType(typeof(LvsDeploymentCheck), typeof(bool))]
public sealed class TestLvsDeploymentCommand : VirtualServiceCommand
{
    // The directors in the order in which they came, and what was chosen at each; null for all.
    private readonly ConcurrentQueue<(HostReference Host, IReadOnlyList<LvsServiceSelector>? Chosen)> _directors = [];
    private readonly ConcurrentDictionary<ILvsHost, HostReference> _references = [];

    // As they were named: what is asked of several at once comes in any order.
    private readonly List<HostReference> _named = [];
    private bool _lost;
    private bool _isServing;
    private PowerShell? _remedy;

    /// <summary>
    /// The hosts of the real servers: names as -HostName takes them, netns:rs1 for network namespaces of this machine, sessions of New-LvsSession, or tables of
    /// host parameters. Which of them is which real server, their addresses tell.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public LvsHostArgument[]? RealServerHost { get; set; }

    /// <summary>Reach each real server whose host was not named over SSH by its own address.</summary>
    [Parameter]
    public SwitchParameter OnRealServer { get; set; }

    /// <summary>A host that clients ask from, or their router: whom it takes for the director is looked at too. Named as for -RealServerHost.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public LvsHostArgument? From { get; set; }

    /// <summary>Carry out the lines that mend what was found, each after a question, and look again; what is left is told.</summary>
    [Parameter]
    public SwitchParameter Repair { get; set; }

    /// <summary>Write only what failed, and with -Repair what was mended.</summary>
    [Parameter]
    public SwitchParameter FailedOnly { get; set; }

    /// <summary>Write one Boolean instead of the results: true if services were looked at and nothing bad was found.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    private protected override void Lost(HostReference host) => _lost = true;

    // One job looks at all directors.
    private protected override IReadOnlyCollection<HostReference> ChooseHosts()
    {
        IReadOnlyCollection<HostReference> hosts = AsJob ? [.. base.ChooseHosts().Take(1)] : base.ChooseHosts();
        _named.AddRange(hosts);
        return hosts;
    }

    /// <inheritdoc/>
    protected override Task ProcessHostAsync()
    {
        IReadOnlyList<LvsServiceSelector>? chosen = ChosenServices();
        if (chosen is null && InputObject is not null && OriginOf(InputObject) is null)
        {
            ThrowTerminatingError(Errors.ServiceMissing(InputObject));
        }

        _directors.Enqueue((CurrentHost, chosen));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task FinishAsync()
    {
        if (_directors.IsEmpty)
        {
            return;
        }

        IReadOnlyList<LvsDeploymentCheck> checks = [];
        try
        {
            checks = await LookAsync();
        }
        catch (LvsValidationException exception)
        {
            ThrowTerminatingError(Errors.ToRecord(exception, null));
        }

        foreach (LvsDeploymentCheck check in Quiet ? [] : checks.Where(check => !FailedOnly || check.Outcome == LvsCheckOutcome.Failed || check.Repaired))
        {
            await OutputAsync(check);
        }

        if (Quiet)
        {
            await OutputAsync(!_lost && _isServing && checks.All(check => check.Outcome != LvsCheckOutcome.Failed));
        }
    }

    /// <inheritdoc/>
    protected override void StopProcessing()
    {
        _remedy?.BeginStop(null, null);
        base.StopProcessing();
    }

    private async ValueTask<IReadOnlyList<LvsDeploymentCheck>> LookAsync()
    {
        HostReference[] directors = [.. _directors.Select(each => each.Host).Distinct().OrderBy(_named.IndexOf)];
        IReadOnlyList<HostReference> servers = Referenced(RealServerHost);
        IReadOnlyList<HostReference> client = Referenced(From is null ? [] : [From]);
        if (client.Count > 1)
        {
            throw new LvsValidationException("InvalidHost", $"-From names {client.Count} hosts: clients are looked at one at a time.");
        }

        LvsDeployment deployment = new(
            [.. directors.Select(host => new LvsDeploymentDirector(Opened(host), stop => Hosts.ConnectAsync(host, stop), id => IsChosen(host, id)))],
            [.. servers.Select(Opened)],
            OnRealServer ? address => Opened(ByAddress(address)) : null,
            client.Count == 0 ? null : Opened(client[0]))
        {
            Lost = async (host, failure) =>
            {
                _lost = true;
                await ErrorAsync(Errors.ToRecord(failure, host.Name));
            },
        };
        IReadOnlyList<LvsDeploymentCheck> checks = await CheckAsync(deployment);
        _isServing = deployment.Services is { Count: > 0 };
        await ReportMissingAsync(deployment);
        if (Repair)
        {
            checks = await LvsDeployment.RepairAsync(checks, MendAsync, () => CheckAsync(deployment));
        }

        // By host, as the views show it; on each in the order of the rules.
        string?[] order = [.. directors.Concat(servers).Concat(client).Select(Opened).Select(host => $"{host.Name} {host.NetworkNamespace}")];
        return [.. checks.OrderBy(check => Array.IndexOf(order, $"{check.HostName} {check.NetworkNamespace}") is >= 0 and var index ? index : order.Length)];
    }

    private async ValueTask<IReadOnlyList<LvsDeploymentCheck>> CheckAsync(LvsDeployment deployment)
    {
        List<LvsDeploymentCheck> checks = [];
        await foreach (LvsDeploymentCheck check in deployment.CheckAsync(
            (cause, index) => ProgressAsync(Progress($"looking for {cause}", index * 100 / LvsDeployment.RuleCount, ProgressRecordType.Processing)), StopToken))
        {
            checks.Add(check);
        }

        await ProgressAsync(Progress("done", 100, ProgressRecordType.Completed));
        return checks;
    }

    // A service that was named exactly has to be on one of the directors at least: that one of a pair lacks it is a finding.
    private async ValueTask ReportMissingAsync(LvsDeployment deployment)
    {
        if (deployment.Services is not { } known)
        {
            return;
        }

        foreach (LvsServiceSelector selector in _directors.SelectMany(each => each.Chosen ?? []).DistinctBy(selector => selector.Text))
        {
            if (selector is { Id: null, IsWildcard: false })
            {
                _lost = true;
                await ErrorAsync(Errors.InvalidService(selector));
            }
            else if (selector.Id is { } id && !known.Contains(id))
            {
                _lost = true;
                await ErrorAsync(Errors.ServiceNotFound(id, string.Join(" and ", _directors.Select(each => $"{each.Host}").Distinct())));
            }
        }
    }

    private bool IsChosen(HostReference host, LvsServiceId id) =>
        _directors.Any(each => each.Host == host && (each.Chosen is null || each.Chosen.Any(selector => selector.Matches(id))));

    private async ValueTask<bool> MendAsync(LvsDeploymentCheck check)
    {
        if (!await ShouldProcessAsync($"{check.Cause} on {Place(check)}", $"{check.Remedy}"))
        {
            return false;
        }

        for (LvsRemedy? step = check.Remedy; step is not null && await CallAsync(step, check); step = step.Then)
        {
        }

        return true;
    }

    /// <summary>Carries out one line: a call of the cmdlet with its parameters as they are. No text is read as a command.</summary>
    private async ValueTask<bool> CallAsync(LvsRemedy remedy, LvsDeploymentCheck check)
    {
        bool good = false;
        await OnPipelineAsync(() => good = Call(remedy, check));
        return good;
    }

    private bool Call(LvsRemedy remedy, LvsDeploymentCheck check)
    {
        WriteVerbose($"{remedy}");
        using PowerShell call = PowerShell.Create(RunspaceMode.CurrentRunspace);
        call.AddCommand($@"{MyInvocation.MyCommand.ModuleName}\{remedy.Command}");
        foreach ((string name, object value) in remedy.Parameters)
        {
            call.AddParameter(name, value);
        }

        // The question was asked here.
        call.AddParameter("Confirm", false);
        AddHost(call, remedy.Host);
        _remedy = call;
        try
        {
            call.Invoke();
        }
        catch (RuntimeException failure) when (failure is not PipelineStoppedException)
        {
            WriteError(new ErrorRecord(failure.ErrorRecord.Exception, failure.ErrorRecord.FullyQualifiedErrorId.Split(',')[0], failure.ErrorRecord.CategoryInfo.Category, check));
            return false;
        }
        finally
        {
            _remedy = null;
        }

        foreach (WarningRecord warning in call.Streams.Warning)
        {
            WriteWarning(warning.Message);
        }

        foreach (ErrorRecord error in call.Streams.Error)
        {
            WriteError(new ErrorRecord(error.Exception, error.FullyQualifiedErrorId.Split(',')[0], error.CategoryInfo.Category, check));
        }

        return !call.HadErrors;
    }

    private void AddHost(PowerShell call, ILvsHost? host)
    {
        switch (host is null ? null : _references.GetValueOrDefault(host))
        {
            case HostReference.Local { NetworkNamespace: { } space }:
                call.AddParameter(nameof(NetworkNamespace), space);
                break;
            case HostReference.Session session:
                call.AddParameter(nameof(LvsSession), session.Opened);
                break;
            case HostReference.Ssh ssh:
                // The very name: it tells how the host was reached (HostOrigins).
                call.AddParameter(nameof(HostName), ssh.Name);
                break;
            default:
                // Nothing that $PSDefaultParameterValues says of hosts is meant here.
                call.AddParameter(nameof(HostName), HostReference.Local.HostName);
                break;
        }
    }

    private ILvsHost Opened(HostReference reference)
    {
        ILvsHost host = Hosts.Get(reference);
        _references[host] = reference;
        return host;
    }

    private static string Place(LvsDeploymentCheck check) =>
        check.NetworkNamespace is null ? check.HostName : $"{check.HostName} (network namespace {check.NetworkNamespace})";

    private ProgressRecord Progress(string status, int percent, ProgressRecordType type) =>
        new(GetHashCode() & int.MaxValue, MyInvocation.MyCommand.Name, status) { PercentComplete = percent, RecordType = type };
}
