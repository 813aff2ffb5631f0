using System.Management.Automation;
using System.Threading.Channels;

namespace LvsAdmin.Commands.Remoting;

/// <summary>
/// One cmdlet's call made in several sessions at once. Its input goes to them as it comes, so that there as here one call sees all of the pipeline;
/// what they write comes back as it comes.
/// </summary>
/// <param name="cmdlet">The local cmdlet, whose call is repeated.</param>
/// <param name="typed">Which of its bound parameters are from the command line, and are repeated.</param>
/// <param name="throttleLimit">How many sessions may work at once.</param>
/// <param name="onPipelineThread">Does something on the pipeline's thread.</param>
/// <param name="take">Looks at an object that came back; true when it is not to be written.</param>
/// <param name="cancellationToken">Stops all of them.</param>
internal sealed class RemoteFanOut(
    PSCmdlet cmdlet, IReadOnlySet<string> typed, int throttleLimit, Func<Action, ValueTask> onPipelineThread, Func<PSObject, bool> take, CancellationToken cancellationToken)
    : IDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private readonly SemaphoreSlim _turns = new(throttleLimit);
    private readonly Dictionary<HostReference.Remote, PSDataCollection<object?>?> _inputs = [];
    private readonly List<(HostReference.Remote Host, Task<bool> Run)> _runs = [];
    private readonly Channel<Action> _events = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly RemoteCommand _command = RemoteCommand.Of(cmdlet, typed);

    /// <summary>Gives the present input object to sessions, in which the call is started where it was not, and writes what has come back so far.</summary>
    internal async Task ProcessAsync(IReadOnlyCollection<HostReference.Remote> hosts)
    {
        foreach (HostReference.Remote host in hosts)
        {
            if (!_inputs.TryGetValue(host, out PSDataCollection<object?>? input))
            {
                input = cmdlet.MyInvocation.ExpectingInput ? [] : null;
                _inputs.Add(host, input);
                _runs.Add((host, RunAsync(new RemoteInvocation(host, _command, input, cmdlet, take, action => _events.Writer.TryWrite(action)))));
            }

            input?.Add(PresentInput(host));
        }

        while (_events.Reader.TryRead(out Action? action))
        {
            await onPipelineThread(action);
        }
    }

    /// <summary>Ends the input, and writes what comes back until all sessions have ended.</summary>
    /// <returns>The hosts on which something failed.</returns>
    internal async Task<IReadOnlyList<HostReference>> EndAsync()
    {
        EndInput();
        Task all = Task.WhenAll(_runs.Select(run => run.Run));
        _ = all.ContinueWith(_ => _events.Writer.TryComplete(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await foreach (Action action in _events.Reader.ReadAllAsync(CancellationToken.None))
        {
            // What a stopped pipeline would only refuse.
            if (!_stop.IsCancellationRequested)
            {
                await onPipelineThread(action);
            }
        }

        await all;
        return [.. _runs.Where(run => !run.Run.Result).Select(run => run.Host)];
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
            return await invocation.RunAsync(_stop.Token);
        }
        finally
        {
            _turns.Release();
        }
    }

    private object? PresentInput(HostReference.Remote host)
    {
        // As the pipeline brought it: every cmdlet of this kind takes whole objects.
        if (!cmdlet.MyInvocation.BoundParameters.TryGetValue("InputObject", out object? input) || input is null)
        {
            return null;
        }

        PSObject whole = PSObject.AsPSObject(input);
        return whole.Properties["HostName"]?.Value is string name && host.Equals(HostOrigins.Find(name)) ? PortableValue.OfItsOwn(whole) : PortableValue.Of(whole);
    }
}
