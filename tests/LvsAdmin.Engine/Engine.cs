using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace LvsAdmin.Hosting;

/// <summary>
/// PowerShell in this process with the module loaded. The engine package alone has the language, the pipeline, formatting and the
/// commands of Microsoft.PowerShell.Core (Where-Object, ForEach-Object, Out-Default, Get-Help, ...), and none of
/// Microsoft.PowerShell.Utility and .Management (Select-Object, Sort-Object, Measure-Object, Write-Host, Format-Table, Get-Content, ...).
/// </summary>
public sealed class Engine : IDisposable
{
    private readonly EngineHost _host;
    private readonly Runspace _runspace;
    private readonly Lock _gate = new();
    private PowerShell? _running;

    /// <param name="modulePath">The module's manifest; by default that of the checkout. An empty string loads none.</param>
    /// <param name="userInterface">What is shown where; by default text is collected.</param>
    public Engine(string? modulePath = null, EngineUserInterface? userInterface = null)
    {
        _host = new EngineHost(userInterface ?? new EngineUserInterface(TextWriter.Null));
        PSStyle.Instance.OutputRendering = OutputRendering.PlainText;

        var state = InitialSessionState.CreateDefault2();
        state.ThrowOnRunspaceOpenError = true;
        if (!Directory.Exists(Path.Combine(AppContext.BaseDirectory, "Modules")))
        {
            // Without modules of its own, the engine would search those of a pwsh on this machine, which are for another version.
            state.Variables.Add(new SessionStateVariableEntry("PSModuleAutoLoadingPreference", PSModuleAutoLoadingPreference.None, ""));
        }

        var module = modulePath ?? Checkout.Manifest();
        if (module.Length > 0)
        {
            state.ImportPSModule([module]);
        }

        _runspace = RunspaceFactory.CreateRunspace(_host, state);
        _runspace.Open();
    }

    public EngineUserInterface UserInterface => _host.UserInterface;

    /// <summary>The argument of <c>exit</c>, once a script has called it.</summary>
    public int? ExitCode => _host.ExitCode;

    /// <summary>How many columns views are laid out to.</summary>
    public int Width
    {
        get => UserInterface.Width;
        set => UserInterface.Width = value;
    }

    /// <summary>Runs a script and collects all that comes of it. What is given as input, the script reads as <c>$input</c>.</summary>
    public EngineResult Run(string script, object? input = null)
    {
        using var powerShell = Create();
        powerShell.AddScript(script);
        var output = new PSDataCollection<PSObject>();
        var text = new StringWriter();
        Exception? terminating = null;
        var before = UserInterface.Writer;
        UserInterface.Writer = text;
        try
        {
            Invoke(powerShell, input, output);
        }
        catch (RuntimeException exception)
        {
            terminating = exception;
        }
        finally
        {
            UserInterface.Writer = before;
        }

        var errors = powerShell.Streams.Error.ToList();
        var stopped = powerShell.InvocationStateInfo.State == PSInvocationState.Stopped;
        if (terminating is RuntimeException { ErrorRecord: { } record } && !stopped)
        {
            errors.Add(record);
        }

        return new EngineResult(() => Render(output))
        {
            Output = output.ToList(),
            Errors = errors,
            Warnings = powerShell.Streams.Warning.Select(warning => warning.Message).ToList(),
            Verbose = powerShell.Streams.Verbose.Select(verbose => verbose.Message).ToList(),
            Information = powerShell.Streams.Information.ToList(),
            HostText = text.ToString(),
            Terminating = stopped ? null : terminating,
            Stopped = stopped,
        };
    }

    /// <summary>Runs a script as a prompt does: all that it gives is shown as it comes. False when anything failed.</summary>
    public bool Show(string script)
    {
        using var powerShell = Create();
        powerShell.AddScript(script);
        // As pwsh does it: errors travel with the output, so that both appear in their order.
        powerShell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        powerShell.AddCommand("Out-Default");
        // Merged, they no longer count as errors of the pipeline; that one was shown is what tells.
        UserInterface.ErrorShown = false;
        try
        {
            Invoke(powerShell, input: null, new PSDataCollection<PSObject>());
        }
        catch (PipelineStoppedException)
        {
            // The caller asked for it: nothing to show.
        }
        catch (RuntimeException exception)
        {
            UserInterface.WriteErrorLine(Render([exception.ErrorRecord]).TrimEnd());
        }

        return powerShell.InvocationStateInfo.State == PSInvocationState.Completed && !UserInterface.ErrorShown;
    }

    /// <summary>Objects as Out-Default lays them out.</summary>
    public string Render(IEnumerable<object> values)
    {
        using var powerShell = Create();
        powerShell.AddCommand("Out-Default");
        var text = new StringWriter();
        var before = UserInterface.Writer;
        UserInterface.Writer = text;
        try
        {
            powerShell.Invoke(values);
        }
        finally
        {
            UserInterface.Writer = before;
        }

        return text.ToString();
    }

    /// <summary>What Tab offers at the end of the line.</summary>
    public CommandCompletion Complete(string line)
    {
        using var powerShell = Create();
        return CommandCompletion.CompleteInput(line, line.Length, options: null, powerShell);
    }

    /// <summary>Stops what is running, as Ctrl+C does; from any thread. It has stopped when its run returns.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            // PowerShell.Stop would wait, and fails where the end of the pipeline overtakes it.
            _running?.BeginStop(null, null);
        }
    }

    public void Dispose() => _runspace.Dispose();

    private PowerShell Create()
    {
        var powerShell = PowerShell.Create();
        powerShell.Runspace = _runspace;
        return powerShell;
    }

    private void Invoke(PowerShell powerShell, object? input, PSDataCollection<PSObject> output)
    {
        var values = input switch
        {
            null => null,
            string => new[] { input },
            IEnumerable many => many,
            _ => new[] { input },
        };
        lock (_gate)
        {
            _running = powerShell;
        }

        try
        {
            powerShell.Invoke(values, output);
        }
        finally
        {
            lock (_gate)
            {
                _running = null;
            }
        }
    }
}
