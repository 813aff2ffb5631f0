using System.Management.Automation;
using System.Management.Automation.Runspaces;
using LvsAdmin.Commands.Jobs;
using LvsAdmin.Commands.Remoting;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>
/// A cmdlet that works on hosts: this machine unless said otherwise. Where the same is said in several ways, what the user typed counts most, then
/// what a piped object tells of its own host, then the user's default values ($PSDefaultParameterValues).
/// </summary>
public abstract class LvsHostCommand : SshCommand
{
    private static readonly string[] HostParameters = [nameof(NetworkNamespace), nameof(HostName), nameof(LvsSession), nameof(Session)];

    private readonly HashSet<string> _typed = [];
    private HostReference[]? _typedHosts;
    private RemoteFanOut? _remote;
    private BackgroundWork? _background;
    private string? _networkNamespace;

    /// <summary>
    /// The network namespace of this machine to work in: its name (ip netns), the path of a namespace file, or a process id. IPVS tables,
    /// addresses and kernel parameters are per namespace, and containers hide theirs in one.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(NetworkNamespaceCompleter))]
    public string? NetworkNamespace
    {
        get => _networkNamespace;
        // What comes through the pipeline from this process's own namespace has none.
        set => _networkNamespace = string.IsNullOrEmpty(value) ? null : value;
    }

    /// <summary>Hosts by the open sessions of New-LvsSession.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public LvsSession[]? LvsSession { get; set; }

    /// <summary>
    /// Hosts by open PowerShell sessions (New-PSSession), in which this very command is run: they need this module (Install-LvsModule).
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public virtual PSSession[]? Session { get; set; }

    /// <summary>Work in the background, by a job with a child job for each host, and write that job.</summary>
    [Parameter]
    public virtual SwitchParameter AsJob { get; set; }

    /// <summary>The job's name.</summary>
    [Parameter]
    public virtual string? JobName { get; set; }

    /// <summary>An object that tells its host: what another cmdlet of this module wrote.</summary>
    [Parameter(ValueFromPipeline = true)]
    public virtual PSObject? InputObject { get; set; }

    /// <summary>Whether the cmdlet itself reads <see cref="InputObject"/>, besides its host.</summary>
    private protected virtual bool ReadsInputObject => false;

    /// <summary>Ends the command when a switch that chooses hosts by itself stands beside hosts that the user typed.</summary>
    private protected void RefuseHostsBeside(bool isSet, string parameter)
    {
        if (isSet && _typed.Count > 0)
        {
            ThrowTerminatingError(Errors.HostNamedTwice([.. _typed, parameter]));
        }
    }

    /// <summary>The work for one input object on the present host.</summary>
    protected abstract Task ProcessHostAsync();

    /// <summary>The work after the last input object, for no host in particular.</summary>
    protected virtual Task FinishAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    protected override async Task BeginAsync()
    {
        await base.BeginAsync();
        foreach (string parameter in HostParameters)
        {
            if (IsOnCommandLine(parameter) && !DefaultParameters.Gave(this, parameter))
            {
                _typed.Add(parameter);
            }
        }

        // In a session, it is that machine's namespace.
        if (_typed.Count > 1 && !_typed.SetEquals([nameof(Session), nameof(NetworkNamespace)]))
        {
            ThrowTerminatingError(Errors.HostNamedTwice(_typed));
        }
    }

    /// <inheritdoc/>
    protected sealed override async Task ProcessAsync()
    {
        IReadOnlyCollection<HostReference> hosts = [];
        InputObject = Revival.Of(InputObject);
        try
        {
            hosts = ChooseHosts();
        }
        catch (LvsValidationException exception)
        {
            ThrowTerminatingError(Errors.ToRecord(exception, HostName));
        }

        if (AsJob)
        {
            _background ??= new BackgroundWork(this, new JobCall(this, TypedParameters([]), _typed.Contains(nameof(NetworkNamespace)) ? NetworkNamespace : null));
            _background.Add(hosts, InputObject);
            return;
        }

        if (hosts.Any(host => host is HostReference.Remote))
        {
            _remote ??= new RemoteFanOut(this, TypedParameters(LocalParameters), ThrottleLimit, InvokeAsync, TakeFromSession, StopToken);
            await _remote.ProcessAsync([.. hosts.OfType<HostReference.Remote>()]);
            hosts = [.. hosts.Where(host => host is not HostReference.Remote)];
        }

        await OnHostsAsync(hosts, ProcessHostAsync);
    }

