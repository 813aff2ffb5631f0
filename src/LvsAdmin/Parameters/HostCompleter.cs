using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LvsAdmin.Commands;
using LvsAdmin.Core.Hosts;
using LvsAdmin.Core.Hosts.Ssh;

namespace LvsAdmin.Parameters;

/// <summary>
/// Completes by asking the host that the command line names. A prompt must not hang or print errors because of a completion: there is a
/// short deadline, and a host that cannot answer completes nothing.
/// </summary>
public abstract class HostCompleter : IArgumentCompleter
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ArgumentNullException.ThrowIfNull(fakeBoundParameters);
        using CancellationTokenSource deadline = new(Deadline);
        try
        {
            return [.. Completion.Filter(Task.Run(() => AskAsync(fakeBoundParameters, deadline.Token)).GetAwaiter().GetResult(), wordToComplete)];
        }
        catch (Exception exception) when (exception is OperationCanceledException || Errors.IsExpected(exception))
        {
            return [];
        }
    }

    /// <summary>What may stand here.</summary>
    private protected abstract Task<IReadOnlyList<(string Text, string ToolTip)>> CandidatesAsync(
        CompletionRequest request, CancellationToken cancellationToken);

    private async Task<IReadOnlyList<(string Text, string ToolTip)>> AskAsync(IDictionary parameters, CancellationToken cancellationToken)
    {
        await using HostPool hosts = new();
        return await CandidatesAsync(new CompletionRequest(hosts, Reference(parameters), parameters), cancellationToken);
    }

    // Of several hosts the first one: what is asked for is as a rule the same on all.
    private static HostReference Reference(IDictionary parameters)
    {
        if (First(parameters[nameof(LvsHostCommand.LvsSession)]) is LvsSession session)
        {
            return new HostReference.Session(session);
        }

        string? name = First(parameters[nameof(LvsHostCommand.HostName)])?.ToString();
        if (string.IsNullOrEmpty(name) || name == HostReference.Local.HostName)
        {
            return new HostReference.Local(First(parameters[nameof(LvsHostCommand.NetworkNamespace)])?.ToString());
        }

        SshTarget target = HostNames.Expand([name])[0];
        return new HostReference.Ssh(
            target with
            {
                UserName = target.UserName ?? First(parameters[nameof(SshCommand.UserName)])?.ToString(),
                Port = target.Port ?? (LanguagePrimitives.TryConvertTo(First(parameters[nameof(SshCommand.HostPort)]), out int port) && port != 0 ? port : null),
                KeyFilePath = First(parameters[nameof(SshCommand.KeyFilePath)])?.ToString(),
                Sudo = parameters.Contains(nameof(SshCommand.Sudo)),
            },
            $"{target}");
    }

    private static object? First(object? value) => value switch
    {
        PSObject { BaseObject: not PSCustomObject and var inner } => First(inner),
        object[] values => values.Length > 0 ? First(values[0]) : null,
        _ => value,
    };

    /// <summary>The host that the command line names, and what else stands on it.</summary>
    /// <param name="Hosts">Opens hosts and closes them.</param>
    /// <param name="Reference">The host.</param>
    /// <param name="Parameters">The parameters typed so far.</param>
    private protected sealed record CompletionRequest(HostPool Hosts, HostReference Reference, IDictionary Parameters)
    {
        internal ILvsHost Host => Hosts.Get(Reference);
    }
}
