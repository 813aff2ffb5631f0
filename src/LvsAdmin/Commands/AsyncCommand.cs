using System.Management.Automation;
using System.Threading.Channels;

namespace LvsAdmin.Commands;

/// <summary>
/// A cmdlet whose work is asynchronous and stops when the pipeline stops. The work starts on the pipeline's thread and, where it has to wait,
/// goes on elsewhere; whatever it writes or asks is carried back to the pipeline's thread, the only one from which PowerShell takes it.
/// </summary>
public abstract class AsyncCommand : PSCmdlet, IDisposable
{
    // Enough to keep the pipeline's thread busy, and a bound for work that is faster than the pipeline takes its results.
    private const int QueueLength = 512;

    private readonly CancellationTokenSource _stop = new();
    private Channel<Action>? _queue;
    private int _pipelineThread;

    /// <summary>Cancelled when the pipeline stops.</summary>
    protected CancellationToken StopToken => _stop.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void BeginProcessing() => Run(BeginAsync);

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(ProcessAsync);

    /// <inheritdoc/>
    protected override void EndProcessing() => Run(EndAsync);

    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();

    /// <summary>The work before the first input object.</summary>
    protected virtual Task BeginAsync() => Task.CompletedTask;

    /// <summary>The work for one input object.</summary>
    protected abstract Task ProcessAsync();

    /// <summary>The work after the last input object.</summary>
    protected virtual Task EndAsync() => Task.CompletedTask;

    /// <summary>Releases what the command holds, also when the pipeline was stopped.</summary>
    /// <param name="disposing">Whether this is a call of <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Dispose();
        }
    }

    /// <summary>Writes an object to the pipeline.</summary>
    protected ValueTask OutputAsync(object value) => InvokeAsync(() => WriteObject(value));

    /// <summary>Writes a non-terminating error.</summary>
    protected virtual ValueTask ErrorAsync(ErrorRecord record) => InvokeAsync(() => WriteError(record));

    /// <summary>Writes a warning.</summary>
    protected ValueTask WarningAsync(string message) => InvokeAsync(() => WriteWarning(message));

    /// <summary>Writes a verbose message.</summary>
    protected ValueTask VerboseAsync(string message) => InvokeAsync(() => WriteVerbose(message));

    /// <summary>Shows how far the work has come.</summary>
    protected ValueTask ProgressAsync(ProgressRecord progress) => InvokeAsync(() => WriteProgress(progress));

    /// <summary>Asks whether to go on (-WhatIf, -Confirm).</summary>
    /// <param name="target">The object, with its host.</param>
    /// <param name="action">What would be done, with old and new value.</param>
    protected ValueTask<bool> ShouldProcessAsync(string target, string action) => OnPipelineAsync(() => ShouldProcess(target, action));

    /// <summary>Does something on the pipeline's thread and waits for what comes of it: a question, or a script of the user's, which can run there only.</summary>
    private protected async ValueTask<T> OnPipelineAsync<T>(Func<T> work)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await InvokeAsync(() =>
        {
            try
            {
                done.TrySetResult(work());
            }
            catch (Exception exception) when (exception is not PipelineStoppedException)
            {
                done.TrySetException(exception);
            }
        });
        return await done.Task.WaitAsync(StopToken);
    }

    private bool IsPipelineThread => Environment.CurrentManagedThreadId == _pipelineThread;

    /// <summary>Does something on the pipeline's thread, in turn with what is written.</summary>
    private protected ValueTask InvokeAsync(Action action)
    {
        if (IsPipelineThread)
        {
            action();
            return ValueTask.CompletedTask;
        }

        return _queue!.Writer.WriteAsync(action, StopToken);
    }

    private void Run(Func<Task> work)
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        // With a context of the hosting application, what follows a wait would be posted to this very thread, which waits here.
        SynchronizationContext.SetSynchronizationContext(null);
        _pipelineThread = Environment.CurrentManagedThreadId;
        _queue = Channel.CreateBounded<Action>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
        try
        {
            Task task = work();
            // Also what was written by other threads of work that is over by now.
            if (!task.IsCompleted || _queue.Reader.TryPeek(out _))
            {
                Serve(task, _queue);
            }

            task.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private void Serve(Task task, Channel<Action> queue)
    {
        _ = task.ContinueWith(_ => queue.Writer.TryComplete(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            while (queue.Reader.WaitToReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult())
            {
                while (queue.Reader.TryRead(out Action? action))
                {
                    action();
                }
            }
        }
        catch
        {
            // A write fails when the pipeline stops (Select-Object -First): the work must end before its command does.
            _stop.Cancel();
            queue.Writer.TryComplete();
            ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
            throw;
        }
    }
}
