using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;

namespace LvsAdmin.Commands.Remoting;

/// <summary>Runs PowerShell commands in a session without holding a thread, and leaves within a second when stopped.</summary>
internal static class RemoteRun
{
    // How long to wait for the other side to say that it has stopped; it stops too where nobody waits.
    private static readonly TimeSpan StopWait = TimeSpan.FromMilliseconds(700);

    /// <summary>Runs commands to their end.</summary>
    /// <param name="session">Where.</param>
    /// <param name="compose">Adds the commands, and handlers of the streams.</param>
    /// <param name="input">The pipeline's input, which may still be growing; null for none.</param>
    /// <param name="output">Takes what the commands write.</param>
    /// <param name="host">Takes what they ask and show; null to show nothing.</param>
    /// <param name="cancellationToken">Stops the commands.</param>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    /// <exception cref="RuntimeException">The commands ended in an error.</exception>
    internal static async Task InvokeAsync(
        PSSession session,
        Action<PowerShell> compose,
        PSDataCollection<object?>? input,
        PSDataCollection<PSObject> output,
        PSHost? host,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        PowerShell shell = PowerShell.Create();
        Task? run = null;
        try
        {
            shell.Runspace = session.Runspace;
            compose(shell);
            PSInvocationSettings settings = new();
            if (host is not null)
            {
                settings.Host = host;
            }

            run = Task.Factory.FromAsync((callback, state) => shell.BeginInvoke(input, output, settings, callback, state), shell.EndInvoke, null);
            await run.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (run is not null)
        {
            Stop(shell);
            await Task.WhenAny(run, Task.Delay(StopWait, CancellationToken.None));
            throw;
        }
        finally
        {
            if (run is null or { IsCompleted: true })
            {
                shell.Dispose();
            }
            else
            {
                // Its exception, if it ends in one, is of no interest any more, but has to be looked at.
                _ = run.ContinueWith(
                    ended =>
                    {
                        _ = ended.Exception;
                        shell.Dispose();
                    },
                    CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
    }

    private static void Stop(PowerShell shell)
    {
        try
        {
            shell.BeginStop(static _ => { }, null);
        }
        catch (Exception exception) when (exception is InvalidOperationException or RuntimeException)
        {
            // It has ended by itself in this moment, or its session has.
        }
    }
}
