using System.Management.Automation;
using System.Management.Automation.Remoting;
using System.Management.Automation.Runspaces;
using System.Text.RegularExpressions;

namespace LvsAdmin.Commands.Remoting;

/// <summary>One cmdlet's call in one session. All that comes of it is handed on as the local cmdlet's own, with the session's host in it.</summary>
/// <param name="session">Where.</param>
/// <param name="command">The call.</param>
/// <param name="input">The pipeline's input, which may still be growing; null where the cmdlet is not in a pipeline.</param>
/// <param name="post">Takes what is to be done with the local cmdlet; from any thread, never waiting.</param>
internal sealed partial class RemoteInvocation(
    PSSession session, RemoteCommand command, PSDataCollection<object?>? input, Action<Action<PSCmdlet>> post)
{
    private const string HostName = "HostName";
    private const string ThisMachine = "localhost";

    private readonly string _host = RemoteSessions.HostOf(session);

    /// <summary>Runs it to its end. What goes wrong is an error of the local cmdlet; only stopping is an exception.</summary>
    /// <returns>Whether the session could be used, and the command ended by itself.</returns>
    internal async Task<bool> RunAsync(System.Management.Automation.Host.PSHost host, CancellationToken cancellationToken)
    {
        try
        {
            await RemoteSessions.RequireModuleAsync(session, cancellationToken);
            using PSDataCollection<PSObject> output = [];
            output.DataAdded += (_, _) => Hand(output, value => Mark(value), (cmdlet, value) => cmdlet.WriteObject(value));
            await RemoteRun.InvokeAsync(session, Compose, input, output, new RemoteHost(host, this, cancellationToken), cancellationToken);
            return true;
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (RemoteSessionException exception)
        {
            Post(RemoteSessions.ToRecord(exception, session));
        }
        catch (Exception exception) when (RemoteSessions.IsLost(session, exception))
        {
            Post(RemoteSessions.ToRecord(RemoteSessions.Lost(session, exception), session));
        }
        catch (Exception exception) when (exception is RuntimeException or InvalidOperationException)
        {
            ErrorRecord record = (exception as RuntimeException)?.ErrorRecord
                ?? new ErrorRecord(exception, "RemoteCommandFailed", ErrorCategory.NotSpecified, session);
            Post(Mark(record));
        }

        return false;
    }

    /// <summary>Has something done with the local cmdlet.</summary>
    internal void Post(Action<PSCmdlet> action) => post(action);

    /// <summary>A message of the other side as it is read here: this machine of there is the session's host.</summary>
    internal string Localise(string text) => ThisMachineWord().Replace(text ?? string.Empty, _host);

    private void Post(ErrorRecord record) => post(cmdlet => cmdlet.WriteError(record));

    private void Compose(PowerShell shell)
    {
        shell.AddCommand(command.Name);
        foreach ((string name, object? value) in command.Parameters)
        {
            shell.AddParameter(name, value);
        }

        PSDataStreams streams = shell.Streams;
        streams.Error.DataAdded += (_, _) => Hand(streams.Error, Mark, (cmdlet, record) => cmdlet.WriteError(record));
        streams.Warning.DataAdded += (_, _) => Hand(streams.Warning, record => Localise(record.Message), (cmdlet, text) => cmdlet.WriteWarning(text));
        streams.Verbose.DataAdded += (_, _) => Hand(streams.Verbose, record => Localise(record.Message), (cmdlet, text) => cmdlet.WriteVerbose(text));
        streams.Debug.DataAdded += (_, _) => Hand(streams.Debug, record => Localise(record.Message), (cmdlet, text) => cmdlet.WriteDebug(text));
        streams.Information.DataAdded += (_, _) => Hand(streams.Information, record => record, (cmdlet, record) => cmdlet.WriteInformation(record));
        streams.Progress.DataAdded += (_, _) => Hand(streams.Progress, Mark, (cmdlet, record) => cmdlet.WriteProgress(record));
    }

    private void Hand<T, TOut>(PSDataCollection<T> stream, Func<T, TOut> mark, Action<PSCmdlet, TOut> write)
    {
        foreach (T item in stream.ReadAll())
        {
            TOut marked = mark(item);
            post(cmdlet => write(cmdlet, marked));
        }
    }

    private PSObject Mark(PSObject value)
    {
        if (value.Properties[HostName] is { IsSettable: true } name && name.Value is null or "" or ThisMachine)
        {
            name.Value = _host;
        }

        Add(value, "PSComputerName", _host);
        Add(value, "RunspaceId", session.InstanceId);
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
        RemotingErrorRecord marked = new(record, new OriginInfo(_host, session.InstanceId))
        {
            ErrorDetails = new ErrorDetails(text.Contains(_host, StringComparison.Ordinal) ? text : $"[{_host}] {text}")
            {
                RecommendedAction = record.ErrorDetails?.RecommendedAction ?? string.Empty,
            },
        };
        return marked;
    }

    private ProgressRecord Mark(ProgressRecord record) => new(session.Id, $"{record.Activity} ({_host})", record.StatusDescription)
    {
        CurrentOperation = record.CurrentOperation,
        PercentComplete = record.PercentComplete,
        SecondsRemaining = record.SecondsRemaining,
        RecordType = record.RecordType,
    };

    [GeneratedRegex(@"(?<![\w.-])localhost(?![\w.-]*\w)")]
    private static partial Regex ThisMachineWord();
}
