using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Threading.Channels;

namespace LvsAdmin.Commands.Remoting;

/// <summary>
/// One cmdlet's call made in several sessions at once. Its input goes to them as it comes, so that there as here one call sees all of the pipeline;
/// what they write comes back as it comes.
/// </summary>
/// <param name="cmdlet">The local cmdlet, whose call is repeated.</param>
/// <param name="throttleLimit">How many sessions may work at once.</param>
/// <param name="sink">Where everything that comes back goes.</param>
/// <param name="cancellationToken">Stops all of them.</param>
internal sealed class RemoteFanOut(PSCmdlet cmdlet, int throttleLimit, IRemoteSink sink, CancellationToken cancellationToken) : IDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private readonly Dictionary<Guid, PSDataCollection<object?>?> _inputs = [];
    private readonly List<Task<bool>> _runs = [];
    private readonly SemaphoreSlim _turns = new(throttleLimit);
    private readonly Channel<Action<PSCmdlet>> _events = Channel.CreateUnbounded<Action<PSCmdlet>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly RemoteCommand _command = RemoteCommand.Of(cmdlet);
    private readonly HashSet<string> _onCommandLine = new(cmdlet.MyInvocation.BoundParameters.Keys, StringComparer.OrdinalIgnoreCase);

    /// <summary>Starts the call in sessions; in one that it was started in already, nothing is done. To be called first before any input.</summary>
    internal void Start(IEnumerable<PSSession> sessions)
    {
        foreach (PSSession session in sessions)
        {
            if (!_inputs.ContainsKey(session.InstanceId))
            {
                PSDataCollection<object?>? input = cmdlet.MyInvocation.ExpectingInput ? [] : null;
                _inputs.Add(session.InstanceId, input);
                _runs.Add(RunAsync(new RemoteInvocation(session, _command, input, action => _events.Writer.TryWrite(action))));
            }
        }
    }

    /// <summary>Gives the present input object to sessions, which are started where they were not, and writes what has come back so far.</summary>
    internal async Task ProcessAsync(IReadOnlyCollection<PSSession> sessions)
    {
        Start(sessions);
        if (cmdlet.MyInvocation.ExpectingInput)
        {
            object? input = PresentInput();
            foreach (PSSession session in sessions)
            {
                _inputs[session.InstanceId]!.Add(input);
            }
        }

        while (_events.Reader.TryRead(out Action<PSCmdlet>? action))
        {
            await sink.InvokeAsync(action);
        }
    }

    /// <summary>Ends the input, and writes what comes back until all sessions have ended.</summary>
    /// <returns>How many sessions failed as a whole.</returns>
    internal async Task<int> EndAsync()
    {
        EndInput();
        Task<bool[]> all = Task.WhenAll(_runs);
        _ = all.ContinueWith(_ => _events.Writer.TryComplete(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await foreach (Action<PSCmdlet> action in _events.Reader.ReadAllAsync(CancellationToken.None))
        {
            // What a stopped pipeline would only refuse.
            if (!_stop.IsCancellationRequested)
            {
                await sink.InvokeAsync(action);
            }
        }

        return (await all).Count(succeeded => !succeeded);
    }

    /// <summary>Ends what still runs: a pipeline that wants no more (Select-Object -First) stops its commands by disposing of them.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        EndInput();
    }

    private void EndInput()
    {
        foreach (PSDataCollection<object?>? input in _inputs.Values)
        {
            input?.Complete();
        }
    }

    private async Task<bool> RunAsync(RemoteInvocation invocation)
    {
        // Not on the pipeline's thread: it has input to read.
        await Task.Yield();
        await _turns.WaitAsync(_stop.Token);
        try
        {
            return await invocation.RunAsync(cmdlet.Host, _stop.Token);
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>The present input object as it was, where the cmdlet takes whole objects; otherwise an object of those properties that were taken from it.</summary>
    private object? PresentInput()
    {
        Dictionary<string, object> bound = cmdlet.MyInvocation.BoundParameters;
        return bound.TryGetValue("InputObject", out object? whole) && !_onCommandLine.Contains("InputObject")
            ? PortableValue.Of(whole)
            : PortableValue.OfProperties(bound.Where(pair => !_onCommandLine.Contains(pair.Key) && !RemoteCommand.HostParameters.Contains(pair.Key))!);
    }
}
