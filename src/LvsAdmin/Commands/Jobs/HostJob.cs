using System.Management.Automation;
using System.Management.Automation.Runspaces;
using LvsAdmin.Commands.Remoting;
using LvsAdmin.Core.Hosts;

namespace LvsAdmin.Commands.Jobs;

/// <summary>One host's part of a job: the same command, on that host alone.</summary>
internal sealed class HostJob : Job
{
    private readonly object _gate = new();
    private readonly PowerShell _shell = PowerShell.Create();
    private readonly JobCall _call;
    private readonly PSDataCollection<object?>? _input;
    private volatile bool _hostFailed;

    /// <param name="call">The command.</param>
    /// <param name="host">The host.</param>
    /// <param name="input">Its pipeline's input; null where it is not in a pipeline.</param>
    internal HostJob(JobCall call, HostReference host, PSDataCollection<object?>? input)
        : base(call.Text, name: null)
    {
        _call = call;
        _input = input;
        Location = host.ToString();
        PSJobTypeName = LvsJob.TypeName;
        PSDataStreams streams = _shell.Streams;
        streams.Error = Error;
        streams.Warning = Warning;
        streams.Verbose = Verbose;
        streams.Debug = Debug;
        streams.Progress = Progress;
        streams.Information = Information;
        // Looked at on their way in: Receive-Job may take them out at any time.
        Error.DataAdding += (_, adding) => _hostFailed |= adding.ItemAdded is ErrorRecord { Exception: LvsConnectionException or RemoteSessionException };
        _shell.AddCommand(call.Name);
        foreach ((string name, object? value) in call.ParametersFor(host))
        {
            _shell.AddParameter(name, value);
        }
    }

    /// <summary>The host.</summary>
    public override string Location { get; }

    /// <inheritdoc/>
    public override string StatusMessage => string.Empty;

    /// <inheritdoc/>
    public override bool HasMoreData =>
        Output.Count > 0 || Error.Count > 0 || Warning.Count > 0 || Verbose.Count > 0 || Debug.Count > 0 || Progress.Count > 0 || Information.Count > 0;

    /// <summary>Whether it has come to its end.</summary>
    internal bool IsFinished => JobStateInfo.State is JobState.Completed or JobState.Failed or JobState.Stopped;

    /// <inheritdoc/>
    public override void StopJob()
    {
        BeginStop();
        EndStop(LvsJob.StopWait);
    }

    /// <summary>Starts it in the next free runspace.</summary>
    internal void Start(RunspacePool pool)
    {
        lock (_gate)
        {
            if (IsFinished)
            {
                return;
            }

            SetJobState(JobState.Running);
        }

        try
        {
            _shell.RunspacePool = pool;
            _shell.BeginInvoke(_input, Output, new PSInvocationSettings { Host = new JobHost(Information) }, End, null);
        }
        catch (Exception exception) when (exception is InvalidOperationException or RuntimeException)
        {
            Fail(exception);
        }
    }

    /// <summary>Ends it by an error before it could start, or of itself.</summary>
    internal void Fail(Exception exception)
    {
        Error.Add((exception as RuntimeException)?.ErrorRecord ?? new ErrorRecord(exception, "JobFailed", ErrorCategory.NotSpecified, Location));
        Finish(JobState.Failed);
    }

    /// <summary>Asks it to stop, without waiting.</summary>
    internal void BeginStop()
    {
        lock (_gate)
        {
            if (IsFinished)
            {
                return;
            }

            SetJobState(JobState.Stopping);
        }

        try
        {
            _shell.BeginStop(static _ => { }, null);
        }
        catch (Exception exception) when (exception is InvalidOperationException or RuntimeException)
        {
            // It has not begun, or has just ended.
        }
    }

    /// <summary>Waits for it to stop; then it counts as stopped, whatever a host still does.</summary>
    internal void EndStop(TimeSpan wait)
    {
        Finished.WaitOne(wait);
        Finish(JobState.Stopped);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !IsFinished)
        {
            StopJob();
        }

        base.Dispose(disposing);
    }

    private void End(IAsyncResult result)
    {
        try
        {
            _shell.EndInvoke(result);
            Finish(_hostFailed ? JobState.Failed : JobState.Completed);
        }
        catch (PipelineStoppedException)
        {
            Finish(JobState.Stopped);
        }
        catch (Exception exception) when (exception is RuntimeException or InvalidOperationException)
        {
            Fail(exception);
        }
        finally
        {
            _shell.Dispose();
        }
    }

    private void Finish(JobState state)
    {
        lock (_gate)
        {
            if (!IsFinished)
            {
                SetJobState(state);
            }
        }
    }
}
