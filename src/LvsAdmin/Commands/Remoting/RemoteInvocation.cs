using System.Management.Automation;
using System.Management.Automation.Remoting;
using System.Management.Automation.Runspaces;
using System.Text.RegularExpressions;

namespace LvsAdmin.Commands.Remoting;

/// <summary>One cmdlet's call in one session. All that comes of it is handed on as the local cmdlet's own, with the session's host in it.</summary>
/// <param name="host">Where.</param>
/// <param name="command">The call.</param>
/// <param name="input">The pipeline's input, which may still be growing; null where the cmdlet is not in a pipeline.</param>
/// <param name="cmdlet">The local cmdlet.</param>
/// <param name="take">Looks at an object that came back; true when it is not to be written.</param>
/// <param name="post">Takes what is to be done with the local cmdlet on the pipeline's thread; from any thread, never waiting.</param>
internal sealed partial class RemoteInvocation(
    HostReference.Remote host, RemoteCommand command, PSDataCollection<object?>? input, PSCmdlet cmdlet, Func<PSObject, bool> take, Action<Action> post)
{
    private const string HostName = "HostName";

    private readonly PSSession _session = host.Opened;
    private readonly string _host = host.Name;
    private volatile bool _failed;

    /// <summary>Runs it to its end. What goes wrong is an error of the local cmdlet; only stopping is an exception.</summary>
    /// <returns>Whether nothing went wrong.</returns>
    internal async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            using IDisposable turn = await RemoteSessions.EnterAsync(_session, cancellationToken);
            await RemoteSessions.RequireModuleAsync(_session, cancellationToken);
            using PSDataCollection<PSObject> output = [];
            output.DataAdded += (_, _) => Hand(output, Mark, Write);
            await RemoteRun.InvokeAsync(_session, Compose, input, output, new RemoteHost(cmdlet.Host, this, cancellationToken), cancellationToken);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (RemoteSessionException exception)
        {
            Fail(RemoteSessions.ToRecord(exception, _session));
        }
        catch (Exception exception) when (RemoteSessions.IsLost(_session, exception))
        {
            Fail(RemoteSessions.ToRecord(RemoteSessions.Lost(_session, exception), _session));
        }
        catch (Exception exception) when (exception is RuntimeException or InvalidOperationException)
        {
            ErrorRecord record = (exception as RuntimeException)?.ErrorRecord
                ?? new ErrorRecord(exception, "RemoteCommandFailed", ErrorCategory.NotSpecified, _session);
            Fail(Mark(record));
        }

        return !_failed;
    }

    /// <summary>Has something done on the pipeline's thread.</summary>
    internal void Post(Action action) => post(action);

    /// <summary>A message of the other side as it is read here: this machine of there is the session's host.</summary>
    internal string Localise(string text) => ThisMachineWord().Replace(text ?? string.Empty, _host);

    private void Write(PSObject value)
    {
        if (!take(value))
        {
            cmdlet.WriteObject(value);
        }
    }

    private void Fail(ErrorRecord record)
    {
        _failed = true;
        post(() => cmdlet.WriteError(record));
    }

    private void Compose(PowerShell shell)
    {
        shell.AddCommand(command.Name);
        foreach ((string name, object? value) in command.Parameters)
        {
            shell.AddParameter(name, value);
        }

        PSDataStreams streams = shell.Streams;
        streams.Error.DataAdded += (_, _) =>
        {
            _failed = true;
            Hand(streams.Error, Mark, cmdlet.WriteError);
        };
        streams.Warning.DataAdded += (_, _) => Hand(streams.Warning, record => Localise(record.Message), cmdlet.WriteWarning);
        streams.Verbose.DataAdded += (_, _) => Hand(streams.Verbose, record => Localise(record.Message), cmdlet.WriteVerbose);
        streams.Debug.DataAdded += (_, _) => Hand(streams.Debug, record => Localise(record.Message), cmdlet.WriteDebug);
        streams.Information.DataAdded += (_, _) => Hand(streams.Information, record => record, cmdlet.WriteInformation);
        streams.Progress.DataAdded += (_, _) => Hand(streams.Progress, Mark, cmdlet.WriteProgress);
    }

    private void Hand<T, TOut>(PSDataCollection<T> stream, Func<T, TOut> mark, Action<TOut> write)
    {
        foreach (T item in stream.ReadAll())
        {
            TOut marked = mark(item);
            post(() => write(marked));
        }
    }

    private PSObject Mark(PSObject value)
    {
        if (value.Properties[HostName] is { IsSettable: true } name && name.Value is null or "" or HostReference.Local.HostName)
        {
            name.Value = _host;
        }

        Add(value, "PSComputerName", _host);
        Add(value, "RunspaceId", _session.InstanceId);
        return value;
    }

    private static void Add(PSObject value, string name, object property)
    {
        if (value.Properties[name] is null)
        {
            value.Properties.Add(new PSNoteProperty(name, property));
        }
    }

    // The record of the other side keeps id, category and target; its id ends in the cmdlet's type as it does here.
    private RemotingErrorRecord Mark(ErrorRecord record)
    {
        string text = Localise(record.ErrorDetails?.Message ?? record.Exception.Message);
        RemotingErrorRecord marked = new(record, new OriginInfo(_host, _session.InstanceId))
        {
            ErrorDetails = new ErrorDetails(text.Contains(_host, StringComparison.Ordinal) ? text : $"[{_host}] {text}")
            {
                RecommendedAction = record.ErrorDetails?.RecommendedAction ?? string.Empty,
            },
        };
        return marked;
    }

    private ProgressRecord Mark(ProgressRecord record) => new(_session.Id, $"{record.Activity} ({_host})", record.StatusDescription)
    {
        CurrentOperation = record.CurrentOperation,
        PercentComplete = record.PercentComplete,
        SecondsRemaining = record.SecondsRemaining,
        RecordType = record.RecordType,
    };

    [GeneratedRegex(@"(?<![\w.-])localhost(?![\w.-]*\w)")]
    private static partial Regex ThisMachineWord();
}
