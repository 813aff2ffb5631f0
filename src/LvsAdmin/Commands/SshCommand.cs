using System.Collections;
using System.Collections.Concurrent;
using System.Management.Automation;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Hosts.Ssh;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>
/// A cmdlet that reaches hosts, also over SSH: how they are named and reached, the work on many of them at once, and what becomes of its errors.
/// The parameters have the names that PowerShell's own SSH remoting gives them (New-PSSession).
/// </summary>
public abstract class SshCommand : AsyncCommand
{
    private const int LargestThrottleLimit = 10_000;

    // The host for which the present flow of work is: work on several hosts goes on at the same time.
    private readonly AsyncLocal<HostReference?> _current = new();
    private readonly ConcurrentDictionary<HostReference, bool> _unreachable = [];
    private HashSet<string> _onCommandLine = [];

    /// <summary>
    /// The hosts, reached over SSH: names or addresses as ssh takes them, user@host:port, [2001:db8::1]:22, ranges such as rs[01-20].
    /// localhost alone is this machine.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public virtual string[]? HostName { get; set; }

    /// <summary>The user to log in as, where the host's name does not say it; otherwise as ssh's configuration has it.</summary>
    [Parameter]
    public virtual string? UserName { get; set; }

    /// <summary>The port of the SSH server, 1 to 65535, where the host's name does not say it.</summary>
    [Parameter]
    [Alias("Port")]
    [ValidateRange(1, ushort.MaxValue)]
    public virtual int HostPort { get; set; }

    /// <summary>The file of the private key to log in with.</summary>
    [Parameter]
    [Alias("IdentityFilePath")]
    public virtual string? KeyFilePath { get; set; }

    /// <summary>Options of ssh (ssh_config(5)) and their values, such as @{ ProxyJump = 'gateway' }.</summary>
    [Parameter]
    public virtual Hashtable? Options { get; set; }

    /// <summary>How long to wait for a host until it is ready for work, in milliseconds, 1000 to 86400000; 15000 unless said otherwise.</summary>
    [Parameter]
    [ValidateRange(1000, 86_400_000)]
    public virtual int ConnectingTimeout { get; set; }

    /// <summary>Work as root on the hosts by sudo, which must not ask for a password there.</summary>
    [Parameter]
    public virtual SwitchParameter Sudo { get; set; }

    /// <summary>On how many hosts to work at once; 32 unless said otherwise.</summary>
    [Parameter]
    [ValidateRange(1, LargestThrottleLimit)]
    public virtual int ThrottleLimit { get; set; } = 32;

    /// <summary>The hosts that this command has opened.</summary>
    private protected HostPool Hosts { get; } = new();

    /// <summary>The host that the present work is for.</summary>
    private protected HostReference CurrentHost => _current.Value ?? throw new InvalidOperationException("This work is for no host.");

    /// <summary>The host that the present work is for.</summary>
    protected ILvsHost TargetHost => Hosts.Get(CurrentHost);

    /// <summary>The name of the present host as messages show it.</summary>
    protected string HostText => CurrentHost.ToString();

    /// <summary>The connection to the IPVS of the host that the present work is for.</summary>
    protected ValueTask<IpvsClient> ConnectAsync() => Hosts.ConnectAsync(CurrentHost, StopToken);

    /// <summary>Whether the user typed the parameter (or has a default for it), in contrast to the pipeline's filling it in.</summary>
    protected bool IsOnCommandLine(string parameter) => _onCommandLine.Contains(parameter);

    /// <inheritdoc/>
    protected override Task BeginAsync()
    {
        _onCommandLine = [.. MyInvocation.BoundParameters.Keys];
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Hosts.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        base.Dispose(disposing);
    }

    /// <summary>Does one piece of work; what goes wrong in it is a non-terminating error, and the next piece goes on. If the host as a whole is lost, so is all work on it.</summary>
    /// <param name="target">The object that the work is about; null for the host.</param>
    /// <param name="work">The work.</param>
    /// <returns>Whether it was done without an error.</returns>
    protected async ValueTask<bool> AttemptAsync(object? target, Func<ValueTask> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        try
        {
            await work();
            return true;
        }
        catch (Exception exception) when (Errors.IsExpected(exception) && exception is not LvsConnectionException)
        {
            await ErrorAsync(Errors.ToRecord(exception, target ?? _current.Value?.Name));
            return false;
        }
    }

