using System.Collections;
using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>
/// Opens connections to hosts that live across commands: the second command on a host no longer waits for a login. Or makes simulated hosts, on which all
/// commands work without a director.
/// </summary>
[Cmdlet(VerbsCommon.New, "LvsSession", DefaultParameterSetName = SshSet)]
[OutputType(typeof(LvsSession))]
public sealed class NewLvsSessionCommand : SshCommand
{
    private const string SshSet = "Ssh";
    private const string SimulatedSet = "Simulated";
    private const string DefaultSimulatedName = "simulated";

    /// <summary>
    /// The hosts, reached over SSH: names or addresses as ssh takes them, user@host:port, [2001:db8::1]:22, ranges such as rs[01-20]. With -Simulated only names.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = SshSet, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(Position = 0, ParameterSetName = SimulatedSet, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public override string[]? HostName { get; set; }

    /// <summary>The names of the sessions, one for each host in their order; those without one get LvsSession and a number.</summary>
    [Parameter]
    public string[]? Name { get; set; }

    /// <summary>Make hosts in memory, with the IPVS of a kernel and a small network, instead of connecting to any.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SimulatedSet)]
    public SwitchParameter Simulated { get; set; }

    /// <inheritdoc/>
    [Parameter(ParameterSetName = SshSet)]
    public override string? UserName { get; set; }

    /// <inheritdoc/>
    [Parameter(ParameterSetName = SshSet)]
    [Alias("Port")]
    [ValidateRange(1, ushort.MaxValue)]
    public override int HostPort { get; set; }

    /// <inheritdoc/>
    [Parameter(ParameterSetName = SshSet)]
    [Alias("IdentityFilePath")]
    public override string? KeyFilePath { get; set; }

    /// <inheritdoc/>
    [Parameter(ParameterSetName = SshSet)]
    public override Hashtable? Options { get; set; }

    /// <inheritdoc/>
    [Parameter(ParameterSetName = SshSet)]
    [ValidateRange(1000, 86_400_000)]
    public override int ConnectingTimeout { get; set; }

    /// <inheritdoc/>
    [Parameter(ParameterSetName = SshSet)]
    public override SwitchParameter Sudo { get; set; }

    /// <inheritdoc/>
    [Parameter(ParameterSetName = SshSet)]
    [ValidateRange(1, 10_000)]
    public override int ThrottleLimit { get; set; } = 32;

    private readonly List<HostReference> _hosts = [];

    /// <inheritdoc/>
    protected override Task ProcessAsync()
    {
        try
        {
            // All together: a list of names through the pipeline opens as fast as one on the command line.
            _hosts.AddRange(ByName(HostName ?? [DefaultSimulatedName]).Except(_hosts));
        }
        catch (LvsValidationException exception)
        {
            ThrowTerminatingError(Errors.ToRecord(exception, HostName));
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task EndAsync() => Simulated ? SimulateAsync() : OnHostsAsync(_hosts, async () =>
    {
        HostReference.Ssh host = (HostReference.Ssh)CurrentHost;
        await OutputAsync(await LvsSession.OpenAsync(host.Target, host.Name, NameOf(host), StopToken));
    });

    private async Task SimulateAsync()
    {
        foreach (HostReference.Ssh host in _hosts.Cast<HostReference.Ssh>())
        {
            // Objects of that name would lead to this machine.
            if (string.Equals(host.Name, HostReference.Local.HostName, StringComparison.OrdinalIgnoreCase))
            {
                await ErrorAsync(Errors.ToRecord(new LvsValidationException("InvalidHostName", $"A simulated host cannot have the name {host.Name}, which is this machine's."), host.Name));
                continue;
            }

            await OutputAsync(LvsSession.Simulate(host.Name, NameOf(host)));
        }
    }

    private string? NameOf(HostReference host) => Name?.ElementAtOrDefault(_hosts.IndexOf(host));
}
