using System.Management.Automation;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Ipvs;
using LvsAdmin.Parameters;

namespace LvsAdmin.Commands;

/// <summary>A cmdlet that works on a host: which one, its connections for as long as the cmdlet runs, and what becomes of its errors.</summary>
public abstract class LvsHostCommand : AsyncCommand
{
    private readonly HostPool _hosts = new();
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

    /// <summary>The host that the present input object is for.</summary>
    protected ILvsHost TargetHost => _hosts.Get(NetworkNamespace);

    /// <summary>The connection to the IPVS of the host that the present input object is for.</summary>
    protected ValueTask<IpvsClient> ConnectAsync() => _hosts.ConnectAsync(NetworkNamespace, StopToken);

    /// <summary>The connection to the IPVS of another host, from which the present input object came.</summary>
    /// <param name="networkNamespace">Its network namespace of this machine; null for the process's own.</param>
    protected ValueTask<IpvsClient> ConnectAsync(string? networkNamespace) => _hosts.ConnectAsync(networkNamespace, StopToken);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hosts.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>The name of the present host as messages show it.</summary>
    protected string HostText => NetworkNamespace is null
        ? TargetHost.Name
        : $"{TargetHost.Name} (network namespace {NetworkNamespace})";

    /// <summary>Does one piece of work; what goes wrong in it is a non-terminating error, and the next piece goes on.</summary>
    /// <param name="target">The object that the work is about.</param>
    /// <param name="work">The work.</param>
    /// <returns>Whether it was done without an error.</returns>
    protected async ValueTask<bool> AttemptAsync(object? target, Func<ValueTask> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception exception) when (Errors.IsExpected(exception))
        {
            await ErrorAsync(Errors.ToRecord(exception, target));
            return false;
        }
    }
}
