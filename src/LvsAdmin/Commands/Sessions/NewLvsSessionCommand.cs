using System.Management.Automation;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>Opens connections to hosts that live across commands: the second command on a host no longer waits for a login.</summary>
[Cmdlet(VerbsCommon.New, "LvsSession")]
[OutputType(typeof(LvsSession))]
public sealed class NewLvsSessionCommand : SshCommand
{
    /// <summary>
    /// The hosts, reached over SSH: names or addresses as ssh takes them, user@host:port, [2001:db8::1]:22, ranges such as rs[01-20].
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public override string[]? HostName { get; set; }

    /// <summary>The names of the sessions, one for each host in their order; those without one get LvsSession and a number.</summary>
    [Parameter]
    public string[]? Name { get; set; }

    private readonly List<HostReference> _hosts = [];

    /// <inheritdoc/>
    protected override Task ProcessAsync()
    {
        try
        {
            // All together: a list of names through the pipeline opens as fast as one on the command line.
            _hosts.AddRange(ByName(HostName!).Except(_hosts));
        }
        catch (LvsValidationException exception)
        {
            ThrowTerminatingError(Errors.ToRecord(exception, HostName));
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task EndAsync() => OnHostsAsync(_hosts, async () =>
    {
        HostReference.Ssh host = (HostReference.Ssh)CurrentHost;
        await OutputAsync(await LvsSession.OpenAsync(host.Target, host.Name, Name?.ElementAtOrDefault(_hosts.IndexOf(host)), StopToken));
    });
}
