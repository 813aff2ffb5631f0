using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace LvsAdmin.Commands.Jobs;

/// <summary>A command that works on hosts in the background: a child job a host, as Invoke-Command -AsJob has it.</summary>
internal sealed class LvsJob : Job
{
    /// <summary>What Get-Job shows as the type.</summary>
    internal const string TypeName = "LvsAdmin";

    /// <summary>How long a host may take to stop.</summary>
    internal static readonly TimeSpan StopWait = TimeSpan.FromMilliseconds(900);

    private readonly object _gate = new();
    private readonly HostJob[] _hosts;

    /// <param name="call">The command.</param>
    /// <param name="name">The job's name; null for one by its number.</param>
    /// <param name="hosts">The hosts' parts.</param>
    internal LvsJob(JobCall call, string? name, IEnumerable<HostJob> hosts)
        : base(call.Text, name)
    {
        _hosts = [.. hosts];
        PSJobTypeName = TypeName;
        foreach (HostJob host in _hosts)
        {
            ChildJobs.Add(host);
        }
    }

    /// <inheritdoc/>
    public override string Location => string.Join(',', _hosts.Select(host => host.Location));

    /// <inheritdoc/>
    public override string StatusMessage => string.Empty;

    /// <inheritdoc/>
    public override bool HasMoreData => _hosts.Any(host => host.HasMoreData);

    /// <summary>Starts it.</summary>
    /// <param name="pool">Where, not yet open; closed when all have ended.</param>
    internal void Start(RunspacePool pool)
    {
        SetJobState(JobState.Running);
        foreach (HostJob host in _hosts)
        {
            host.StateChanged += (_, _) => Sum(pool);
        }

        _ = Task.Run(() =>
        {
            try
            {
                pool.Open();
            }
            catch (Exception exception) when (exception is RuntimeException or InvalidOperationException)
            {
                Array.ForEach(_hosts, host => host.Fail(exception));
                return;
            }

            Array.ForEach(_hosts, host => host.Start(pool));
            Sum(pool);
        });
    }

    /// <inheritdoc/>
    public override void StopJob()
    {
        Array.ForEach(_hosts, host => host.BeginStop());
        DateTime end = DateTime.UtcNow + StopWait;
        foreach (HostJob host in _hosts)
        {
            TimeSpan left = end - DateTime.UtcNow;
            host.EndStop(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            StopJob();
            Array.ForEach(_hosts, host => host.Dispose());
        }

        base.Dispose(disposing);
    }

    // The job has ended when all hosts have; it has failed when one has.
    private void Sum(RunspacePool pool)
    {
        if (!_hosts.All(host => host.IsFinished))
        {
            return;
        }

        lock (_gate)
        {
            if (JobStateInfo.State != JobState.Running)
            {
                return;
            }

            SetJobState(
                _hosts.Any(host => host.JobStateInfo.State == JobState.Failed) ? JobState.Failed
                : _hosts.Any(host => host.JobStateInfo.State == JobState.Stopped) ? JobState.Stopped
                : JobState.Completed);
        }

        // Not here: this may be a thread of the pool, which closing it waits for.
        _ = Task.Run(pool.Dispose);
    }
}