    /// <inheritdoc/>
    protected sealed override async Task EndAsync()
    {
        if (AsJob)
        {
            if (_background is not null)
            {
                await OutputAsync(_background.Start(JobName, ThrottleLimit));
            }

            return;
        }

        if (_remote is not null)
        {
            foreach (HostReference failed in await _remote.EndAsync())
            {
                Lost(failed);
            }

            // What the sessions wrote is taken on the pipeline's thread: FinishAsync sees all of it.
            await OnPipelineAsync(() => true);
        }

        await FinishAsync();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _remote?.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Parameters of this cmdlet that mean nothing for the single host: a command in a session is called without them.</summary>
    private protected virtual IReadOnlyCollection<string> LocalParameters => [];

    /// <summary>Looks at what a command in a session has written.</summary>
    /// <returns>Whether it has been taken, and is not to be written here.</returns>
    private protected virtual bool TakeFromSession(PSObject value) => false;

    /// <summary>The hosts that the present input object is for.</summary>
    private protected virtual IReadOnlyCollection<HostReference> ChooseHosts()
    {
        if (_typed.Count > 0)
        {
            return _typedHosts ??= [.. Named(_typed.Contains)];
        }

        if (OriginOf(InputObject) is { } origin)
        {
            // How the host is reached may have been typed without its name.
            return [origin is HostReference.Ssh known && IsReachGiven ? new HostReference.Ssh(Reached(known.Target), known.Name) : origin];
        }

        if (InputObject is not null && !ReadsInputObject && MyInvocation.BoundParameters.Keys.All(name => name == nameof(InputObject) || IsOnCommandLine(name)))
        {
            // Every object fits InputObject: without this, a list of names piped in by mistake would be so many times this machine.
            ThrowTerminatingError(Errors.InputUnknown(InputObject));
        }

        return [.. Named(IsOnCommandLine)];
    }

    /// <summary>The host that an object came from; null when it does not say.</summary>
    private protected HostReference? OriginOf(PSObject? input)
    {
        if (input?.Properties[nameof(HostName)]?.Value is not { } value || LanguagePrimitives.ConvertTo<string>(value) is not { Length: > 0 } name)
        {
            return null;
        }

        if (name == HostReference.Local.HostName)
        {
            string? networkNamespace = LanguagePrimitives.ConvertTo<string>(input.Properties[nameof(NetworkNamespace)]?.Value);
            return new HostReference.Local(string.IsNullOrEmpty(networkNamespace) ? null : networkNamespace);
        }

        // The very string that the object carries: another one, which says the same, does not tell how the host was reached.
        return HostOrigins.Find(value as string ?? name) ?? ByName([name]).Single();
    }

    // What a command in a session is called with: a default (-NetworkNamespace of $PSDefaultParameterValues) that says where to work is about here.
    private HashSet<string> TypedParameters(IReadOnlyCollection<string> except) =>
    [
        .. MyInvocation.BoundParameters.Keys.Where(name => IsOnCommandLine(name) && !except.Contains(name)
            && (name != nameof(NetworkNamespace) || _typed.Contains(name))),
    ];

    // The hosts that parameters name: those that the user typed, or all of which there are values.
    private IEnumerable<HostReference> Named(Predicate<string> counts)
    {
        if (counts(nameof(Session)) && Session is not null)
        {
            return Session.Select(HostReference.Remote.Of).Distinct();
        }

        if (counts(nameof(LvsSession)) && LvsSession is not null)
        {
            return LvsSession.Distinct().Select(session => new HostReference.Session(session));
        }

        if (counts(nameof(HostName)))
        {
            HostReference[] named = [.. (HostName ?? []).SelectMany(ByTypedName).Distinct()];
            // An empty list is a slip, such as an empty file, and must not become this machine.
            return named.Length > 0 ? named : throw new LvsValidationException("InvalidHostName", "-HostName names no host: the list is empty.");
        }

        return [new HostReference.Local(counts(nameof(NetworkNamespace)) ? NetworkNamespace : null)];
    }

    private IEnumerable<HostReference> ByTypedName(string name)
    {
        if (string.Equals(name, HostReference.Local.HostName, StringComparison.OrdinalIgnoreCase))
        {
            return [new HostReference.Local(null)];
        }

        // Such as -HostName $server.HostName.
        return HostOrigins.Find(name) is { } known && !IsReachGiven ? [known] : ByName([name]);
    }
}