    /// <summary>Does work on hosts, on several at once. A host that cannot be reached is one error, and the others go on.</summary>
    /// <param name="hosts">The hosts.</param>
    /// <param name="work">The work on the present one of them.</param>
    private protected async Task OnHostsAsync(IReadOnlyCollection<HostReference> hosts, Func<Task> work)
    {
        if (hosts.Count <= 1)
        {
            foreach (HostReference host in hosts)
            {
                await OnHostAsync(host, work);
            }

            return;
        }

        HostProgress progress = new(MyInvocation.MyCommand.Name, hosts.Count);
        ParallelOptions options = new() { MaxDegreeOfParallelism = ThrottleLimit, CancellationToken = StopToken };
        await Parallel.ForEachAsync(hosts, options, async (host, _) =>
        {
            bool reached = await OnHostAsync(host, work);
            if (progress.Count(!reached) is { } record)
            {
                await ProgressAsync(record);
            }
        });
        await ProgressAsync(progress.End());
    }

    /// <summary>Called when a host could not be reached, or was lost.</summary>
    private protected virtual void Lost(HostReference host)
    {
    }

    /// <summary>Hosts by their names and the parameters that tell how they are reached.</summary>
    /// <param name="names">As the user wrote them.</param>
    /// <exception cref="LvsValidationException">A name, or a parameter, is none that ssh may be given.</exception>
    private protected IReadOnlyList<HostReference> ByName(IEnumerable<string> names) =>
        [.. HostNames.Expand(names).Select(target => (HostReference)new HostReference.Ssh(Reached(target), $"{target}")).Distinct()];

    /// <summary>Hosts as a parameter beside the host parameters names them. What the command line says of how hosts are reached holds for them too.</summary>
    /// <param name="arguments">As the user gave them; null for none.</param>
    /// <exception cref="LvsValidationException">A name, or a value beside it, is none that ssh may be given.</exception>
    private protected IReadOnlyList<HostReference> Referenced(IEnumerable<LvsHostArgument>? arguments) =>
        [.. (arguments ?? []).SelectMany(argument => HostArguments.Resolve(argument, Reached, GetUnresolvedProviderPathFromPSPath)).Distinct()];

    /// <summary>The host with an address, as the command line says how it is reached.</summary>
    private protected HostReference ByAddress(LvsAddress address) => new HostReference.Ssh(Reached(new SshTarget($"{address}")), $"{address}");

    /// <summary>A target with what the command line says of how it is reached.</summary>
    private protected SshTarget Reached(SshTarget target) => target with
    {
        UserName = target.UserName ?? UserName,
        Port = target.Port ?? (HostPort == 0 ? null : HostPort),
        KeyFilePath = KeyFilePath is null ? target.KeyFilePath : GetUnresolvedProviderPathFromPSPath(KeyFilePath),
        Options = Options is null ? target.Options : OptionsOf(Options),
        ConnectingTimeout = ConnectingTimeout == 0 ? target.ConnectingTimeout : TimeSpan.FromMilliseconds(ConnectingTimeout),
        Sudo = Sudo || target.Sudo,
    };

    /// <summary>Whether the command line says how hosts are reached.</summary>
    private protected bool IsReachGiven =>
        IsOnCommandLine(nameof(UserName)) || IsOnCommandLine(nameof(HostPort)) || IsOnCommandLine(nameof(KeyFilePath)) || IsOnCommandLine(nameof(Options))
        || IsOnCommandLine(nameof(ConnectingTimeout)) || IsOnCommandLine(nameof(Sudo));

    private static Dictionary<string, string> OptionsOf(Hashtable options) => options.Cast<DictionaryEntry>()
        .ToDictionary(entry => $"{entry.Key}", entry => LanguagePrimitives.ConvertTo<string>(entry.Value) ?? string.Empty, StringComparer.OrdinalIgnoreCase);

    private async Task<bool> OnHostAsync(HostReference host, Func<Task> work)
    {
        if (_unreachable.ContainsKey(host))
        {
            await VerboseAsync($"{host} could not be reached before: nothing more is tried there.");
            return false;
        }

        HostReference? outer = _current.Value;
        _current.Value = host;
        try
        {
            await work();
            return true;
        }
        catch (Exception exception) when (Errors.IsExpected(exception))
        {
            if (exception is LvsConnectionException)
            {
                _unreachable[host] = true;
            }

            Lost(host);
            await ErrorAsync(Errors.ToRecord(exception, host.Name));
            return false;
        }
        finally
        {
            _current.Value = outer;
            await Hosts.RestAsync(host, isLast: !MyInvocation.ExpectingInput && MyInvocation.PipelinePosition == MyInvocation.PipelineLength);
        }
    }
}
